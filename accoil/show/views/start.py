"""The first steps: a check-list that turns green by itself while events arrive."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from accoil.count import people
from accoil.count.ids import Kind
from accoil.show import words
from accoil.show.frame import TITLES, Frame, frame_of, page
from accoil.show.views.connect import light
from accoil.show.views.product_settings import own_key, snippets_of

NAMED = 3  # of those that arrived
FEW = 50  # of whom more are there, nobody has to be told who came first


def start(request: HttpRequest, product_id: int) -> HttpResponse:
    """The whole page, or for htmx the steps alone. They stop asking once all are done."""
    frame = frame_of(request, product_id, "start")
    values = told(frame)
    if request.headers.get("HX-Request") != "true":
        return page(frame, "show/start.html", values)
    if request.GET.get("known") == values["known"]:  # what somebody is reading or copying stays as it is
        return _heard(frame, values) if values["heard"] else HttpResponse(status=204)
    return page(frame, "show/start_steps.html", values)


def told(frame: Frame) -> dict[str, Any]:
    """What arrived so far. `next` is the first step that is not done; "" when all are. `heard` is the light of the key
    in the snippets, where a call was heard and still no event came of it."""
    arrived, key = people.health(frame.product.pk), own_key(frame)
    done = {
        "event": bool(arrived["events"]),
        "account": bool(arrived["accounts"]),
        "profile": bool(frame.profiles),
    }
    heard = light(key) if key and not arrived["events"] else None
    return {
        "known": f"{arrived['events']}-{arrived['accounts']}-{len(frame.profiles)}",
        "arrived": arrived,
        "accounts": _named(frame, "account", arrived["accounts"]),
        "users": _named(frame, "user", arrived["users"]),
        "heard": heard if heard and heard["call"] else None,
        "done": done,
        "next": next((step for step, is_done in done.items() if not is_done), ""),
        "wanted": TITLES.get(frame.request.GET.get("for", ""), "") if not done["profile"] else "",
        "snippets": snippets_of(frame),
    }


def _heard(frame: Frame, values: dict[str, Any]) -> HttpResponse:
    """The line about the last call alone."""
    answer = page(frame, "show/parts/heard.html", values)
    answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#heard", "innerMorph"
    return answer


def _named(frame: Frame, kind: Kind, many: int) -> str:
    """Acme Ltd, Globex, Initech and 4 more; "" for none, and for many."""
    if not 0 < many <= FEW:
        return ""
    product = frame.product.pk
    ids = people.called(product, kind, "", many)
    return words.listed(sorted(people.names(product, kind, ids).values()), NAMED)
