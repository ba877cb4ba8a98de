"""Settings > Import: files of the past are handed in here, and followed until they are counted."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from accoil import importing
from accoil.receive.debugger import is_elsewhere
from accoil.receive.importing import Import
from accoil.receive.importing.kinds import NAMES
from accoil.receive.importing.uploads import remove
from accoil.refused import Refused
from accoil.show import export, uploads
from accoil.show.downloads import in_turn
from accoil.show.frame import Frame, frame_of, page
from accoil.show.import_cards import Card, card, sentence
from accoil.show.visit import note

MOST_SHOWN = 50
READ_AT_ONCE = 1 << 20  # bytes
NOT_THERE = "The server that imports does not answer; nothing is lost. Reload the page in a moment."
ELSEWHERE = "Another server imports: use accoil import in the data folder of the one that counts."
STATUSES = {uploads.TooLarge: 413, uploads.Busy: 503, uploads.Full: 507}


# An upload is read only when it is clear that it may be: Django would look for its token in it first, and read it all.
@csrf_exempt
def imports(request: HttpRequest, product_id: int) -> HttpResponseBase:
    """The whole page, or for htmx the imports alone. They stop asking when none is on its way."""
    frame = frame_of(request, product_id, "settings")
    if request.method == "POST":
        return _received(frame)
    if request.headers.get("HX-Request") != "true":
        return shown(frame)
    values = told(frame)
    if request.GET.get("known") == values["known"]:
        return HttpResponse(status=204)
    return page(frame, "show/imports_list.html", values)


def stop(request: HttpRequest, product_id: int, import_id: str) -> HttpResponse:
    frame, each = _mine(request, product_id, import_id)
    return _acted(frame, lambda: importing.running().stop(each.id), f"The import of “{each.name}” is stopped.")


def go_on(request: HttpRequest, product_id: int, import_id: str) -> HttpResponse:
    frame, each = _mine(request, product_id, import_id)
    return _acted(frame, lambda: importing.running().go_on(each.id), f"The import of “{each.name}” goes on.")


def delete(request: HttpRequest, product_id: int, import_id: str) -> HttpResponse:
    """Deletes its files, not what was counted from them."""
    frame, each = _mine(request, product_id, import_id)
    done = f"The import of “{each.name}” is deleted; what was counted from it stays."
    return _acted(frame, lambda: importing.running().delete(each.id), done)


def errors(request: HttpRequest, product_id: int, import_id: str) -> HttpResponseBase:
    """The rows that could not be used, as a table to mend and import."""
    _, each = _mine(request, product_id, import_id)
    path = Path(each.errors)
    if not each.rejected or not path.is_file():
        raise Http404("Every row could be used, or the rows that could not were deleted.")
    return in_turn(lambda: export.as_file(path.name, "text/csv", _read(path)))


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(READ_AT_ONCE):
            yield piece


def shown(frame: Frame, wrong: str = "", status: int = 200) -> HttpResponse:
    values = {
        "wrong": wrong,
        "largest": settings.LARGEST_UPLOAD,
        "free": uploads.free(),
        **told(frame),
    }
    return page(frame, "show/imports.html", values, status)


def told(frame: Frame) -> dict[str, Any]:
    """The newest imports. `known` changes when anything about them does."""
    try:
        found = importing.running().all(frame.product.pk)
    except (ConnectionError, Refused):
        return {"known": "", "cards": [], "sentence": ("", _not_there()), "is_missing": True}
    cards: list[Card] = [card(each) for each in found[:MOST_SHOWN]]
    return {
        "known": hashlib.blake2b(repr(cards).encode(), digest_size=8).hexdigest(),
        "cards": cards,
        "sentence": sentence(cards),
        "moving": any(each.moves for each in cards),
        "older": len(found) - len(cards),
    }


def _not_there() -> str:
    return ELSEWHERE if is_elsewhere() else NOT_THERE


def _mine(request: HttpRequest, product_id: int, import_id: str) -> tuple[Frame, Import]:
    """Raises Http404 alike for another product's import and for none."""
    frame = frame_of(request, product_id, "settings")
    try:
        each = importing.running().get(import_id)
    except (ConnectionError, Refused):
        raise Http404("There is no such import.") from None
    if each.product != frame.product.pk:
        raise Http404("There is no such import.")
    return frame, each


def _acted(frame: Frame, act: Callable[[], Import], done: str) -> HttpResponse:
    try:
        act()
    except (ConnectionError, Refused) as refused:
        return shown(frame, _not_there() if isinstance(refused, ConnectionError) else str(refused), 409)
    note(frame.request, done)
    return redirect("imports", frame.product.pk)


def _received(frame: Frame) -> HttpResponseBase:
    try:
        with uploads.arriving(frame.request) as disk:
            return _take(frame.request, frame, disk)
    except Refused as refused:
        return shown(frame, str(refused), STATUSES.get(type(refused), 422))


@csrf_protect
def _take(request: HttpRequest, frame: Frame, disk: uploads.ToDisk) -> HttpResponse:
    """Queues what arrived: read by now, while its token was looked for. Raises Refused."""
    kind = request.POST.get("kind") or None
    if disk.refused:
        raise disk.refused
    if kind not in (None, *NAMES):
        raise Refused("Choose one of the types, or let the first line tell.")
    try:
        desk = importing.running()
    except ConnectionError:
        raise Refused(_not_there()) from None
    paths = disk.take()
    if not paths:
        raise Refused("Choose a file first.")
    for path in paths:
        try:
            desk.start(path, frame.product.pk, kind, str(request.user), is_upload=True)
        except Refused:
            remove(path)
            raise
        note(request, f"“{path.name}” is handed in to be imported.")
    return redirect("imports", frame.product.pk)
