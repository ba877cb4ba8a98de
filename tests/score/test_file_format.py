"""Texts that are made to keep their reader busy."""

import pytest

from accoil.refused import Refused
from accoil.score.file_format import load

# Each line has three times as many keys as the one before.
MERGED = "a0: &a0 {x: 1}\n" + "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}, *a{n - 1}]}}\n" for n in range(1, 14))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (MERGED, "Line 2: “<<” is not read here; write out what it stands for."),
        ("[" * 50_000, "Line 1: nested more than 100 deep."),
        ("{a: " * 10_000, "Line 1: nested more than 100 deep."),
        ("\n".join(" " * n + "a:" for n in range(150)), "Line 100: nested more than 100 deep."),
    ],
)
def test_a_text_that_takes_long_to_read_is_refused_at_once(text: str, says: str) -> None:
    with pytest.raises(Refused) as refused:
        load(text)
    assert str(refused.value) == says


def test_what_is_nested_as_far_as_people_write_is_read() -> None:
    assert load("[" * 99 + "1" + "]" * 99)
