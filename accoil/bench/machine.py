"""The machine a figure was measured on, and what a process takes of it. Linux tells all; others tell less (None)."""

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

from accoil import __version__

PACKAGES = ("duckdb", "msgspec", "numpy", "pyarrow", "uvicorn", "uvloop", "httptools")


def about() -> dict[str, Any]:
    return {
        "cores": os.cpu_count(),
        # Above zero at the start: somebody else is working here, so trust ratios more than figures.
        "load_before": round(os.getloadavg()[0], 2),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
        "accoil": __version__,
        **{package: version(package) for package in PACKAGES},
    }


def memory(pid: int) -> dict[str, float] | None:
    """MiB held by a process `now`, and at its `peak`."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return None
    told = dict(line.split(":", 1) for line in lines)
    return {name: round(int(told[key].split()[0]) / 1024, 1) for name, key in (("now", "VmRSS"), ("peak", "VmHWM"))}


def cpu_seconds(pid: int) -> float | None:
    """What a process has used of all cores so far."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def file_sizes(folder: Path) -> dict[str, float]:
    """MiB of each file that is larger than a mebibyte."""
    sizes = {path.name: path.stat().st_size / 2**20 for path in sorted(folder.iterdir()) if path.is_file()}
    return {name: round(size, 1) for name, size in sizes.items() if size >= 1}
