"""The editor of one mapping: it tells while somebody writes, tries the draft on a call, and saves."""

from contextlib import suppress
from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accoil import mappings as keeping
from accoil.count.people import known_events
from accoil.receive.mapping import Mapping
from accoil.receive.mapping.actions import ACTIONS
from accoil.refused import Refused
from accoil.show import mapping_drafts as drafts
from accoil.show import mapping_words
from accoil.show.frame import Frame, frame_of, page
from accoil.show.mapping_drafts import Draft
from accoil.show.views.mappings import Values, found, link_of, tried

MEANWHILE = "Somebody changed this mapping meanwhile. Yours is below; reload the page to see theirs."
NAMES_SHOWN = 40


def new(request: HttpRequest, product_id: int) -> HttpResponse:
    frame = frame_of(request, product_id, "settings")
    kept = keeping.kept(frame.product)
    if request.method == "POST":
        return answer(frame, kept, None, drafts.read(request.POST))
    if like := request.GET.get("like"):
        # A second one like the first would count everything twice: it begins switched off.
        copied = found(kept, like)
        draft = drafts.written(copied, id=0, name=keeping.name_for_copy(copied.name, kept), enabled=False)
        return editor(frame, kept, None, draft)
    return editor(frame, kept, None, Draft(trigger=drafts.NEW_TRIGGER))


def edit(request: HttpRequest, product_id: int, mapping_id: str) -> HttpResponse:
    frame = frame_of(request, product_id, "settings")
    kept = keeping.kept(frame.product)
    mapping = found(kept, mapping_id)
    if request.method == "POST":
        return answer(frame, kept, mapping, drafts.read(request.POST, mapping.id))
    return editor(frame, kept, mapping, drafts.written(mapping))


def answer(frame: Frame, kept: list[Mapping], mapping: Mapping | None, draft: Draft) -> HttpResponse:
    """Tells about the draft, or saves it."""
    request = frame.request
    if request.headers.get("HX-Request") == "true":
        return page(frame, "show/mapping_told.html", told(frame, kept, mapping, draft))
    if request.POST.get("do") != "save":
        return editor(frame, kept, mapping, draft)
    if mapping and request.POST.get("was") != drafts.stamp(mapping):
        return editor(frame, kept, mapping, draft, MEANWHILE, 409)
    try:
        made = draft.mapping()
        keeping.edit(frame.product, lambda before: placed(before, mapping, made))
    except Refused as wrong:
        return editor(frame, kept, mapping, draft, str(wrong), 422)
    messages.success(request, f"“{made.name}” is saved: it holds for what comes from now on.")
    return redirect("mappings", frame.product.pk)


def placed(before: list[Mapping], old: Mapping | None, new: Mapping) -> list[Mapping]:
    """With the new one in the place of the old, or at the end."""
    if old is None:
        return [*before, new]
    if old not in before:
        raise Refused(MEANWHILE)
    return keeping.replaced(before, old, new)


def editor(
    frame: Frame, kept: list[Mapping], mapping: Mapping | None, draft: Draft, refusal: str = "", status: int = 200
) -> HttpResponse:
    values = {
        "mapping": mapping,
        "link": link_of(mapping) if mapping else "",
        "was": drafts.stamp(mapping) if mapping else "",
        "refusal": refusal,
        "actions": list(ACTIONS.values()),
    }
    return page(frame, "show/mapping.html", {**values, **told(frame, kept, mapping, draft)}, status)


def told(frame: Frame, kept: list[Mapping], mapping: Mapping | None, draft: Draft) -> Values:
    """What is to be said about the draft, and what the mappings with it make of the call in the box."""
    names = [row["event"] for row in seen(frame)]
    made = None
    tries = [each for each in kept if each != mapping]
    with suppress(Refused):
        made = replace(draft, name=draft.name.strip() or "This mapping").mapping()  # it can act before it has a name
        tries = keeping.replaced(kept, mapping, made) if mapping else [*kept, made]
    return {
        "draft": draft,
        "names": names[:NAMES_SHOWN],
        "doubts": draft.doubts(names, [each for each in kept if each != mapping]),
        "change": mapping_words.change(made) if made else "",
        "action_changed": frame.request.POST.get("shown", draft.action.key) != draft.action.key,
        "unfinished": made is None,
        **tried(frame, tries, made, draft.action.type),
    }


def seen(frame: Frame) -> list[Values]:
    """Events by how many used them lately."""
    rows = known_events(frame.product.pk, frame.today)
    return sorted(rows, key=lambda row: (-row["users_30d"], -row["count_30d"], row["event"]))
