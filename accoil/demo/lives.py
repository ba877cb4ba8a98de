"""How an account's life goes: the kinds of life, what each does to use, money and people. Pure draws, no calendar."""

from __future__ import annotations

import numpy as np

TRIAL = 14  # days a trial lasts

# How often each life is lived by small accounts (up to 12 people) and by large ones.
SMALL = {
    "steady": 0.30,
    "growing": 0.14,
    "cooling": 0.13,
    "churned": 0.09,
    "trial that activates": 0.11,
    "trial that does not": 0.10,
    "comeback": 0.06,
    "one champion": 0.07,
}
LARGE = {"steady": 0.40, "growing": 0.25, "cooling": 0.15, "churned": 0.06, "comeback": 0.05, "one champion": 0.09}

# How busy an account is (1 = usual) at which part of its time; trials count in days since they began.
SHAPE = {
    "steady": ((0, 0.95), (0.3, 1.05), (0.65, 0.95), (1, 1.0)),
    "growing": ((0, 0.45), (0.4, 0.75), (1, 1.6)),
    "cooling": ((0, 1.1), (0.5, 1.0), (0.75, 0.55), (1, 0.15)),
    "churned": ((0, 0.9), (0.4, 0.8), (0.6, 0.1), (0.66, 0.0)),
    "comeback": ((0, 0.9), (0.25, 0.6), (0.35, 0.0), (0.7, 0.0), (0.78, 0.7), (1, 1.1)),
    "one champion": ((0, 1.0), (1, 1.0)),
    "trial that activates": ((0, 0.6), (4, 0.9), (14, 1.1), (60, 1.2)),
    "trial that does not": ((0, 0.8), (2, 0.5), (6, 0.1), (10, 0.0)),
}

# The share of people who first sign in while the demo runs (its other people were there before).
JOIN_LATE = {"growing": 0.45, "steady": 0.06, "one champion": 0.04, "cooling": 0.02}

PERSONAS = ("daily", "regular", "reports", "occasional", "rare")
OWNERS = (0.15, 0.50, 0.25, 0.10, 0.0)
COLLEAGUES = (0.13, 0.29, 0.08, 0.30, 0.20)


def choose(size: int, random: np.random.Generator) -> str:
    lives = SMALL if size <= 12 else LARGE
    life = list(lives)[int(random.choice(len(lives), p=[*lives.values()]))]
    return "steady" if life == "one champion" and size < 3 else life


def first_day(life: str, days: int, random: np.random.Generator) -> int:
    """The day an account began; 0 for those that were customers before. Trials crowd towards today."""
    ago = float(random.random())
    if life.startswith("trial"):
        return max(0, days - 2 - int(0.9 * days * ago**1.6))
    if life == "growing" and random.random() < 0.25:
        return int(days * (0.1 + 0.5 * ago))
    return 0


def level(
    life: str, starts: int, days: int, random: np.random.Generator
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Days, and how busy the account is on them; no two accounts turn on the same day."""
    habit, shift = float(random.lognormal(0, 0.3)), float(random.uniform(-0.08, 0.08))
    unit = 1.0 if life.startswith("trial") else float(days - max(starts, 0))
    inner = [x + (shift if 0 < x < 1 and unit != 1.0 else 0.0) for x, _ in SHAPE[life]]
    return tuple(starts + x * unit for x in inner), tuple(y * habit for _, y in SHAPE[life])


def story(life: str, starts: int, size: int, days: int, random: np.random.Generator) -> list[tuple[int, str, float]]:
    """Day, status and part of the final seats: the first entry, then every change."""
    late = int(random.integers(0, 1 + days // 12))
    if life == "trial that activates":
        return [(starts, "Trial", 1.0), (starts + TRIAL, "Paid", 1.0)]
    if life == "trial that does not":
        return [(starts, "Trial", 1.0), (starts + TRIAL, "Free", 1.0)]
    if life == "growing" and starts > 0:
        return [(starts, "Trial", 0.5), (starts + TRIAL, "Paid", 0.6), (starts + TRIAL + 20 + late, "Paid", 1.0)]
    if life == "growing":
        return [(0, "Paid", 0.6), (days // 3 + late, "Paid", 0.8), (3 * days // 4 + late, "Paid", 1.0)]
    if life == "churned":
        return [(0, "Paid", 1.0), (3 * days // 4 + late, "Cancelled", 1.0)]
    if life == "comeback":
        return [(0, "Paid", 1.0), (9 * days // 20, "Cancelled", 1.0), (4 * days // 5 + late, "Paid", 1.0)]
    if life == "cooling" and size > 5:
        return [(0, "Paid", 1.0), (5 * days // 6 + late, "Paid", 0.7)]
    return [(0, "Free" if size <= 5 and random.random() < 0.35 else "Paid", 1.0)]


def persona(seat: int, life: str, random: np.random.Generator) -> str:
    if life == "one champion" and seat == 0:
        return "daily"
    return PERSONAS[int(random.choice(len(PERSONAS), p=OWNERS if seat == 0 else COLLEAGUES))]


def joins(life: str, starts: int, seat: int, days: int, random: np.random.Generator) -> int:
    """The day of a person's first sign-in: 0 = before; yesterday at the latest, so that everybody is there today."""
    draw, yesterday = float(random.random()), max(0, days - 2)
    if starts > 0:
        spread = days - starts if life == "growing" else 12
        return min(yesterday, starts if seat == 0 else starts + int(draw**2 * spread))
    late = JOIN_LATE.get(life, 0.0)
    if seat == 0 or draw >= late:
        return 0
    return min(yesterday, 1 + int(draw / late * days))


def share(life: str, seat: int) -> float:
    """How much of a usual colleague's work: where one champion carries all, the others hardly sign in."""
    return 1.0 if life != "one champion" else 1.6 if seat == 0 else 0.1
