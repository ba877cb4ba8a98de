"""Settings > Mappings: the list, the editor that tells while somebody writes, and trying them on a call."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accoil import mappings as keeping
from accoil.count.people import known_events
from accoil.receive.mapping import MOST, PRESETS, Mapping
from accoil.receive.mapping.actions import ACTIONS
from accoil.refused import Refused
from accoil.show import mapping_drafts as drafts
from accoil.show import mapping_trial as trials
from accoil.show import mapping_words
from accoil.show.frame import Frame, frame_of, page, signed_in
from accoil.show.mapping_drafts import Draft

Values = dict[str, Any]

ONLY_THEY = "Only owners and managers of the team change mappings."
MEANWHILE = "Somebody changed this mapping meanwhile. Yours is below; reload the page to see theirs."
NAMES_SHOWN = 40


@signed_in
def mappings(request: HttpRequest, product_id: int) -> HttpResponse:
    return listed(frame_of(request, product_id, "settings"))


@signed_in
@require_POST
def try_them(request: HttpRequest, product_id: int) -> HttpResponse:
    """What the mappings in force make of a call: a part of the list's page, or all of it."""
    frame = frame_of(request, product_id, "settings")
    if request.headers.get("HX-Request") == "true":
        return page(frame, "show/mapping_trial_told.html", tried(frame, keeping.kept(frame.product)))
    return listed(frame)


@signed_in
@require_POST
def reset(request: HttpRequest, product_id: int) -> HttpResponse:
    frame = changing(request, product_id)
    keeping.reset(frame.product)
    messages.success(request, "Back to the five presets: from now on every call counts as it comes.")
    return redirect("mappings", product_id)


@signed_in
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


@signed_in
def edit(request: HttpRequest, product_id: int, mapping_id: str) -> HttpResponse:
    frame = frame_of(request, product_id, "settings")
    kept = keeping.kept(frame.product)
    mapping = found(kept, mapping_id)
    if request.method == "POST":
        return answer(frame, kept, mapping, drafts.read(request.POST, mapping.id))
    return editor(frame, kept, mapping, drafts.written(mapping))


@signed_in
@require_POST
def act(request: HttpRequest, product_id: int, mapping_id: str) -> HttpResponse:
    """Moves, switches or deletes a mapping, as `do` says."""
    frame = changing(request, product_id)
    mapping = found(keeping.kept(frame.product), mapping_id)
    do = request.POST.get("do", "")
    try:
        keeping.edit(frame.product, lambda before: acted(before, mapping_id, do))
    except Refused as wrong:
        messages.error(request, str(wrong))
        return redirect("mappings", product_id)
    if said := {"on": "is on", "off": "is off", "delete": "is deleted"}.get(do):
        messages.success(request, f"“{mapping.name}” {said}, from now on.")
    return redirect("mappings", product_id)


def acted(before: Sequence[Mapping], which: str, do: str) -> list[Mapping]:
    mapping = found(before, which)
    match do:
        case "up" | "down":
            return keeping.moved(before, mapping, -1 if do == "up" else 1)
        case "on" | "off":
            return keeping.switched(before, mapping, do == "on")
        case "delete":
            return [each for each in before if each != mapping]
    raise Refused("This can't be done with a mapping.")


def answer(frame: Frame, kept: list[Mapping], mapping: Mapping | None, draft: Draft) -> HttpResponse:
    """Tells about the draft, or saves it."""
    request = frame.request
    if request.headers.get("HX-Request") == "true":
        return page(frame, "show/mapping_told.html", told(frame, kept, mapping, draft))
    if request.POST.get("do") != "save":
        return editor(frame, kept, mapping, draft)
    if not frame.may_change:
        raise PermissionDenied(ONLY_THEY)
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


def listed(frame: Frame) -> HttpResponse:
    kept = keeping.kept(frame.product)
    values = {
        "rows": [
            {
                "mapping": mapping,
                "link": link_of(mapping),
                "action": ACTIONS[mapping.action].label,
                "change": mapping_words.change(mapping),
            }
            for mapping in kept
        ],
        "sentence": mapping_words.overview(kept),
        "are_presets": not frame.product.mappings.exists(),
        "full": len(kept) >= MOST,
        "most": MOST,
    }
    return page(frame, "show/mappings.html", {**values, **tried(frame, kept)})


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
    try:
        made = draft.mapping()
        tries = keeping.replaced(kept, mapping, made) if mapping else [*kept, made]
    except Refused:
        tries = [each for each in kept if each != mapping]
        made = None
    return {
        "draft": draft,
        "names": names[:NAMES_SHOWN],
        "doubts": draft.doubts(names, [each for each in kept if each != mapping]),
        "change": mapping_words.change(made) if made else "",
        "action_changed": frame.request.POST.get("shown", draft.action.key) != draft.action.key,
        "unfinished": made is None,
        **tried(frame, tries, draft),
    }


def tried(frame: Frame, tries: Sequence[Mapping], draft: Draft | None = None) -> Values:
    """What the mappings make of the call in the box; an example stands in it until somebody writes another."""
    asked = frame.request.POST
    example = asked.get("example", "")
    if example in trials.EXAMPLES or "call" not in asked:
        name = example or (draft.action.type if draft else None) or "track"
        call = trials.written(trials.EXAMPLES[name])
    else:
        call = asked["call"]
    return {
        "call": call,
        "example": example,
        "examples": list(trials.EXAMPLES),
        "trial": trials.trial(tries, call, frame.product.zone),
        "tried_name": draft.name.strip() if draft else "",
    }


def seen(frame: Frame) -> list[dict[str, Any]]:
    """Events by how many used them lately."""
    rows = known_events(frame.product.pk, frame.today)
    return sorted(rows, key=lambda row: (-row["users_30d"], -row["count_30d"], row["event"]))


def changing(request: HttpRequest, product_id: int) -> Frame:
    frame = frame_of(request, product_id, "settings")
    if not frame.may_change:
        raise PermissionDenied(ONLY_THEY)
    return frame


def link_of(mapping: Mapping) -> str:
    """What stands for it in addresses: its id, or the action of a preset that has none yet."""
    return str(mapping.id) if mapping.id else mapping.action


def found(kept: Sequence[Mapping], which: str) -> Mapping:
    """Raises Http404."""
    preset = next((preset.name for preset in PRESETS if preset.action == which), None)
    for mapping in kept:
        if (mapping.id and str(mapping.id) == which) or mapping.name == preset:
            return mapping
    raise Http404("There is no such mapping in this product.")
