"""What stands in deploy/: units that systemd reads without a complaint, settings and commands that exist."""

import os
import re
import shlex
import shutil
import subprocess
import time
from pathlib import Path

import pytest
import yaml

from accoil.receive import tracker
from accoil.receive.paths import PATHS
from accoil.roles import ONLY
from tests.show.places import addresses

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
    assert len(units) == 6
    looked = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True)
    assert (looked.returncode, looked.stdout + looked.stderr) == (0, "")


def test_the_roles_are_fenced_in_like_the_whole_server() -> None:
    def fence(unit: str) -> str:
        return (DEPLOY / unit).read_text().partition("LimitNOFILE")[2].partition("NoNewPrivileges")[2]

    whole = fence("accoil.service")
    assert "CapabilityBoundingSet=" in whole
    assert {fence(f"accoil-{role}@.service") for role in ONLY} == {whole}


@pytest.mark.parametrize("counts", ["accoil.service", "accoil-work@.service"])
def test_who_copies_the_store_for_a_backup_may_write_where_it_goes(counts: str) -> None:
    to = re.findall(r"accoil backup \"(\S+)/\$", (DEPLOY / "accoil-backup.service").read_text())
    assert (
        re.findall(r"^ReadWritePaths=-(.*)$", (DEPLOY / counts).read_text(), re.MULTILINE)
        == to
        == ["/var/backups/accoil"]
    )


def calls(file: str, before: str, after: str) -> re.Pattern[str]:
    """What a proxy sends to the receivers."""
    text = (DEPLOY / file).read_text()
    return re.compile(text.partition(before)[2].partition(after)[0])


PROXIES = {
    "nginx-roles.conf": ('location ~ "', '" {'),
    "Caddyfile-roles": ("@calls path_regexp ", "\n"),
}


@pytest.mark.parametrize("file", PROXIES)
def test_a_proxy_sends_to_the_receivers_what_they_know_and_nothing_else(file: str) -> None:
    goes = calls(file, *PROXIES[file])
    known = {path.replace("{key}", "0e08") for path in PATHS} | {tracker.PATH}
    for path in known:
        assert goes.search(path) and goes.search(f"{path}/") and goes.search(f"/in{path}"), path
    pages = {re.sub(r"<[^>]+>|\(\?P.*", "1", route) for _, _, route in addresses()}
    assert len(pages) > 200 and "/v2/accounts" in pages
    odd = {"/segments", "/segment/1", "/v1/accounts", "/v1/batch/1", "/v2/alias", "/projects/settings", "/V1/track",
           "/in", "/in/", "/v1/", "/", "/health", "/v1/trackx", "/xv1/track", "/v1/projects/a/b/settings"}  # fmt: skip
    assert {path for path in pages | odd if goes.search(path)} == set()


def told_by(unit: str, key: str, folder: Path) -> list[str]:
    """The words of a command as systemd reads it, for that folder of backups."""
    (line,) = re.findall(rf"^{key}=(.+)$", (DEPLOY / unit).read_text(), re.MULTILINE)
    return shlex.split(line.replace("%%", "%").replace("/var/backups/accoil", str(folder)))


def test_the_newest_backups_are_kept_and_half_ones_do_not_count(tmp_path: Path) -> None:
    long_ago = time.time() - 2 * 86400
    whole, half = [f"2026-11-{day:02}-0310" for day in range(1, 17)], ["2026-11-17-0310", "2026-11-18-0310"]
    for name in (*whole, *half, "20-of mine"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "journal.sqlite3").touch()
        if name not in half:
            (tmp_path / name / "backup.json").touch()
    for name in (*whole, half[0]):
        os.utime(tmp_path / name, (long_ago, long_ago))
    (tmp_path / "other").mkdir()
    os.utime(tmp_path / "other", (long_ago, long_ago))
    subprocess.run(told_by("accoil-backup.service", "ExecStartPre", tmp_path), check=True)
    assert {each.name for each in tmp_path.iterdir()} == {*whole, half[1], "20-of mine", "other"}
    subprocess.run(told_by("accoil-backup.service", "ExecStartPost", tmp_path), check=True)
    assert {each.name for each in tmp_path.iterdir()} == {*whole[2:], half[1], "20-of mine", "other"}


