"""Everyone whom a draft would change, one by one. The draft travels with the form: nothing is saved anywhere."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase

from accoil.act.what_if import meant, what_if
from accoil.refused import Refused
from accoil.rule.tree import Scope
from accoil.score.definition import Definition
from accoil.score.models import Profile
from accoil.score.what_if import ORDERS, SCOPES, differences, differing
from accoil.show import consequences, drafts, export, profile_rules
from accoil.show.downloads import downloaded
from accoil.show.frame import Frame, frame_of, page
from accoil.show.lists import PAGE
from accoil.show.tables import linked
from accoil.show.views.profiles import asked_profile
from accoil.show.whole import whole

COLUMNS = (
    "id", "tracking_id", "name", "score_from", "score_to", "move", "raw_from", "raw_to", "activation_from",
    "activation_to",
)  # fmt: skip
OWN = ("csrfmiddlewaretoken", "scope", "search", "sort", "page", "do")  # fields that say what is looked at

Asked = tuple[int, Definition | None, Definition, Any, Scope]


def everyone(request: HttpRequest, product_id: int) -> HttpResponseBase:
    """A page of them, or the whole list as CSV."""
    frame = frame_of(request, product_id, "profiles")
    profile = asked_profile(frame, request.POST.get("of", ""))
    now = profile.current.parsed if profile else None
    try:
        typed = profile_rules.with_rules(drafts.read(request.POST, [], now), request)
        draft = meant(frame.product, typed.definition())
    except Refused as refusal:
        return page(frame, "show/differences.html", {"refusal": str(refusal), **_carried(frame, profile)}, 422)
    scope: Scope = "user" if request.POST.get("scope") == "user" else "account"
    asked = (product_id, now, draft, frame.today, scope)
    if request.POST.get("do") == "csv":
        return _file(asked)
    numbers = what_if(product_id, profile, draft, frame.today).numbers
    sentence = consequences.preview(numbers, is_first=profile is None)
    return page(
        frame, "show/differences.html", {**_listed(frame, asked), "sentence": sentence, **_carried(frame, profile)}
    )


def _file(asked: Asked) -> HttpResponseBase:
    table = differing(*asked).select(list(COLUMNS))
    return downloaded(export.Table(f"what-if-{asked[-1]}s", iter(table.to_batches())), "csv")


def _listed(frame: Frame, asked: Asked) -> dict[str, Any]:
    form, scope = frame.request.POST, asked[-1]
    sort = form.get("sort", "-move")
    sort = sort if sort.lstrip("-") in ORDERS else "-move"
    number = min(max(whole(form.get("page")), 1), 1_000_000)
    search, offset = form.get("search", "").strip()[:200], (number - 1) * PAGE
    rows, total = differences(*asked, search=search, sort=sort, limit=PAGE, offset=offset)
    return {
        "scope": scope,
        "scopes": [{"scope": each, "here": each == scope} for each in SCOPES],
        "rows": linked(frame, scope, rows),
        "search": search,
        "sort": sort,
        "first": offset + 1,
        "last": offset + len(rows),
        "total": total,
        "back": number - 1,
        "next": number + 1 if offset + len(rows) < total else 0,
        "sorts": [("-move", "Up most"), ("move", "Down most"), ("name", "Name"), ("-score_to", "Highest score")],
    }


def _carried(frame: Frame, profile: Profile | None) -> dict[str, Any]:
    """The draft as it was typed, to be sent along with whatever is asked next."""
    fields = [
        (name, value) for name in frame.request.POST if name not in OWN for value in frame.request.POST.getlist(name)
    ]
    return {"profile": profile, "carried": fields}
