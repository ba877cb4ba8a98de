"""The wheel that people install: built from the sources, put into an environment of its own with nothing but what it
says it needs, and started there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from email import message_from_string
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.whole import PATIENCE, free_port, wait_for_answer

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = ["accoil", "pyproject.toml", "README.md", "LICENSE"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built beside the sources, so that nothing of an earlier build gets in."""
    sources, into = tmp_path_factory.mktemp("sources"), tmp_path_factory.mktemp("dist")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, sources / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, sources / name)
    words = ["wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", str(into), "."]
    built = subprocess.run([sys.executable, "-m", "pip", *words], cwd=sources, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr[-3000:]
    (made,) = into.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command, in an environment with the wheel and what it needs, which is linked from here."""
    place = tmp_path_factory.mktemp("environment")
    venv.create(place, with_pip=False, symlinks=True)
    (packages,) = place.glob("lib/python*/site-packages")
    words = ["install", "--quiet", "--no-index", "--no-deps", "--no-warn-script-location", str(wheel)]
    python = place / "bin" / "python"
    put = subprocess.run([sys.executable, "-m", "pip", "--python", str(python), *words], capture_output=True, text=True)
    assert put.returncode == 0, put.stderr[-3000:]
    for each in needed("accoil"):
        link(each, packages)
    asked = [str(python), "-c", "import accoil; print(accoil.__file__)"]
    assert subprocess.check_output(asked, cwd=place, text=True).startswith(str(packages)), "not the sources"
    return place / "bin" / "accoil"


def needed(name: str, extras: tuple[str, ...] = ("",), known: set[tuple[str, str]] | None = None) -> Iterator[str]:
    """Names of all distributions that one needs, as their own metadata says."""
    known = set() if known is None else known
    for text in distribution(name).requires or []:
        wanted = Requirement(text)
        if wanted.marker and not any(wanted.marker.evaluate({"extra": extra}) for extra in extras):
            continue
        asked = (wanted.name.lower(), ",".join(sorted(wanted.extras)))
        if asked not in known:
            known.add(asked)
            yield wanted.name
            yield from needed(wanted.name, ("", *wanted.extras), known)


def link(name: str, packages: Path) -> None:
    found: Distribution = distribution(name)
    for top in {Path(file).parts[0] for file in found.files or [] if not str(file).startswith("..")}:
        if not (packages / top).exists() and top != "__pycache__":
            (packages / top).symlink_to(Path(str(found.locate_file(top))).resolve())


def test_it_holds_the_program_its_pages_and_the_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        names = opened.namelist()
        (metadata,) = (each for each in names if each.endswith(".dist-info/METADATA"))
        told = message_from_string(opened.read(metadata).decode())
    assert told["License-Expression"] == "Apache-2.0"
    assert any(each.endswith(".dist-info/licenses/LICENSE") for each in names)
    ours = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "accoil").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert ours == {each for each in names if ".dist-info/" not in each}


def test_the_server_starts_from_it_and_its_pages_have_their_styles_and_scripts(installed: Path, tmp_path: Path) -> None:
    port = free_port()
    data = ["--data", str(tmp_path / "data")]
    started = subprocess.Popen(
        [str(installed), *data, "serve", "--port", str(port)],
        cwd=tmp_path, env={"PATH": "/usr/bin:/bin"}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for_answer(f"{address}/health", started)
        page = text(f"{address}/sign-in/")
        files = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
        assert {".css", ".js", ".svg"} <= {Path(each.split("#")[0].split("?")[0]).suffix for each in files}
        assert any("htmx" in each for each in files), "what others wrote is there as well"
        assert all(len(text(address + each)) > 100 for each in files)
        assert "accoil" in text(f"{address}/tracker.js")
    finally:
        started.terminate()
        said, _ = started.communicate(timeout=PATIENCE)
    assert started.returncode == 0, said[-3000:]


def test_the_demo_company_is_made_from_it(installed: Path, tmp_path: Path) -> None:
    words = ["--data", str(tmp_path / "data"), "demo", "--no-serve", "--users", "20", "--days", "3", "--port"]
    made = subprocess.run(
        [str(installed), *words, str(free_port())],
        cwd=tmp_path, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr[-3000:]
    looked = subprocess.run([str(installed), *words[:2], "doctor"], cwd=tmp_path, capture_output=True, text=True)
    assert looked.returncode == 0, looked.stdout


def text(address: str) -> str:
    with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
        return str(answer.read().decode())