def test_the_operators_command_has_the_settings_of_the_service(tmp_path: Path) -> None:
    settings = tmp_path / "settings"
    settings.write_text(
        "# how we run it\n\nACCOIL_DATABASE_URL=postgresql://a:p%40$HOME@db/x?sslmode=require&sslrootcert=/etc/db.pem\n"
        "ACCOIL_MAIL_FROM=\"Accoil of Acme <a@example.com>\"\nACCOIL_TRUSTED_PROXIES='1'"
    )
    here = (DEPLOY / "accoil").read_text().replace("/etc/accoil/settings", str(settings))
    here = here.replace("runuser -u accoil -- /opt/accoil/bin/accoil", "sh -c 'env; echo \"$1, $2\"' -")
    (tmp_path / "accoil").write_text(here)
    told = subprocess.run(
        ["sh", str(tmp_path / "accoil"), "doctor", "two words"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert told[-1] == "doctor, two words"
    assert {
        "ACCOIL_DATA=/var/lib/accoil",
        "ACCOIL_DATABASE_URL=postgresql://a:p%40$HOME@db/x?sslmode=require&sslrootcert=/etc/db.pem",
        "ACCOIL_MAIL_FROM=Accoil of Acme <a@example.com>",
        "ACCOIL_TRUSTED_PROXIES=1",
    } <= set(told)


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
    for file, name in (("compose.yml", "accoil"), ("compose.roles.yml", "work")):
        build = yaml.safe_load((DEPLOY / file).read_text())["services"][name]["build"]
        assert (DEPLOY / build["context"] / build["dockerfile"]).resolve().exists()


def test_the_containers_of_roles_are_those_that_their_proxy_names() -> None:
    text = (DEPLOY / "compose.roles.yml").read_text()
    told = yaml.safe_load(text)
    parts, proxy = told["services"], told["services"]["proxy"]["environment"]
    roles = {name: each["command"].split()[3] for name, each in parts.items() if "--only" in str(each.get("command"))}
    assert set(roles.values()) == set(ONLY)
    named = {"receive": proxy["RECEIVERS"], "pages": proxy["PAGES"]}
    for role, several in named.items():
        assert sorted(several.split()) == sorted(f"{name}:8000" for name, its in roles.items() if its == role)
    asked = set(re.findall(r"\{\$(\w+)", (DEPLOY / "Caddyfile-roles").read_text()))
    assert asked == proxy.keys()
    mounted = {each.partition(":")[0] for its in parts.values() for each in its["volumes"] if each[0] != "."}
    assert mounted == told["volumes"].keys()


@pytest.mark.parametrize("file", ["compose.yml", "compose.roles.yml"])
def test_what_containers_need_beside_them_is_there_or_the_first_lines_say_how_it_is_made(file: str) -> None:
    text = (DEPLOY / file).read_text()
    told, head = yaml.safe_load(text), "\n".join(line for line in text.splitlines() if line.startswith("#"))
    mounted = [each.partition(":")[0] for its in told["services"].values() for each in its.get("volumes", [])]
    needed = [each for each in mounted if each[0] == "."] + [each["file"] for each in told.get("secrets", {}).values()]
    assert "./backups" in needed
    assert [path for path in needed if not (DEPLOY / path).exists() and f"deploy/{path[2:]}" not in head] == []


def test_the_container_that_stands_by_takes_over_in_everything() -> None:
    """Among it the host's name: it is part of what ClickHouse knows the counting one by."""
    services = yaml.safe_load((DEPLOY / "compose.roles.yml").read_text())["services"]
    assert services["work"] == services["stands-by"]
    assert services["work"]["hostname"]
    assert any(each.endswith(":/backups") for each in services["work"]["volumes"])
