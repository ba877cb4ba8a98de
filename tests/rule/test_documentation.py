"""docs/reference/rules.md: its examples are run, its sentences are those that are said."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import yaml

from accoil.rule.tree import Names, Refused, Scope, check, inlined, words
from accoil.rule.vocabulary import EARLY, EVENT_KEYS, KINDS, METRICS, OPERATORS
from accoil.score.definition import Definition
from tests.reference_facts import Message
from tests.rule.asked import Asked
from tests.world import engine

TEXT = (Path(__file__).parents[2] / "docs" / "reference" / "rules.md").read_text()
FIRST, FACTS, WRONG = [yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)]
EXAMPLES = re.findall(r"^\| (user|account)s \| `(.*?)` \| (.*?) \| (.*?) \|$", TEXT, re.MULTILINE)
REFUSED = re.findall(r"^\| `(\{.*?\})` \| (.*?[.?]) \|$", TEXT, re.MULTILINE)
AS_OF = date(2026, 6, 30)


@pytest.fixture(scope="module")
def asked() -> Iterator[Asked]:
    with engine(told(), "UTC") as running:
        yield Asked(running.product_id, Definition(window=30, events=FACTS["events"]), AS_OF)


def told() -> Iterator[Message]:
    for user, traits in FACTS["users"].items():
        at = ms(traits["createdAt"])
        own = {key: shown(value) for key, value in traits.items() if key != "account"}
        yield Message("identify", f"i-{user}", at, user, traits=own)
        of_account = {key: shown(value) for key, value in FACTS["accounts"][traits["account"]].items()}
        yield Message("group", f"g-{user}", at, user, traits["account"], traits=of_account)
    for did in FACTS["did"]:
        for number in range(did["times"]):
            id = f"{did['user']}-{did['event']}-{did['day']}-{number}"
            yield Message("event", id, ms(did["day"]), did["user"], event=did["event"])


def ms(day: date) -> int:
    return round(datetime.combine(day, time(12), UTC).timestamp() * 1000)


def shown(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def names(scope: Scope) -> Names:
    return Names(
        features=FACTS["features"],
        segments={name: check(raw, scope) for name, raw in FACTS["segments"].items()},
        stages={name: check(raw, scope) for name, raw in FACTS["stages"].items()},
    )


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 20
    assert len(REFUSED) == 10


@pytest.mark.parametrize(("scope", "raw", "in_words", "whom"), EXAMPLES)
def test_an_example_holds_for_whom_it_says(asked: Asked, scope: Scope, raw: str, in_words: str, whom: str) -> None:
    rule = check(yaml.safe_load(raw), scope)
    assert words(rule, scope) == in_words
    assert asked.matching(inlined(rule, names(scope)), scope) == set(whom.split(", "))


def test_the_first_example_is_said_as_it_is_told() -> None:
    assert f"is “{words(check(FIRST, 'account'))}”." in TEXT


@pytest.mark.parametrize(("raw", "sentence"), REFUSED)
def test_what_is_refused_is_refused_with_that_sentence(raw: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        check(yaml.safe_load(raw), "account")
    assert str(refused.value) == sentence


def test_a_sentence_says_where_it_is_wrong() -> None:
    with pytest.raises(Refused) as refused:
        check(WRONG, "account")
    assert f"it is “{refused.value}”." in TEXT


@pytest.mark.parametrize("name", sorted({*KINDS, *OPERATORS, *METRICS, *EVENT_KEYS, *EARLY}))
def test_every_name_is_explained(name: str) -> None:
    assert re.search(rf"`\{{?{name}\b", TEXT)
