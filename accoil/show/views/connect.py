"""Settings > Connect data: how a cloud such as Segment sends to this server, and a light that says whether it does."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from accoil.show import connecting, words
from accoil.show.frame import Frame, frame_of, page
from accoil.show.last_call import LastCall, last_call, last_refusal
from accoil.show.views.product_settings import address_of, own_key
from accoil.team.models import IngestKey


def connect(request: HttpRequest, product_id: int) -> HttpResponse:
    """The whole page, or for htmx the light alone, as long as it shows something else than the page does."""
    frame = frame_of(request, product_id, "settings")
    keys = list(frame.product.ingest_keys.filter(disabled_at=None))
    key = _chosen(frame, keys)
    values: dict[str, Any] = {"key": key, "light": light(key) if key else None}
    if request.headers.get("HX-Request") == "true":
        if values["light"] is None or request.GET.get("known") == values["light"]["known"]:
            return HttpResponse(status=204)
        return page(frame, "show/parts/light.html", values)
    values["choices"] = [
        {"name": each.name, "link": frame.link("connect", key=each.pk), "here": each == key} for each in keys
    ]
    values["ways"] = connecting.ways(address_of(frame.request), key.key if key else "YOUR_API_KEY")
    values["warning"] = connecting.warning(address_of(frame.request))
    return page(frame, "show/connect.html", values)


def light(key: IngestKey) -> dict[str, Any]:
    """`state`: waiting, green or refused; `known` changes when there is something new to show."""
    taken, refused = last_call(key), last_refusal(key)
    state = "refused" if refused else "green" if taken else "waiting"
    shown: LastCall | None = refused or taken
    known = f"{state}-{shown.at.timestamp():.3f}-{words.ago(shown.at, timezone.now())}" if shown else state
    return {"state": state, "call": shown, "known": known}


def _chosen(frame: Frame, keys: list[IngestKey]) -> IngestKey | None:
    wanted = frame.request.GET.get("key")
    if wanted is None:
        return own_key(frame)
    for key in keys:
        if str(key.pk) == wanted:
            return key
    raise Http404("There is no such key in this product.")
