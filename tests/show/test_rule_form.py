"""The form of a rule: what can be said in files can be said in it, and comes back the same."""

from datetime import date
from typing import Any

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st

from accoil.refused import Refused
from accoil.rule.tree import check, written
from accoil.show.rules import drafts, form, making, telling
from accoil.show.rules.drafts import Branch, Row
from accoil.show.rules.form import Offered
from tests.reference import Definition, World
from tests.reference_rules import Raw, View
from tests.rule.drawn import Settling, rules

TODAY = date(2026, 3, 31)
FIELDS = ("what", "op", "value", "more", "times", "span", "days", "name")
OFFER = Offered("account", [("Numbers", [("metric:score", "Score")]), ("Did", [("event:", "Another event…")])])

SETTLING = Settling(View(World([], "UTC"), Definition(events={"Report": 1}), TODAY), "account", [])


def settled(drawn: Raw) -> Raw:
    """In a world in which nothing happened yet."""
    return SETTLING.settled(drawn)  # type: ignore[no-any-return]


def sent(branch: Branch, name: str = "rule", at: str = "", **more: str) -> QueryDict:
    """What a browser sends of the form that shows the draft."""
    fields = QueryDict(mutable=True)
    _put(fields, branch, name, at)
    fields.update(more)
    return fields


def _put(fields: QueryDict, branch: Branch, name: str, at: str) -> None:
    fields[f"{name}-how-{at}"] = branch.how
    for number, part in enumerate(branch.parts):
        here = f"{at}.{number}".lstrip(".")
        fields[f"{name}-place-{here}"] = "group" if isinstance(part, Branch) else "row"
        if isinstance(part, Branch):
            _put(fields, part, name, here)
        else:
            for field in FIELDS:
                fields[f"{name}-{field}-{here}"] = getattr(part, field)


def flat(raw: Any) -> Any:
    """Groups of one that say no more than what is in them are the same rule."""
    for how in ("all", "any", "none"):
        if isinstance(raw, dict) and how in raw:
            parts = [flat(part) for part in raw[how]]
            return parts[0] if how != "none" and len(parts) == 1 else {how: parts}
    return raw


def sayable(raw: Any) -> bool:
    """Texts with commas in a list, with blanks round them, or with line breaks are for the text view."""
    if isinstance(raw, dict):
        return all(sayable(each) for each in raw.values())
    if isinstance(raw, list):
        return all(sayable(each) and "," not in str(each) for each in raw)
    return not isinstance(raw, str) or (raw == raw.strip() and "\n" not in raw)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(("user", "account")), st.data())
def test_a_rule_comes_back_from_the_form_as_it_went_in(scope: Any, data: st.DataObject) -> None:
    rule = check(data.draw(rules(scope).map(settled).filter(sayable)), scope)
    made = making.rule(drafts.read(sent(drafts.written(rule)), "rule"))
    assert made is not None
    expected = flat(written(rule))
    assert texts(flat(written(check(made, scope)))) == texts(expected)


def texts(raw: Any) -> Any:
    """What a trait is compared with is text in a form; rules compare text that is a number as one, so that a list of
    9 and "9" holds it twice."""
    if isinstance(raw, dict):
        is_trait = "user_trait" in raw or "account_trait" in raw
        return {
            key: str(value) if is_trait and not isinstance(value, list) else texts(value) for key, value in raw.items()
        }
    if isinstance(raw, list) and not any(isinstance(each, dict) for each in raw):
        return list(dict.fromkeys(map(str, raw)))
    return [texts(each) for each in raw] if isinstance(raw, list) else raw


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(("user", "account")), st.data())
def test_the_text_view_says_the_same_rule(scope: Any, data: st.DataObject) -> None:
    rule = check(data.draw(rules(scope).map(settled)), scope)
    text = telling.as_yaml(written(rule))
    assert check(telling.read_text(text), scope) == rule


def test_everyone_is_a_line_of_its_own() -> None:
    branch = drafts.written(check({"all": []}, "account"))
    assert making.rule(drafts.read(sent(branch), "rule")) == {"all": []}
    fallback = {"any": [{"metric": "score", "below": 3}, {"all": []}]}
    assert making.rule(drafts.read(sent(drafts.written(check(fallback, "account"))), "rule")) == fallback


