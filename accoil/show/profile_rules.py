"""The rules of a profile in its editor: who counts, and the steps that make a user or an account activated."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, QueryDict

from accoil.count.ids import Kind
from accoil.refused import Refused
from accoil.rule.tree import IN_FILTER, IN_STEPS, Allowed, Names, check, words
from accoil.score.definition import Definition
from accoil.score.features import events_of
from accoil.show.drafts import Draft
from accoil.show.frame import Frame
from accoil.show.rules import drafts, form, making, telling
from accoil.show.rules.seen import doubted
from accoil.show.rules.telling import Typed

FILTER = "filter"
STEPS: dict[str, Kind] = {"usersteps": "user", "accountsteps": "account"}
SENT = f"{FILTER}-shape"  # a form without it says nothing about rules

Values = dict[str, Any]


def with_rules(draft: Draft, request: HttpRequest) -> Draft:
    """The draft with the rules that were typed. Raises Refused for one that is half filled in."""
    sent = request.POST
    if request.method != "POST" or (SENT not in sent and f"{FILTER}-text" not in sent):
        return draft
    kept = {key: value for key, value in draft.kept.items() if key not in ("filter", "activation")}
    wanted = telling.typed(sent, FILTER).written()
    steps = {scope: making.rules(telling.typed(sent, name).branch) for name, scope in STEPS.items()}
    if wanted is not None:
        kept["filter"] = wanted
    if any(steps.values()):
        kept["activation"] = {scope: rules for scope, rules in steps.items() if rules}
    return replace(draft, kept=kept)


def shown(frame: Frame, now: Definition | None) -> Values:
    """The forms: as typed, or as the definition in force says."""
    typed = _typed(frame.request) or _written(now)
    known = Names(features=events_of(frame.product))
    filled = {
        name: form.offered(frame.product.pk, scope, frame.today, known, allowed)
        for name, scope, allowed in ((FILTER, "user", IN_FILTER), *((each, STEPS[each], IN_STEPS) for each in STEPS))
    }
    sent = frame.request.POST
    rules = {
        name: telling.shown(each, sent, filled[name], "group" if name == FILTER else "list")
        for name, each in typed.items()
    }
    said = {name: _said(frame, each) for name, each in typed.items()}
    return {
        "rules": [{**rules[name], "told": said[name]} for name in rules],
        "filter_rule": rules[FILTER],
        "filter_told": said[FILTER],
        "step_rules": [
            {"rule": rules[name], "title": f"{scope.capitalize()}s", "told": said[name]}
            for name, scope in STEPS.items()
        ],
        "rule_target": "#preview",
        "window": now.window if now else 7,
    }


def _typed(request: HttpRequest) -> dict[str, Typed] | None:
    sent: QueryDict = request.POST
    if request.method != "POST" or (SENT not in sent and f"{FILTER}-text" not in sent):
        return None
    found = {name: telling.typed(sent, name) for name in (FILTER, *STEPS)}
    found[FILTER], _ = telling.turned(found[FILTER], sent.get("do", ""), "user", IN_FILTER)  # beside it is said why not
    return found


def _written(now: Definition | None) -> dict[str, Typed]:
    if now is None:
        return {name: Typed(name) for name in (FILTER, *STEPS)}
    of: Mapping[str, Any] = {"usersteps": now.activation.user, "accountsteps": now.activation.account}
    steps = {name: Typed(name, drafts.steps(rules)) for name, rules in of.items()}
    return {FILTER: telling.of_rule(FILTER, now.filter), **steps}


def _said(frame: Frame, each: Typed) -> Values:
    """What the rule means and which of its names never arrived, or what is wrong with it."""
    scope: Kind = STEPS.get(each.name, "user")
    allowed: Allowed = IN_FILTER if each.name == FILTER else IN_STEPS
    try:
        rules = [check(raw, scope, allowed) for raw in _raw(each)]
        doubts = doubted(frame.product.pk, frame.today, *rules)
        return {"says": "; ".join(words(rule, scope) for rule in rules), "refusal": "", "doubts": doubts}
    except Refused as wrong:
        return {"says": "", "refusal": str(wrong)}


def _raw(each: Typed) -> list[telling.Written]:
    """The filter as one rule, of the steps each. Raises Refused."""
    if each.name != FILTER:
        return making.rules(each.branch)
    raw = each.written()
    return [raw] if raw else []
