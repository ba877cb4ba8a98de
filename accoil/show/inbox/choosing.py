"""What is looked at: what was just chosen, else what the canvas before showed, else what the teammate chose last. Each
is taken only where this teammate may see it."""

from collections.abc import Iterable, Sequence
from typing import Literal, TypeVar

import msgspec

from accoil.score.models import Profile
from accoil.show.inbox.asked import Asked, State
from accoil.show.inbox.finding import Who
from accoil.show.inbox.standing import Standing
from accoil.team.models import Product

GONE = "The profile you looked at last is gone, or no longer open to you."

Empty = Literal["no_address", "unknown", "no_product", "no_profile", "no_access"]
Listed = Literal["product", "profile"]
Offered = TypeVar("Offered")


class View(msgspec.Struct, kw_only=True):
    """`account`: chosen among those the user worked for; None: the one they belong to. `listing`: which list is shown
    instead of the figures, and its page."""

    tab: str
    who: Who
    whos: Sequence[Who]
    product: Product
    profile: Profile
    profiles: Sequence[Profile]
    account: int | None = None
    note: str = ""
    listing: tuple[Listed, int] | None = None


def choose(asked: Asked, standing: Standing, whos: Sequence[Who]) -> View | Empty:
    choice = standing.choices.get(asked.teammate)
    chosen, listing = _pressed(asked)
    if not standing.products:
        return "no_product"
    if not whos:
        return "unknown" if asked.contact.email or asked.contact.external_id else "no_address"
    open_to = {who.product: standing.seen(asked.email, who.product) for who in whos}
    seen = [who for who in whos if open_to[who.product]]
    if not seen:
        return "no_access" if any(standing.profiles.get(who.product) for who in whos) else "no_profile"
    who = _first([chosen.product, asked.kept.product], ((str(each.product), each) for each in seen)) or seen[0]
    profiles = open_to[who.product]
    remembered = choice.profiles.get(str(who.product), "") if choice and isinstance(choice.profiles, dict) else ""
    wanted = [chosen.profile, asked.kept.profile, remembered if isinstance(remembered, str) else ""]
    profile = _first(wanted, ((str(each.pk), each) for each in profiles))
    first = next(filter(None, wanted), "")
    same_product = asked.kept.product in ("", str(who.product)) and chosen.product in ("", str(who.product))
    accounts = ((str(account), account) for account in who.did.accounts)
    return View(
        tab=chosen.tab or asked.kept.tab or (choice.tab if choice else "") or "summary",
        who=who,
        whos=seen,
        product=standing.products[who.product],
        profile=profile or _usual(standing, who.product, profiles),
        profiles=profiles,
        account=_first([chosen.account, asked.kept.account], accounts),
        note=GONE if first and same_product and all(first != str(each.pk) for each in profiles) else "",
        listing=listing,
    )


def _usual(standing: Standing, product: int, profiles: Sequence[Profile]) -> Profile:
    summary = standing.summaries[product]
    return summary if summary in profiles and summary is not None else profiles[0]


def _first(wanted: Iterable[str], offered: Iterable[tuple[str, Offered]]) -> Offered | None:
    """The first of those wanted that is offered."""
    there = dict(offered)
    return next((there[each] for each in wanted if each in there), None)


def _pressed(asked: Asked) -> tuple[State, tuple[Listed, int] | None]:
    """What was chosen, with what an item of a list says; and the list that a button asks for."""
    do, _, rest = asked.pressed.partition(":")
    what, _, which = rest.partition(":")
    if what not in ("product", "profile"):
        return asked.chosen, None
    if do == "list" and which.isdecimal():
        return asked.chosen, (what, int(which[:6]))  # type: ignore[return-value]
    if do == "pick":
        return msgspec.structs.replace(asked.chosen, **{what: which}), None
    return asked.chosen, None
