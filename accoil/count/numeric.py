"""Which texts are numbers: one meaning, for traits as they come and for the rules that compare them."""

import math


def number_in(value: str | int | float) -> float | None:
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    # Python reads "1_000", "nan" and other scripts' digits as numbers; the rules of this product don't.
    text = str(value)
    return number if math.isfinite(number) and "_" not in text and text.isascii() else None
