"""What stands in deploy/: units that systemd reads without a complaint, settings and commands that exist."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not here")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    units = []
    for unit in DEPLOY.glob("accoil*.[st]*"):
        here = unit.read_text().replace("/opt/accoil/bin/accoil ", f"{shutil.which('true')} ")
        here = re.sub(r"^(User|Group)=.*", r"\1=root", here, flags=re.MULTILINE)  # the user is made by the operator
        (tmp_path / unit.name).write_text(here)
        units.append(str(tmp_path / unit.name))
    assert len(units) == 3
    looked = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True)
    assert (looked.returncode, looked.stdout + looked.stderr) == (0, "")


def test_every_setting_and_command_in_it_exists() -> None:
    text = "\n".join(path.read_text() for path in DEPLOY.iterdir())
    page = (ROOT / "docs" / "reference" / "settings.md").read_text()
    known = set(re.findall(r"^## (ACCOIL_[A-Z_]+)$", page, re.MULTILINE))
    assert {name.removesuffix("_FILE") for name in re.findall(r"ACCOIL_[A-Z_]+", text)} <= known
    commands = (ROOT / "docs" / "reference" / "command-line.md").read_text()
    told = set(re.findall(r"^## accoil ([a-z-]+)$", commands, re.MULTILINE))
    assert set(re.findall(r"bin/accoil ([a-z-]+)", text)) <= told


def test_what_the_container_copies_is_there() -> None:
    lines = re.findall(r"^COPY (?!--from)(.+) \S+$", (DEPLOY / "Containerfile").read_text(), re.MULTILINE)
    copied = [name for line in lines for name in line.split()]
    assert [name for name in copied if not (ROOT / name).exists()] == []
    service = yaml.safe_load((DEPLOY / "compose.yml").read_text())["services"]["accoil"]
    assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).resolve().exists()