def test_buttons_add_and_take_out() -> None:
    branch = Branch("all", (Row("metric:score"),))
    nested = drafts.acted(drafts.acted(branch, "group "), "row 1")
    assert nested == Branch("all", (Row("metric:score"), Branch("any", (Row(), Row()))))
    assert drafts.acted(nested, "away 1.0") == Branch("all", (Row("metric:score"), Branch("any", (Row(),))))
    assert drafts.acted(nested, "away 0") == Branch("all", (Branch("any", (Row(), Row())),))
    assert drafts.acted(nested, "away 7.1") == nested
    assert drafts.acted(nested, "row x") == Branch("all", (*nested.parts, Row()))


def test_a_line_in_which_nothing_is_chosen_says_nothing() -> None:
    assert making.rule(Branch("all", (Row(), Branch("any", (Row(),))))) is None
    assert making.rule(Branch("any", (Row(), Row("metric:score", "above", "3")))) == {
        "any": [{"metric": "score", "above": 3}]
    }


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (Row("event:"), "Write the name of what the line is about."),
        (Row("metric:score", "below"), "Write what “score” is compared with."),
        (Row("user_trait:plan", "is"), "Write what “plan” is compared with."),
    ],
)
def test_a_line_that_is_half_filled_in_is_refused(row: Row, says: str) -> None:
    with pytest.raises(Refused, match=says):
        making.rule(Branch("all", (row,)))


@pytest.mark.parametrize(
    ("row", "made"),
    [
        (Row("metric:mrr", "above", "$1,200"), {"metric": "mrr", "above": 120_000}),
        (Row("metric:mrr", "between", "99.5", "200"), {"metric": "mrr", "between": [9950, 20_000]}),
        (Row("metric:score", "one_of", "1, 2 ,3"), {"metric": "score", "one_of": [1, 2, 3]}),
        (Row("metric:change", "at_least", "10", days="30"), {"metric": "change", "at_least": 10, "days": 30}),
        (Row("event:", "did_not", times="2", span="last", name="Paid"), {
            "event": "Paid", "did": False, "at_least": 2, "within_days": 30,
        }),
        (Row("user_trait:role", "is_set"), {"user_trait": "role", "is_set": True}),
        (Row("segment:At risk", "not_in"), {"segment": "At risk", "in": False}),
    ],
)  # fmt: skip
def test_what_a_line_says(row: Row, made: dict[str, Any]) -> None:
    assert making.rule(Branch("all", (row,))) == made


def test_the_form_shows_what_it_was_given_and_offers_the_rest() -> None:
    branch = Branch("any", (Row("metric:score", "below", "25"), Row("event:Never seen", "did", times="3")))
    shown = form.shown(branch, "rule", OFFER)
    html = render_to_string("show/parts/rule.html", {"rule": shown, "rule_post": "/x", "rule_target": "#told"})
    assert '<option value="any" selected>' in html and 'value="25"' in html
    assert '<option value="event:" selected>' in html and 'value="Never seen"' in html
    assert 'value="rule away 1"' in html and 'value="rule group "' in html


def test_other_fields_are_asked_for_only_when_they_are_other() -> None:
    below = Branch("all", (Row("metric:score", "below", "25"),))
    known = sent(below, **{"rule-shape": form.shape(below)})
    assert not telling.shown(telling.typed(known, "rule"), known, OFFER)["is_new"]
    known["rule-op-0"] = "between"
    assert telling.shown(telling.typed(known, "rule"), known, OFFER)["is_new"]


def test_a_text_is_read_once_however_often_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    monkeypatch.setattr(telling, "load", lambda text: read.append(text) or {"metric": "score", "below": 7})
    fields = QueryDict("rule-text=metric: score, below: 7")
    for _ in range(3):
        told = telling.typed(fields, "rule").written()
        assert told == {"metric": "score", "below": 7}
        told.clear()
    assert len(read) == 1


def test_a_text_that_would_keep_a_page_busy_is_refused() -> None:
    with pytest.raises(Refused, match=r"This is 50,001 characters long; a rule may have 50,000\."):
        telling.read_text("#" * 50_001)
    assert telling.read_text("metric: score\nbelow: 7\n#".ljust(50_000, "x")) == {"metric": "score", "below": 7}
