"""What saving a draft of a profile would do: numbers, segments, and the acts that follow from them."""

from datetime import date
from typing import Any

import msgspec

from accoil.act.following import Would, follow
from accoil.act.groups import Segments, titles
from accoil.rule.tree import EVERYTHING, Scope, check
from accoil.score import what_if as score
from accoil.score.askable import refuse_gone
from accoil.score.configuration import configuration_of
from accoil.score.definition import Definition
from accoil.score.features import events_of
from accoil.score.groups import Groups, Rules
from accoil.score.models import Profile
from accoil.score.what_if import SCOPES, Consequences, WhatIf
from accoil.segment import built_in
from accoil.segment.built_ins import with_built_ins
from accoil.segment.watched import watched
from accoil.team.models import Product

Row = dict[str, Any]


class Drafted(msgspec.Struct, frozen=True):
    """`automations` whose trigger would come true for somebody, and how many records in other tools would be written
    (`writes`)."""

    numbers: WhatIf
    automations: list[Would] = []
    writes: int = 0

    def as_answer(self) -> Row:
        """As the read API says it."""
        accounts, users = self.numbers.accounts, self.numbers.users
        return {
            "as_of": self.numbers.as_of,
            "scored": users.scored[1],
            "benchmark": dict(zip(("from", "to"), self.numbers.benchmark, strict=True)),
            "bands": {
                way: {"accounts": accounts.bands[place], "users": users.bands[place]}
                for place, way in enumerate(("from", "to"))
            },
            "movers": [*_movers("account", accounts), *_movers("user", users)],
            "segments": [*_segments("account", accounts), *_segments("user", users)],
            "automations": [
                {"name": each.name, "scope": each.scope, "when": each.when, "entities": each.entities}
                for each in self.automations
            ],
            "writes": self.writes,
        }


def what_if(product_id: int, profile: Profile | None, draft: Definition, as_of: date) -> Drafted:
    """`profile` None: it would be a new one."""
    now = profile.current.parsed if profile else None
    numbers = score.what_if(product_id, now, draft, as_of, segments(profile, now, draft))
    if profile is None or now is None or draft.digest() == now.digest():  # nothing follows
        return Drafted(numbers)
    automations, writes = follow(profile, now, draft, as_of)
    return Drafted(numbers, automations, writes)


def meant(product: Product, draft: Definition) -> Definition:
    """The draft under the product's features and internal domains of now, as saving it would take them. Raises Refused
    when it asks for days that are gone."""
    whole = draft.with_settings(events_of(product), configuration_of(product).internal_domains)
    refuse_gone(product, whole.to_yaml_dict(), back=2 * whole.window)
    return whole


def segments(profile: Profile | None, now: Definition | None, draft: Definition) -> dict[Scope, tuple[Groups, Groups]]:
    """As the definition in force means them, and as the draft does; a new profile has the built-in ones."""
    if profile is None or now is None:
        made = {scope: _built_in(scope, draft) for scope in SCOPES}
        return {scope: (groups, groups) for scope, groups in made.items()}
    own = with_built_ins(profile)
    names = titles(own)
    return {
        scope: (
            Segments(scope, names, watched(profile, scope, now, own)),
            Segments(scope, names, watched(profile, scope, draft, own)),
        )
        for scope in SCOPES
    }


def _built_in(scope: Scope, draft: Definition) -> Rules:
    raw = {name: built_in.rule_of(key, draft.window) for key, name in built_in.built_ins(scope).items()}
    return Rules(scope, {name: check(rule, scope, EVERYTHING) for name, rule in raw.items()})


def _movers(scope: Scope, found: Consequences) -> list[Row]:
    return [
        {
            "type": scope, "id": each.id, "tracking_id": each.tracking_id, "name": each.name,
            "from": each.score_from, "to": each.score_to, "change": each.move,
        }
        for each in found.movers
    ]  # fmt: skip


def _segments(scope: Scope, found: Consequences) -> list[Row]:
    return [{"name": each.name, "scope": scope, "entered": each.entered, "left": each.left} for each in found.segments]
