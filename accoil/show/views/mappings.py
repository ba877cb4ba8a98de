"""Settings > Mappings: the list, what is done with one of them, and trying them on a call."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accoil import mappings as keeping
from accoil.receive.mapping import MOST, PRESETS, Mapping
from accoil.receive.mapping.actions import ACTIONS
from accoil.refused import Refused
from accoil.show import mapping_trial as trials
from accoil.show import mapping_words
from accoil.show.frame import Frame, frame_of, page
from accoil.show.recent_calls import recent
from accoil.show.visit import note

Values = dict[str, Any]


def mappings(request: HttpRequest, product_id: int) -> HttpResponse:
    return listed(frame_of(request, product_id, "settings"))


def try_them(request: HttpRequest, product_id: int) -> HttpResponse:
    """What the mappings in force make of a call: a part of the list's page, or all of it."""
    frame = frame_of(request, product_id, "settings")
    if request.headers.get("HX-Request") == "true":
        return page(frame, "show/mapping_trial_told.html", tried(frame, keeping.kept(frame.product)))
    return listed(frame)


def reset(request: HttpRequest, product_id: int) -> HttpResponse:
    frame = frame_of(request, product_id, "settings")
    keeping.reset(frame.product)
    messages.success(request, "Back to the five presets: from now on every call counts as it comes.")
    return redirect("mappings", product_id)


def act(request: HttpRequest, product_id: int, mapping_id: str) -> HttpResponse:
    """Moves, switches or deletes a mapping, as `do` says."""
    frame = frame_of(request, product_id, "settings")
    there = keeping.kept(frame.product)
    mapping = found(there, mapping_id)
    do = request.POST.get("do", "")
    try:
        keeping.edit(frame.product, lambda before: acted(before, mapping_id, do))
    except Refused as wrong:
        messages.error(request, str(wrong))
        return redirect("mappings", product_id)
    if said := {"on": "is on", "off": "is off", "delete": "is deleted"}.get(do):
        messages.success(request, f"“{mapping.name}” {said}, from now on.")
    elif keeping.kept(frame.product) != there:  # the first cannot go up
        note(request, f"“{mapping.name}” stands one place {'higher' if do == 'up' else 'lower'}.")
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


def tried(frame: Frame, tries: Sequence[Mapping], asked: Mapping | None = None, type: str | None = None) -> Values:
    """What the mappings make of the call in the box; an example, of that type, stands in it until somebody writes or
    picks another."""
    sent = frame.request.POST
    example = sent.get("example", "")
    example = example if example in trials.EXAMPLES else ""
    lately = recent(frame.product.pk)
    picked = next((each.call for each in lately if str(each.number) == sent.get("recent")), "")
    if picked:
        call = picked
    elif example or "call" not in sent:
        call = trials.written(trials.EXAMPLES[example or type or "track"])
    else:
        call = sent["call"]
    return {
        "call": call,
        "was_picked": bool(example or picked),
        "examples": list(trials.EXAMPLES),
        "recent": lately,
        "trial": trials.trial(tries, call, frame.product.zone, asked),
    }


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
