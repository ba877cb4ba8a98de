"""The write-ahead log of an SQLite file, read without SQLite: what it holds behind a place that is damaged.

SQLite reads a log up to the first frame that is not right, and drops the rest without a word. That is as it should be
for a tail torn by a power cut: nobody was told that it is safe. But each commit is on disk before the next begins, so
where two commits or more lie behind the damage, something that was safe has been destroyed.

The format is in SQLite's documentation ("The Write-Ahead Log"). A frame's checksum goes on from that of the frame
before it, which is stored: so each can be judged by itself."""

from functools import cache
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

HEADER, FRAME = 32, 24  # bytes
LARGEST = 64_000_000  # bytes; the journal begins its log anew long before

Numbers = npt.NDArray[np.uint64]
Sums = tuple[int, int]


class Frame(msgspec.Struct):
    bytes: memoryview
    ends_commit: bool
    is_right: bool


class Log(msgspec.Struct):
    order: str  # of the words that are summed up
    head: memoryview
    frames: list[Frame]  # of this log; what an older one has left behind them is not among them

    @property
    def commits_behind(self) -> int:
        """Commits that end in frames behind the first that is not right."""
        first_wrong = next((place for place, frame in enumerate(self.frames) if not frame.is_right), len(self.frames))
        return sum(frame.ends_commit and frame.is_right for frame in self.frames[first_wrong + 1 :])


def read(path: Path) -> Log | None:
    """None for a log that is not there, or without a right head: it holds nothing."""
    raw = memoryview(path.read_bytes()[:LARGEST]) if path.exists() else memoryview(b"")
    magic, page = int.from_bytes(raw[:4], "big"), int.from_bytes(raw[8:12], "big")
    if len(raw) < HEADER or magic | 1 != 0x377F0683 or page not in {1 << bits for bits in range(9, 17)}:
        return None
    order = ">u4" if magic & 1 else "<u4"
    before = _sums(order, raw[:24], (0, 0))
    if _stored(before) != raw[24:32]:
        return None
    frames = []
    for start in range(HEADER, len(raw) - FRAME - page + 1, FRAME + page):
        whole = raw[start : start + FRAME + page]
        told = whole[16:24]
        is_right = whole[8:16] == raw[16:24] and _stored(_sums(order, _summed(whole), before)) == told
        frames.append(Frame(whole, any(whole[4:8]), is_right))
        before = int.from_bytes(told[:4], "big"), int.from_bytes(told[4:], "big")
    while frames and not frames[-1].is_right:
        frames.pop()
    return Log(order, raw[:HEADER], frames)


def without_damage(log: Log) -> bytes:
    """A log of the right frames alone, which SQLite reads to its end. Pages may be older than those that point at
    them: whoever reads it must check what he reads."""
    out = [bytes(log.head)]
    before = int.from_bytes(log.head[24:28], "big"), int.from_bytes(log.head[28:32], "big")
    for frame in log.frames:
        if frame.is_right:
            before = _sums(log.order, _summed(frame.bytes), before)
            out += [bytes(frame.bytes[:16]), _stored(before), bytes(frame.bytes[FRAME:])]
    return b"".join(out)


def _summed(frame: memoryview) -> bytes:
    return bytes(frame[:8]) + bytes(frame[FRAME:])


def _stored(sums: Sums) -> bytes:
    return sums[0].to_bytes(4, "big") + sums[1].to_bytes(4, "big")


def _sums(order: str, raw: bytes | memoryview, before: Sums) -> Sums:
    """SQLite's: for each two words x and y, first += x + second, then second += y + first, in 32 bits."""
    words = np.frombuffer(raw, order).astype(np.uint64)
    x, y = words[0::2], words[0::2] + words[1::2]
    a, b, d = _powers(len(x))
    back = slice(len(x) - 1, None, -1)
    first = int(a[-1]) * before[0] + int(b[-1]) * before[1] + int((a[back] * x + b[back] * y).sum())
    second = int(b[-1]) * before[0] + int(d[-1]) * before[1] + int((b[back] * x + d[back] * y).sum())
    return first & 0xFFFFFFFF, second & 0xFFFFFFFF


@cache
def _powers(most: int) -> tuple[Numbers, Numbers, Numbers]:
    """Of the matrix (1 1; 1 2) that each step multiplies the sums with: upper left, the two others, lower right."""
    a, b, d = [1], [0], [1]
    for _ in range(most):
        a, b, d = [*a, a[-1] + b[-1]], [*b, b[-1] + d[-1]], [*d, b[-1] + 2 * d[-1]]
    return tuple(np.array([n & 0xFFFFFFFF for n in each], np.uint64) for each in (a, b, d))  # type: ignore[return-value]
