"""What is said about filter texts that can't be read, and where it points."""

import pytest

from accoil.receive.mapping.filter import Filter, FilterError
from accoil.refused import Refused

WRONG = [
    ("", 'Expected a condition, such as type = "track" (column 1).', 0),
    ("   ", 'Expected a condition, such as type = "track" (column 4).', 3),
    ("event", "Expected a comparison after “event” (column 6).", 5),
    ('event "Report Created"', "Expected a comparison after “event” (column 7).", 6),
    ('properties.x "y"', "Expected a comparison after “properties.x” (column 14).", 13),
    ("event =", "Expected a value after “=” (column 8).", 7),
    ("event = and", "Expected a value after “=”, not “and” (column 9).", 8),
    ('type = "track" and', "Expected a condition (column 19).", 18),
    ("not", "Expected a condition (column 4).", 3),
    ("type = 'track' or or", "Expected a condition, not “or” (column 19).", 18),
    ("(userId exists", "Expected “)” for the “(” of column 1 (column 15).", 14),
    ("userId exists)", "Expected “and”, “or” or the end, not “)” (column 14).", 13),
    ("userId exists x", "Expected “and”, “or” or the end, not “x” (column 15).", 14),
    ("userId is", "Expected “set” or “not set” after “is” (column 10).", 9),
    ("userId is not", "Expected “set” (column 14).", 13),
    ("userId not", "Expected contains, starts_with, ends_with, in or exists after “not” (column 11).", 10),
    ("1 < properties.x < 2", "Expected “and” or “or” before another “<” (column 18).", 17),
    ('properties.x > "abc"', "“>” compares numbers; what stands beside it is none (column 16).", 15),
    ("properties.x > null", "“>” compares numbers; what stands beside it is none (column 16).", 15),
    ('type = "Track"', "“type” is one of track, identify, group, page, screen, alias (column 8).", 7),
    ('Event = "x"', "An event has no field “Event”; write “event” (column 1).", 0),
    ("user_id = 1", "An event has no field “user_id”; write “userId” (column 1).", 0),
    ("property.x = 1", "An event has no field “property”; write “properties” (column 1).", 0),
    ("type in 'track'", 'Expected a list after “in”, such as ["track", "page"] (column 9).', 8),
    ("type in []", 'Expected a value in the list, such as "track" (column 10).', 9),
    ("type in ['track'", "Expected “]” for the “[” of column 9 (column 17).", 16),
    ("contains(event)", "Expected a comma and the part of contains(…) (column 15).", 14),
    ("contains(event, )", "Expected the part of contains(…), not “)” (column 17).", 16),
    ('contains(event, "x"', "Expected “)” for the “(” of column 9 (column 20).", 19),
    ("match(event, name)", "Expected a pattern in quotation marks, such as “*@example.com” (column 14).", 13),
    ("match(event, '[a')", "In the pattern, “[” is not closed by “]” (column 14).", 13),
    ("match(event, '[z-a]')", "In the pattern, “z-a” runs backwards (column 14).", 13),
    ("match(event, '[]')", "In the pattern, “[]” lists no character (column 14).", 13),
    ("lowercase(event)", "Expected a comparison after “lowercase(…)” (column 17).", 16),
    ("42", "Expected a comparison after “42” (column 3).", 2),
    ("event == 'x'", "Write “=” instead of “==” (column 7).", 6),
    ("userId exists && userId exists", "Write “and” instead of “&&” (column 15).", 14),
    ("event = “x”", "Write straight quotation marks instead of ““” (column 9).", 8),
    ("event = 'x", "The text that begins with ' has no ' at its end (column 9).", 8),
    ('userId = oops"', 'The text that begins with " has no " at its end (column 14).', 13),
    ("event ~ 'x'", "“~” has no meaning here; text goes in quotation marks (column 7).", 6),
    ("event = 5x", "“5x” is no number; if it is text, put it in quotation marks (column 9).", 8),
    ("event = 2026-01-02", "“2026-01-02” is no number; if it is text, put it in quotation marks (column 9).", 8),
    ("event = 1.2.3", "“1.2.3” is no number; if it is text, put it in quotation marks (column 9).", 8),
    ("event = -", "Expected digits after “-” (column 10).", 9),
    ("event = 1e999", "This number is too large (column 9).", 8),
    ("properties. = 1", "Expected the name of a field (column 12).", 11),
    ("properties.x\\", "Expected a character after “\\” (column 14).", 13),
    ('type = "track"\nand\n  event', "Expected a comparison after “event” (line 3, column 8).", 26),
    ("(" * 51 + "true" + ")" * 51, "This is nested more than 50 levels deep (column 51).", 50),
    ("!" * 51 + "true", "This is nested more than 50 levels deep (column 51).", 50),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sentence", "position"), WRONG)
def test_the_sentence_says_what_was_expected_and_where(text: str, sentence: str, position: int):
    with pytest.raises(FilterError) as wrong:
        Filter(text)
    assert str(wrong.value) == sentence
    assert wrong.value.position == position


def test_an_unknown_function_is_told_which_there_are():
    with pytest.raises(FilterError, match=r"There is no function “foo”; there are contains, match, length"):
        Filter('foo(event, "x")')


def test_a_filter_has_a_longest_length():
    with pytest.raises(FilterError, match="at most 10,000 characters"):
        Filter("true or " * 2_000 + "true")
    assert Filter("true or " * 1_000 + "true").matches({})


def test_fifty_levels_are_read():
    assert Filter("(" * 50 + "true" + ")" * 50).matches({})


def test_it_is_one_of_our_refusals():
    assert issubclass(FilterError, Refused)
