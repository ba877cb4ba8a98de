"""The data folder: its disk, whose it is, who uses it."""

import errno
import os
import shutil
import sqlite3
import stat
import time
import uuid
from contextlib import closing
from pathlib import Path

from accoil import environment
from accoil.count.counting import InUse, lock
from accoil.database import is_there
from accoil.doctor.finding import Finding, data, me, progress, user
from accoil.roles import CLICKHOUSE
from accoil.secret import FILE as SECRET_KEY

LEAST_FREE_BYTES = 1_000_000_000
CLOCK_OFF_BY = 300  # seconds


def data_folder() -> Finding:
    folder = data()
    probe = folder / f"doctor-{uuid.uuid4().hex}"
    try:
        probe.write_bytes(b"here")
        probe.unlink()
    except OSError as problem:
        return False, f"{folder} cannot be written to: {problem.strerror}. {_remedy(folder, problem)}"
    if wrong := _of_others(folder):
        owner = user(folder.stat().st_uid)
        return False, (
            f"{wrong[0]} belongs to {user(wrong[0].stat().st_uid)}, and its folder to {owner}, so the server may not "
            f"be able to write to it. Was a command run as somebody else? chown -R {owner} {folder} mends it."
        )
    if folder.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return True, f"{folder} can be written to. Others may read it; chmod 700 keeps it to yourself."
    return True, f"{folder} can be written to."


def _remedy(folder: Path, problem: OSError) -> str:
    if problem.errno == errno.EROFS:
        return "Its disk is mounted for reading only, as systems do after an error: see their log, then mount it anew."
    if problem.errno == errno.ENOSPC:
        return "Make room on its disk."
    owner = user(folder.stat().st_uid)
    return f"It belongs to {owner}: run Accoil as {owner}, or give it to {me()} with chown -R {me()} {folder}."


def _of_others(folder: Path) -> list[Path]:
    """Files that belong to somebody else than the folder."""
    owner = folder.stat().st_uid
    return sorted(each for each in folder.iterdir() if each.lstat().st_uid != owner)


def disk_space() -> Finding:
    free = shutil.disk_usage(data()).free
    sentence = f"{free / 1e9:.1f} GB are free where the data folder is"
    if free < LEAST_FREE_BYTES:
        return False, f"{sentence}; make room, or events will be refused when it is full."
    return True, f"{sentence}."


def one_server() -> Finding:
    """Who holds the lock answers at the socket, unless it hangs, or is on another machine or in another container."""
    if progress() is not None:
        return True, "A server runs on this data folder, and answers."
    if not (data() / "counting.lock").exists():
        return True, _nobody()
    try:
        lock(data()).close()
    except InUse:
        return False, (
            "Another process uses this data folder and does not answer: a rebuild or an import that goes on, a server "
            "that hangs, or one in another container that shares the folder. Two servers need two folders: stop one."
            f"{_holder()}"
        )
    except OSError as problem:
        return False, f"counting.lock can't be opened: {problem.strerror}."
    return True, _nobody()


def _nobody() -> str:
    if environment.text(CLICKHOUSE):  # then pages may run by themselves, which answer no command
        return "No server that receives or counts runs on this data folder; one with pages alone answers no command."
    return "No server runs on this data folder."


def _holder() -> str:
    """Which process it is, where the system says so."""
    inode = (data() / "counting.lock").stat().st_ino
    locks = Path("/proc/locks")
    for line in locks.read_text().splitlines() if locks.exists() else []:
        words = line.split()
        if len(words) > 5 and words[1] == "FLOCK" and words[5].endswith(f":{inode}") and int(words[4]) > 0:
            return f" It is process {words[4]}."
    return ""


def clock() -> Finding:
    now = time.time()
    last = _last_written()
    if last and last > now + CLOCK_OFF_BY:
        return False, (
            f"The clock says {_told(now)}, but something was received at {_told(last)}: it was ahead, or was put back. "
            "Days and windows follow the clock: set it by a time server, such as with timedatectl set-ntp true."
        )
    if now < Path(__file__).stat().st_mtime - 86_400:
        return False, (
            f"The clock says {_told(now)}, which is before this program was installed. Set it by a time server, such "
            "as with timedatectl set-ntp true."
        )
    return True, f"The clock says {_told(now)}, and nothing was received later than that."


def _last_written() -> float | None:
    path = data() / "journal.sqlite3"
    if not path.exists():
        return None
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        found = db.execute("select received from block order by number desc limit 1").fetchone()
    return found[0] / 1000 if found else None


def _told(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(seconds))


def secret_key_file() -> Finding:
    if environment.text("ACCOIL_SECRET_KEY"):
        return True, "The secret key comes from ACCOIL_SECRET_KEY."
    path = data() / SECRET_KEY
    if not path.exists():
        if not is_there(data()):
            return True, "There is no secret key yet: the first command that needs one makes it."
        return False, (
            f"{path} is missing. Put it back from a backup before the server starts again: it would make another one, "
            "sign everybody out, and could not read the secrets of connected tools."
        )
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return False, f"Others may read {path}; run chmod 600 on it."
    if not os.access(path, os.R_OK):
        return False, f"{path} can't be read: {_remedy(data(), OSError(errno.EACCES, ''))}"
    return True, f"{path} can be read by its owner alone."
