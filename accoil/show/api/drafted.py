"""What a profile would say if it were written otherwise: over the whole book, without changing anything."""

from typing import Annotated, Any

from ninja import Body, Path, Router
from pydantic import WithJsonSchema

from accoil.act.sync_section import APART
from accoil.act.what_if import meant
from accoil.act.what_if import what_if as if_drafted
from accoil.refused import Refused
from accoil.score.definition import Definition
from accoil.score.models import Profile
from accoil.score.profile_section import INBOX
from accoil.show.api.answered import add
from accoil.show.api.asked import Asker, Row, now, profile_of
from accoil.show.api.errors import invalid
from accoil.show.api.shapes import drafted as shapes

NOT_NUMBERS = ("name", INBOX, *APART)  # of a profile in a file

EXAMPLE: Row = {"window": 7, "events": {"Report_Created": 9, "Dashboard_Viewed": 3}}


WORDS = {
    "window": "Days: 1, 7, 14, 30, 60 or 90.",
    "events": "Name → weight, 1 to 10.",
    "filter": "A rule: who is scored.",
    "activation": "`user` and `account`: lists of rules.",
    "benchmark": 'moving_p90, or `{"fixed": 200}`.',
    "curve": "exponential or linear.",
    "daily_cap": "At most so many of one event count per user and day.",
    "exclude": "`users` and `accounts`: ids you sent.",
}
# As it is written in a file of definitions; what is wrong with it is told by whoever reads those.
Draft = Annotated[
    dict[str, Any],
    WithJsonSchema(
        {
            "type": "object",
            "required": ["events"],
            "properties": {name: {"description": said} for name, said in WORDS.items()},
            "examples": [EXAMPLE],
        }
    ),
]


def put(router: Router) -> None:
    path = "/workspaces/{int:workspace_id}/what_if"
    add(router, path, what_if, shapes.WhatIf, "what_if", "workspaces", method="POST")


def what_if(
    asker: Asker,
    workspace_id: Annotated[int, Path(description="The profile it is compared with.")],
    profile: Annotated[Draft, Body()],
) -> Row:
    """What would change today if the profile said what you send: bands, the biggest movers, who would enter and leave
    segments, automations that would fire, records that would be written. Nothing is saved."""
    asker.needs("accounts")
    asker.needs("users")
    of = profile_of(asker.product, workspace_id)
    told = if_drafted(asker.product.pk, of, _definition(of, profile), asker.product.today()).as_answer()
    return {"version": of.current.number, "computed_at": now(), "workspace_id": of.pk, **told}


def _definition(of: Profile, draft: Row) -> Definition:
    """The draft under the product's settings, as it would be saved."""
    said = {key: value for key, value in draft.items() if key not in NOT_NUMBERS}
    try:
        return meant(of.product, Definition.check(said))
    except Refused as no:
        raise invalid("profile", str(no)) from None
