"""What filter texts mean."""

import pytest

from accoil.receive.mapping.filter import Filter, FilterError

EVENT = {
    "type": "track",
    "event": "Button Clicked",
    "userId": "u1",
    "messageId": "m1",
    "name": None,
    "context": {"library": {"name": "analytics.js", "version": "1.0"}, "groupId": 42},
    "traits": {"email": "ann@company.com", "plan": ""},
    "properties": {
        "features": ["discounts", "dark-mode", 7],
        "product 1": {"price": "19.99"},
        "a.b": 1,
        "items": [{"id": 5}, {"id": "6"}],
        "enabled": True,
        "off": False,
        "yes": "true",
        "count": 10,
        "zero": 0,
        "share": 0.5,
        "quote": 'say "hi"',
        "path": "C:\\temp\nnext",
        "ア": "ア",
        "and": "word",
        "nothing": {},
    },
}

TRUE = [
    'type = "track"',
    "event = 'Button Clicked'",
    'type="track"and event="Button Clicked"',
    "something_else = null",
    "type = 'identify' OR type = 'track'",
    "type = 'track' and ( event = 'Click' or match( event, 'Button *' ) )",
    "match( context.library.version, '1.*' )",
    "'dark-mode' in properties.features",
    "7 in properties.features",
    '"7" in properties.features',
    "type in ['track', 'identify']",
    'type not in ["page"]',
    "!( type in ['page', 'identify'] )",
    "properties.product\\ 1.price = '19.99'",
    "properties.product\\ 1.price > 19",
    "properties.a\\.b = 1",
    "properties.items[1].id = 6",
    "$.properties.items[0].id = '5'",
    "properties.enabled",
    "properties.enabled and not properties.off",
    "!properties.missing",
    "!properties.yes",
    "properties.enabled = true",
    'properties.enabled = "true"',
    "properties.off = false",
    "properties.yes = true",
    "context.groupId = 42",
    'context.groupId = "42"',
    "properties.count = 10.0",
    "properties.count > 9 and properties.count >= 10 and properties.count <= 10 and properties.count < 10.5",
    "9 < properties.count",
    "properties.share = 0.5",
    "properties.share < 1e0",
    "properties.count > -3",
    'userId != "u2"',
    'properties.missing != "x"',
    "properties.missing = null",
    "name = null",
    "userId != null",
    "userId exists",
    "userId is set and userId IS SET",
    "anonymousId not exists",
    "anonymousId is not set",
    'traits.plan = ""',
    "traits.plan is set",
    'event contains "Click"',
    'event starts_with "Button" and event ends_with "Clicked"',
    'event not contains "click"',
    'event not starts_with "Clicked" and not event ends_with "Button"',
    'contains(traits.email, "@company")',
    'contains(properties.features, "discounts")',
    'properties.features contains "discounts"',
    "contains( context.library.name, 'js' )",
    "match( traits.email, '*@company.com' )",
    'lowercase(event) = "button clicked"',
    'contains(uppercase(event), "BUTTON")',
    'snakecase(event) = "Button_Clicked"',
    'kebabcase(event) = "Button-Clicked"',
    'titlecase("test string") = "Test String"',
    "length(properties.features) = 3",
    "length(properties.ア) = 3",
    "length(userId) > 0",
    "length(properties.missing) = 0",
    "lowercase(properties.missing) = null",
    'typeof(properties.missing) = "null"',
    'typeof(properties.count) = "number" and typeof(properties.features) = "list"',
    'typeof(properties.off) = "bool" and typeof(event) = "string" and typeof(properties) = "object"',
    'number("10") = properties.count',
    'string(properties.count) = "10"',
    "bool(properties.count) and not bool(properties.zero)",
    'properties.quote = "say \\"hi\\""',
    "properties.quote = 'say \"hi\"'",
    r'properties.path = "C:\\temp\nnext"',
    "properties.and = 'word'",
    "properties.nothing = properties.nothing",
    "context.groupId = context.groupId",
    "true",
    "not false",
    "not not true",
    "false and false or true",
    "true or false and false",
]

FALSE = [
    "event = 'Screen Tapped'",
    "event = 'button clicked'",
    "context.path.path = '/login'",
    "match( context.library.version, '2.*' )",
    "!contains( context.library.name, 'js' )",
    "'blink' in properties.features",
    "'B' in event",
    "properties.yes",
    "properties.count",
    "properties.missing",
    "properties.missing > 0",
    "properties.missing < 0",
    "event > 5",
    "properties.enabled > 0",
    'properties.missing = "x"',
    'contains(properties.missing, "x")',
    'match(properties.missing, "*")',
    'contains(properties.count, "1")',
    "properties.enabled = 1",
    "properties.zero = false",
    "properties.items[9].id = 5",
    "properties.features.0 = 'discounts'",
    "properties.nothing = properties.items",
    "event.x = null and false",
    "userId is not set",
    "not (true or false)",
    "(true or false) and false",
]


@pytest.mark.parametrize("text", TRUE)
def test_it_matches(text: str):
    assert Filter(text).matches(EVENT) is True


