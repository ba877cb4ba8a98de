"""Whom a list shows: of a segment, or who came into it lately; of an owner, of an account; by a rule. All of it stands
in the address."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import Http404

from accoil.count.facts import facts
from accoil.count.ids import LARGEST, Kind
from accoil.count.people import names as called
from accoil.refused import Refused
from accoil.rule.tree import EVERYTHING, Group, Names, Rule, check, inlined, words, written
from accoil.score.askable import refuse_gone
from accoil.score.found import owners
from accoil.segment import figures, reading
from accoil.segment.arrivals import arrived
from accoil.segment.built_ins import with_built_ins
from accoil.segment.models import Segment
from accoil.segment.watched import names
from accoil.show.frame import Frame
from accoil.show.seen import Seen
from accoil.show.whole import whole

LONGEST = 4000  # characters of a rule in an address
MOST_CAME = 10_000

Values = dict[str, Any]


@dataclass(frozen=True)
class Narrowed:
    """`came`: only who came into the segment since. `account`: only its users. `rule` is as in definition files."""

    frame: Frame
    kind: Kind
    segment: Segment | None = None
    came: datetime | None = None
    account: int = 0
    owner: str = ""
    rule: Mapping[str, Any] | None = None

    @property
    def query(self) -> dict[str, object]:
        """The address's part of it."""
        rule = json.dumps(self.rule, separators=(",", ":"), ensure_ascii=False) if self.rule else ""
        return {
            "in": self.segment.pk if self.segment else "",
            "came": self.came.isoformat(timespec="seconds") if self.came else "",
            "account": self.account or "",
            "owner": self.owner,
            "rule": rule,
        }

    def __bool__(self) -> bool:
        return bool(self.segment or self.account or self.owner or self.rule)

    def but(self, **parts: Any) -> "Narrowed":
        return replace(self, **parts)

    @cached_property
    def says(self) -> str:
        """The rule in words: the score is below 25."""
        return words(check(self.rule, self.kind, EVERYTHING), self.kind) if self.rule else ""

    @cached_property
    def account_name(self) -> str:
        return called(self.frame.product.pk, "account", [self.account])[self.account] if self.account else ""

    def among(self, seen: Seen) -> Values:
        """How a list is told whom to show."""
        told = whom(seen, self.segment, self.came) if self.segment else {}
        if self.account:
            told["account"] = self.account
        rules = [told.pop("rule")] if "rule" in told else []
        if self.owner:
            rules.append(check({"account_trait": owner_trait(self.frame), "is": self.owner}, self.kind, EVERYTHING))
        if self.rule:
            known = all_names(self.frame, self.kind)
            rules.append(inlined(check(self.rule, self.kind, EVERYTHING), known))
        return {**told, "rule": _all(rules)} if rules else told


Link = Callable[[Narrowed], str]


def narrowed(frame: Frame, kind: Kind) -> Narrowed:
    """What the address asks for. Raises Http404 for what cannot be read: whoever acts on such a list would act on
    others than he means."""
    given = frame.request.GET
    owner = given.get("owner", "").replace("\x00", "")[:200] if owner_trait(frame) else ""
    segment = _segment(frame, kind, given.get("in", ""))
    return Narrowed(
        frame,
        kind,
        segment,
        _came(frame, given.get("came", "")) if segment and not frame.is_past else None,
        _account(frame, given.get("account", "")) if kind == "user" else 0,
        owner,
        _rule(frame, kind, given.get("rule", "")),
    )


def _segment(frame: Frame, kind: Kind, text: str) -> Segment | None:
    if not text:
        return None
    for each in with_built_ins(frame.profile) if frame.profile else []:
        if str(each.pk) == text and each.scope == kind:
            return each
    raise Http404(f"There is no such segment of {kind}s in this profile; choose another one.")


def _came(frame: Frame, text: str) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).astimezone(frame.product.zone)
    except (ValueError, OverflowError):
        raise Http404("The moment in this address cannot be read; choose the segment again.") from None


def _account(frame: Frame, text: str) -> int:
    if not text:
        return 0
    id = whole(text, most=LARGEST)
    if not id or not called(frame.product.pk, "account", [id]):
        raise Http404("There is no such account in this product.")
    return id


def _rule(frame: Frame, kind: Kind, text: str) -> Mapping[str, Any] | None:
    if not text:
        return None
    try:
        raw = json.loads(text[:LONGEST])
        rule = inlined(check(raw, kind, EVERYTHING), all_names(frame, kind))
        refuse_gone(frame.product, written(rule), frame.as_of)
    except (ValueError, RecursionError, Refused) as wrong:
        reason = str(wrong) if isinstance(wrong, Refused) else "It is cut off or misspelt."
        raise Http404(f"The filter in this address cannot be read. {reason}") from None
    return raw  # type: ignore[no-any-return]


def all_names(frame: Frame, kind: Kind) -> Names:
    """What features, segments and stages in a rule mean."""
    return names(frame.chosen, kind, frame.definition, with_built_ins(frame.chosen))


def whom(seen: Seen, segment: Segment, came: datetime | None = None) -> Values:
    """How a list is told to show the members of a segment; `came`: only who came since."""
    if came:
        return {"ids": arrived([segment], came, MOST_CAME).get(segment.pk, [])}
    if segment.stay_days and seen.frame.is_past:
        return {"ids": reading.members(segment, seen.frame.as_of)}
    if segment.stay_days:
        return {"ids": reading.recorded(segment, seen.frame.as_of)}
    return {"rule": figures.rule_of(segment, seen.book, with_built_ins(segment.profile))}


def _all(rules: list[Rule]) -> Rule:
    return rules[0] if len(rules) == 1 else Group("all", tuple(rules))


def owner_trait(frame: Frame) -> str:
    """The trait that says who looks after an account; "" where none does."""
    return facts().configured(frame.product.pk).owner or ""


def choices(now: Narrowed, link: Link) -> Values:
    """What the line above a list offers: segments and owners to choose."""
    frame = now.frame
    segments = [each for each in with_built_ins(frame.chosen) if each.scope == now.kind]
    return {
        "segments": [
            (
                heading,
                [_choice(now.but(segment=each, came=None), link, each.name, each == now.segment) for each in some],
            )
            for heading, some in (
                ("Yours", [each for each in segments if not each.is_built_in and not each.is_stage]),
                ("Built in", [each for each in segments if each.is_built_in]),
                ("Stages", [each for each in segments if each.is_stage]),
            )
            if some
        ],
        "owners": _owners(now, link),
    }


def backs(now: Narrowed, link: Link) -> dict[str, str]:
    """Links that take each part of it back, and the one that changes the rule."""
    return {
        "any_segment": link(now.but(segment=None, came=None)),
        "any_owner": link(now.but(owner="")),
        "everyone": link(Narrowed(now.frame, now.kind)),
        "edit": now.frame.link(f"filter-{now.kind}s", **now.query),
    }


def _owners(now: Narrowed, link: Link) -> list[Values]:
    """The person's own accounts first."""
    if not owner_trait(now.frame):
        return []
    me = now.frame.author.email.lower() if now.frame.author else ""
    found = sorted(owners(now.frame.product.pk, now.frame.as_of), key=lambda owner: owner.lower() != me)
    return [
        _choice(now.but(owner=owner), link, "Mine" if owner.lower() == me else owner, owner == now.owner)
        for owner in found
    ]


def _choice(then: Narrowed, link: Link, title: str, here: bool) -> Values:
    return {"title": title, "link": link(then), "here": here}
