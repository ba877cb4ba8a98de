"""The editor's form, ready for the template: what can be chosen in each place."""

from collections.abc import Callable
from functools import partial
from typing import Any

from accoil.act import text
from accoil.act.actions import MOST, WHOM, all_actions, listed
from accoil.act.triggers import MOVES
from accoil.connect.connection import Action as Known
from accoil.connect.connection import Field, Offer, Tool, ToolError
from accoil.connect.models import live
from accoil.count.ids import Kind
from accoil.rule.tree import words as rule_words
from accoil.score.models import Profile
from accoil.segment.built_ins import with_built_ins
from accoil.show.automations.typed import WHENS, Action, Typed
from accoil.team.models import Team

Values = dict[str, Any]
NONE = Known(key="", label="")

Offers = Callable[[Any, str], list[Offer]]


def shown(typed: Typed, profile: Profile, had: str) -> Values:
    """`is_new`: other fields are to be shown than the page has, whose shape was `had`."""
    steps = profile.current.parsed.activation.steps(typed.scope)
    whens = [
        (key, words) for key, words in WHENS.items() if steps or key not in ("reaches", "step") or key == typed.when
    ]
    team = profile.product.team
    return {
        "typed": typed,
        "shape": typed.shape,
        "is_new": had != "" and had != typed.shape,
        "whens": whens,
        "named": _named(typed, profile),
        "takes_number": typed.when in (*MOVES, "reaches"),
        "takes_days": typed.when in ("rises", "falls"),
        "unit": "%" if typed.when == "reaches" else "points" if typed.when in ("rises", "falls") else "",
        "window": profile.current.parsed.window,
        "actions": [_action(each, number, typed.scope, team) for number, each in enumerate(typed.actions)],
        "offered": [(key, action.label) for key, (_, action) in all_actions().items()],
        "may_add": len(typed.actions) < MOST,
        "known_names": text.known_names(typed.scope),
    }


def _named(typed: Typed, profile: Profile) -> Values | None:
    """What the trigger is about, to choose from."""
    if typed.when == "step":
        steps = profile.current.parsed.activation.steps(typed.scope)
        choices = [(str(at), f"{at}: {rule_words(step, typed.scope)}") for at, step in enumerate(steps, 1)]
        return {"label": "Which step", "choices": choices, "none": "The profile has no steps"}
    if typed.when not in ("enters", "leaves", "stage"):
        return None
    stage = typed.when == "stage"
    own = [each for each in with_built_ins(profile) if each.scope == typed.scope and each.is_stage == stage]
    names = [each.name for each in own if not each.is_built_in] + [each.name for each in own if each.is_built_in]
    what = "stage" if stage else "segment"
    if typed.named and typed.named not in names:
        names.insert(0, typed.named)
    none = f"There is no {what} of {typed.scope}s"
    return {"label": f"Which {what}", "choices": [(name, name) for name in names], "none": none}


def _action(each: Action, number: int, scope: Kind, team: Team) -> Values:
    tool, known = all_actions().get(each.key) or (None, NONE)
    return {
        "number": number,
        "key": each.key,
        "fields": [
            {**_field(field, each, number, scope), "offered": partial(_offered, known.offers, team, field, each)}
            for field in known.fields
        ],
        "not_connected": tool.name if tool and not _is_there(tool, team) else "",
        "missing": tool.missing() if tool else "",
    }


def _offered(offers: Offers, team: Team, field: Field, each: Action) -> Values:
    """What the tool knows to choose from; it is asked when the form is shown, not while somebody types."""
    chosen = listed(each.values.get(field.name, "")) if field.type == "several" else []
    try:
        found, wrong = offers(team, field.name), ""
    except ToolError as no:
        found, wrong = [], f"What there is could not be listed: {no.reason}"
    gone = [(value, value) for value in chosen if value not in dict(found)]
    return {"wrong": wrong, "choices": [(value, words, value in chosen) for value, words in (*found, *gone)]}


def _field(field: Field, each: Action, number: int, scope: Kind) -> Values:
    # An account has no one user that something could be done to.
    choices = [(key, words) for key, words in field.choices if scope == "user" or WHOM.get(key, scope) == scope]
    usual = next((key for key, _ in choices if WHOM.get(key) == scope), "")
    return {
        "field": field,
        "id": f"then-{number}-{field.name}",
        "value": each.values.get(field.name, "") or (usual if field.type == "choice" else field.begins),
        "choices": choices,
        "only": choices[0] if len(choices) == 1 else None,
    }


def _is_there(tool: Tool, team: Team) -> bool:
    return tool.joining is None or live(team, tool.key) is not None
