"""An automation as somebody is writing it: read from a form, shown again as typed, made a draft when asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict

from accoil.act.actions import MOST, all_actions, known, listed
from accoil.act.automations import COOL_DOWN, Draft
from accoil.act.triggers import MOVES
from accoil.connect.connection import Field
from accoil.count.ids import Kind
from accoil.refused import Refused
from accoil.rule.tree import EVERYTHING, check
from accoil.show.rules import telling
from accoil.show.rules.drafts import Branch, Row
from accoil.show.rules.telling import Typed as Rule
from accoil.show.whole import whole

# What can stand after “When an account …”, in the order of the form. Those of MOVES are about the score.
WHENS = {
    "enters": "enters the segment",
    "leaves": "leaves the segment",
    "stage": "enters the stage",
    "rises": "has a score that rises by",
    "falls": "has a score that falls by",
    "rises_above": "has a score that rises above",
    "drops_below": "has a score that drops below",
    "reaches": "reaches an activation of",
    "step": "has done the activation step",
    "new": "is new",
    "becomes": "comes to match a rule",
}
NUMBERS = {"rises": "10", "falls": "10", "rises_above": "50", "drops_below": "25", "reaches": "100"}  # at first
BECOMES, IF = "becomes", "if"  # the names of the two rules' fields
EMPTY, EMPTY_IF = Rule(BECOMES), Rule(IF)


@dataclass(frozen=True)
class Action:
    """One of the actions; `key` "" while none is chosen."""

    key: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Typed:
    """Texts stay as typed. `named` is the segment, stage or step that `when` is about."""

    name: str = ""
    scope: Kind = "account"
    when: str = "enters"
    named: str = ""
    n: str = ""
    days: str = ""
    becomes: Rule = EMPTY
    condition: Rule = EMPTY_IF
    actions: tuple[Action, ...] = (Action(),)
    hours: str = str(COOL_DOWN)

    @property
    def shape(self) -> str:
        """Differs when other fields are to be shown."""
        return f"{self.scope}|{self.when}|{','.join(action.key for action in self.actions)}"

    def draft(self) -> Draft:
        """Raises Refused, in the words of the form, for what is not filled in."""
        if not self.name.strip():
            raise Refused("Give the automation a name.")
        return Draft(
            name=self.name,
            scope=self.scope,
            when=self.trigger(),
            then=[_written(action) for action in self.actions],
            condition=self.condition.written(),
            cool_down_hours=_whole(self.hours, "How often: write a whole number of hours"),
        )

    def trigger(self) -> dict[str, Any]:
        """As in definition files. Raises Refused."""
        match self.when:
            case "enters" | "leaves" | "stage":
                if not self.named:
                    raise Refused(f"Choose the {'stage' if self.when == 'stage' else 'segment'}.")
                return {self.when: self.named}
            case "new":
                return {"new": self.scope}
            case "becomes":
                rule = self.becomes.written()
                if rule is None:
                    raise Refused("Say what it comes to match: add a condition.")
                return {"becomes": rule}
            case "step":
                return {"activation": {"step": _whole(self.named, "Choose the step")}}
            case "reaches":
                return {"activation": {"reaches": _whole(self.n, "Activation: write a whole number of percent")}}
        moves = {self.when: _whole(self.n, "Score: write a whole number of points")}
        if self.when in ("rises", "falls") and self.days.strip():
            moves["days"] = _whole(self.days, "Score: write a whole number of days")
        return {"score": moves}


def read(sent: QueryDict) -> Typed:
    """What was sent, with what the pressed button does to it."""
    numbers = sorted({number for key in sent if (number := whole(key.removeprefix("then-key-"), -1)) >= 0})[: MOST + 1]
    typed = Typed(
        name=_text(sent, "name"),
        scope="user" if sent.get("scope") == "user" else "account",
        when=_text(sent, "when") if sent.get("when") in WHENS else "enters",
        named=_text(sent, "named"),
        n=_text(sent, "n"),
        days=_text(sent, "days"),
        becomes=telling.typed(sent, BECOMES),
        condition=telling.typed(sent, IF),
        actions=tuple(_action(sent, number) for number in numbers) or (Action(),),
        hours=_text(sent, "cool_down_hours"),
    )
    typed = _settled(typed, sent.get("shape", ""))
    return _acted(typed, sent.get("do", ""))


def of_draft(draft: Draft) -> Typed:
    """What is kept, or what a play proposes, in the form."""
    key, given = next(iter(draft.when.items()))
    typed = Typed(
        name=draft.name,
        scope=draft.scope,
        when=key,
        condition=telling.of_rule(IF, check(draft.condition, draft.scope, EVERYTHING) if draft.condition else None),
        actions=tuple(Action(key, values) for each in draft.then for key, values in each.items()) or (Action(),),
        hours=str(draft.cool_down_hours),
    )
    match key:
        case "becomes":
            return replace(typed, becomes=telling.of_rule(BECOMES, check(given, draft.scope, EVERYTHING)))
        case "activation" if "step" in given:
            return replace(typed, when="step", named=str(given["step"]))
        case "activation":
            return replace(typed, when="reaches", n=str(given["reaches"]))
        case "score":
            way = next(way for way in MOVES if way in given)
            return replace(typed, when=way, n=str(given[way]), days=str(given.get("days", "")))
        case "new":
            return typed
    return replace(typed, named=given)


def _settled(typed: Typed, had: str) -> Typed:
    """A number and a line to begin with, where another trigger was chosen than the page had."""
    before = had.partition("|")[2].partition("|")[0]
    number = NUMBERS.get(typed.when, "") if typed.n in ("", NUMBERS.get(before)) else typed.n
    if before == typed.when:
        return typed
    empty = typed.when == "becomes" and not typed.becomes.branch.parts and not typed.becomes.is_text
    line = Rule(BECOMES, Branch("all", (Row(),))) if empty else typed.becomes
    named = typed.named if not before or {before, typed.when} == {"enters", "leaves"} else ""
    return replace(typed, n=number, named=named, becomes=line)


def _acted(typed: Typed, do: str) -> Typed:
    """`then add` adds an action, `then away 2` takes one out."""
    match do.split():
        case ["then", "add"] if len(typed.actions) < MOST:
            return replace(typed, actions=(*typed.actions, Action()))
        case ["then", "away", place]:
            rest = tuple(each for at, each in enumerate(typed.actions) if at != whole(place, -1))
            return replace(typed, actions=rest or (Action(),))
    return typed


def _action(sent: QueryDict, number: int) -> Action:
    key = _text(sent, f"then-key-{number}")
    return Action(key, {field.name: _given(sent, f"then-{number}-{field.name}", field) for field in known(key).fields})


def _given(sent: QueryDict, name: str, field: Field) -> str:
    return ", ".join(listed(",".join(sent.getlist(name)))) if field.type == "several" else _text(sent, name)


def _written(action: Action) -> dict[str, Any]:
    found = all_actions().get(action.key)
    if found is None:
        raise Refused("Choose what is to be done.")
    for each in found[1].fields:
        if each.required and not action.values.get(each.name):
            raise Refused(f"{found[1].label}: {each.label} is missing.")
    return {action.key: {name: text for name, text in action.values.items() if text}}


def _whole(text: str, wrong: str) -> int:
    if not text.strip().isdecimal() or len(text) > 9:
        raise Refused(f"{wrong}.")
    return int(text)


def _text(sent: QueryDict, name: str) -> str:
    return str(sent.get(name) or "").replace("\x00", "").replace("\r\n", "\n").strip()
