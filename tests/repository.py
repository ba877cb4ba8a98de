"""A small real git repository whose clock and people are set by the test."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ADA = ("Ada Obi", "Ada@Northgate.example")


def alone() -> dict[str, str]:
    """An environment in which git knows nothing of the person, or the hook, that runs the tests."""
    own = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return own | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


class Repository:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *words: str, day: str = "2026-03-01", who: tuple[str, str] = ADA) -> str:
        name, email = who
        people = {
            f"GIT_{role}_{part}": value
            for role in ("AUTHOR", "COMMITTER")
            for part, value in (("NAME", name), ("EMAIL", email), ("DATE", f"{day}T12:00:00+10:00"))
        }
        done = subprocess.run(
            ["git", *words],
            cwd=self.folder,
            env=alone() | people,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def commit(self, subject: str, day: str, who: tuple[str, str] = ADA) -> str:
        self.git("commit", "--quiet", "--allow-empty", "-m", subject, day=day, who=who)
        return self.git("rev-parse", "HEAD")
