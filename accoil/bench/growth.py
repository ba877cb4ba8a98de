"""What a larger book costs against a smaller one."""

from typing import Any

from accoil.bench.figures import ratio

Report = dict[str, Any]

SECONDS = ("seconds", "first_seconds", "following_seconds", "p95_ms", "history_of_a_year_ms", "explain_ms")


def growth(small: Report, large: Report) -> dict[str, float | None]:
    """Figure → how many times as long it took in the large book."""
    found = {"bare": ratio(large["bare_seconds"], small["bare_seconds"])}
    for part, figures in small.items():
        for name in SECONDS if isinstance(figures, dict) else ():
            if name in figures and name in (grown := large.get(part, {})):
                found[f"{part}.{name}"] = ratio(grown[name], figures[name])
    return found