@pytest.mark.parametrize("text", FALSE)
def test_it_does_not_match(text: str):
    assert Filter(text).matches(EVENT) is False


@pytest.mark.parametrize("text", [*TRUE, *FALSE])
def test_the_canonical_text_reads_the_same(text: str):
    read = Filter(text)
    again = Filter(read.canonical)
    assert again.tree == read.tree
    assert again.canonical == read.canonical
    assert again.matches(EVENT) is read.matches(EVENT)


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [
        ("abcd", "a*d", True),
        ("", "*", True),
        ("abc", "ab", False),
        ("abcd", "a??d", True),
        ("abcd", "*d", True),
        ("ab*d", r"ab\*d", True),
        ("abxd", r"ab\*d", False),
        ("abCd", "ab[cC]d", True),
        ("abcd", "ab[a-z]d", True),
        ("abcd", "ab[A-Z]d", False),
        ("a-c", "a[b-]c", True),
        ("a]c", r"a[\]]c", True),
        ("a.c", "a.c", True),
        ("abc", "a.c", False),
        ("a\nb", "a*b", True),
        ("abab", "*ab", True),
        ("ababx", "*ab", False),
        ("mississippi", "m*iss*p*i", True),
        ("mississippi", "m*iss*iss*iss*", False),
        ("aaa", "a*a*a*a", False),
        ("abxab", "*ab*x*", True),
        ("^x", "[^]x", True),
    ],
)
def test_patterns(text: str, pattern: str, expected: bool):
    quoted = pattern.replace("\\", "\\\\")
    assert Filter(f'match(event, "{quoted}")').matches({"event": text}) is expected


def test_a_hostile_pattern_takes_no_time():
    nested = Filter(f'match(event, "{"a*" * 40}b")')
    assert nested.matches({"event": "a" * 20_000}) is False


def test_a_pattern_is_short_and_looks_at_the_beginning_of_a_text():
    kept = Filter(f'match(event, "*{"a" * 9_000}b*")')  # as it may have been kept before patterns had a bound
    assert kept.matches({"event": "a" * 80_000}) is False
    begins = Filter(f'match(event, "a*{"?" * 190}b")', is_new=True)
    assert begins.matches({"event": "a" * 999 + "b" + "c" * 80_000}) is True
    assert begins.matches({"event": "a" * 999 + "c" + "b" * 80_000}) is False
    assert Filter(f'match(event, "{"a" * 300}")').matches({"event": "a" * 300})
    with pytest.raises(FilterError, match="A pattern has at most 200 characters, this one 201"):
        Filter(f'match(event, "{"a" * 201}")', is_new=True)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("type='track'", 'type = "track"'),
        ("(event = 'a\\'b')", 'event = "a\'b"'),
        ("! contains( event,'x' )", 'not contains(event, "x")'),
        ("a and (b and c) and d", "a and b and c and d"),
        ("properties.a and (properties.b and properties.c)", "properties.a and properties.b and properties.c"),
        (
            "properties.a or properties.b and properties.c",
            "properties.a or (properties.b and properties.c)",
        ),
        ("userId is not set", "userId = null"),
        ("userId exists", "userId != null"),
        ("\\and = 1", "\\and = 1"),
        ("\\5a = 1.50", "\\5a = 1.5"),
        ("$.properties.x = 1", "properties.x = 1"),
        ("event IN ['a', 1, TRUE]", 'event in ["a", 1, true]'),
    ],
)
def test_one_spelling(text: str, canonical: str):
    assert Filter(text).canonical == canonical


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('type = "track" and event = "Report Created"', "type is “track” and event is “Report Created”"),
        ('not (event = "a" or event = "b")', "not (event is “a” or event is “b”)"),
        ('type = "page" or (event > 5 and userId exists)', "type is “page” or (event is above 5 and userId is set)"),
        ('type not in ["page", "screen"]', "type is none of “page”, “screen”"),
        ('"x" in properties.list', "properties.list holds “x”"),
        ('!contains(event, "x")', "event does not contain “x”"),
        ('match(event, "a*")', "event matches “a*”"),
        ("!properties.enabled", "properties.enabled is not true"),
        ("userId is not set", "userId is not set"),
        ('lowercase(event) starts_with "a"', "lowercase of event begins with “a”"),
        ("not true", "never"),
    ],
)  # fmt: skip
def test_words(text: str, words: str):
    assert Filter(text).to_words() == words


def test_the_filter_keeps_the_text_as_it_was_written():
    assert Filter(" type  =  'track' ").text == " type  =  'track' "


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ('type = "track"', {"track"}),
        ('type = "track" and event = "a"', {"track"}),
        ('type in ["track", "page"] and type != "page"', {"track", "page"}),
        ('type = "track" or type = "page" and event = "x"', {"track", "page"}),
        ('event = "a"', {"track", "page", "group"}),
        ('not type = "track"', {"track", "page", "group"}),
        ('type = "track" and type = "page"', set()),
    ],
)
def test_which_types_can_match(text: str, types: set[str]):
    assert Filter(text).possible_types({"track", "page", "group"}) == types
