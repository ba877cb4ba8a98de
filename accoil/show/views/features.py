"""Settings > Features: the list, the form of one of them, and events that belong to none."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accoil.count.people import known_events
from accoil.refused import Refused
from accoil.score import features as keeping
from accoil.score.carried import Carried, change_features, who_else_names, who_names
from accoil.score.features import MOST, Said, kept
from accoil.score.models import Version
from accoil.show import feature_drafts as drafts
from accoil.show import words
from accoil.show.feature_drafts import Draft
from accoil.show.frame import Frame, frame_of, page
from accoil.show.visit import note
from accoil.show.whole import whole

FREE_SHOWN = 60
MOST_NAMED = 8


def feature_settings(request: HttpRequest, product_id: int) -> HttpResponse:
    frame = frame_of(request, product_id, "settings")
    said = kept(frame.product)
    known = known_events(product_id, frame.today)
    owned = {event for feature in said for event in feature.events}
    free = [row["event"] for row in known if row["event"] not in owned]
    values = {
        "rows": said,
        "free": free[:FREE_SHOWN],
        "more_free": max(0, len(free) - FREE_SHOWN),
        "suggested": drafts.suggested(free),
        "known": len(known),
        "full": len(said) >= MOST,
        "most": MOST,
    }
    return page(frame, "show/features.html", values)


def new(request: HttpRequest, product_id: int) -> HttpResponse:
    frame = frame_of(request, product_id, "settings")
    if request.method == "POST":
        return answer(frame, None, drafts.read(request.POST))
    return editor(frame, None, Draft(name=request.GET.get("name", ""), events=tuple(request.GET.getlist("event"))))


def edit(request: HttpRequest, product_id: int, feature_id: int) -> HttpResponse:
    frame = frame_of(request, product_id, "settings")
    feature = found(kept(frame.product), feature_id)
    if request.method == "POST":
        return answer(frame, feature, drafts.read(request.POST))
    return editor(frame, feature, drafts.written(feature, known_events(product_id, frame.today)))


def act(request: HttpRequest, product_id: int, feature_id: int) -> HttpResponse:
    """Moves or deletes a feature, as `do` says, or puts it in a place, counted from 0."""
    frame = frame_of(request, product_id, "settings")
    there = kept(frame.product)
    feature = found(there, feature_id)
    do, place = request.POST.get("do", ""), request.POST.get("place", "")
    try:
        carried = change_features(frame.product, lambda before: acted(before, feature_id, do, place), frame.author)
    except Refused as wrong:
        messages.error(request, str(wrong))
        return redirect("features", product_id)
    if do == "delete":
        messages.success(
            request, f"“{feature.name}” is deleted; its events stay and count as before.{followed(carried)}"
        )
    elif kept(frame.product) != there:  # the first cannot go up
        note(request, f"“{feature.name}” stands at place {kept(frame.product).index(feature) + 1} now.")
    return redirect("features", product_id)


def acted(before: Sequence[Said], feature_id: int, do: str, place: str) -> list[Said]:
    feature = found(before, feature_id)
    if (at := whole(place, -1)) >= 0:
        return keeping.moved(before, feature, at - list(before).index(feature))
    match do:
        case "up" | "down":
            return keeping.moved(before, feature, -1 if do == "up" else 1)
        case "delete":
            return [each for each in before if each != feature]
    raise Refused("This can't be done with a feature.")


def answer(frame: Frame, feature: Said | None, draft: Draft) -> HttpResponse:
    made = draft.said(feature.id if feature else 0)
    try:
        carried = change_features(frame.product, lambda before: placed(before, made), frame.author)
    except Refused as wrong:
        return editor(frame, feature, draft, str(wrong), 422)
    messages.success(frame.request, f"“{made.name.strip()}” is saved.{followed(carried)}")
    return redirect("features", frame.product.pk)


def placed(before: Sequence[Said], made: Said) -> list[Said]:
    """In the place of the one with its id, or at the end."""
    if not made.id:
        return [*before, made]
    if all(each.id != made.id for each in before):
        raise Refused("Somebody deleted this feature meanwhile; add it anew.")
    return [made if each.id == made.id else each for each in before]


def editor(frame: Frame, feature: Said | None, draft: Draft, refusal: str = "", status: int = 200) -> HttpResponse:
    taken = {
        event: each.name
        for each in kept(frame.product)
        if feature is None or each.id != feature.id
        for event in each.events
    }
    named = who_names(frame.product).get(feature.name, []) if feature else []
    others = who_else_names(frame.product, feature.name) if feature else []
    values = {
        "feature": feature,
        "draft": draft,
        "refusal": refusal,
        "choices": drafts.choices(draft, known_events(frame.product.pk, frame.today), taken),
        "profiles": named,
        "names": words.listed([profile.name for profile in named]),
        # Of other profiles too, which some members may not see; who may change a feature sees them all.
        "named_by": few([*(f"the profile {p.name}" for p in named), *others]) if frame.may_change else "",
    }
    return page(frame, "show/feature.html", values, status)


def followed(carried: Carried) -> str:
    """Its new name stands in the segment “At risk” too. Trial Users is now at version 4."""
    renamed = f" Its new name stands in {few(carried.renamed)} too." if carried.renamed else ""
    return renamed + versions(carried.versions)


def versions(made: Sequence[Version]) -> str:
    """Trial Users is now at version 4."""
    return f" {few([f'{each.profile.name} is now at version {each.number}' for each in made])}." if made else ""


def few(names: Sequence[str]) -> str:
    return words.listed(list(names), MOST_NAMED)


def found(features: Sequence[Said], feature_id: int) -> Said:
    """Raises Http404."""
    for feature in features:
        if feature.id == feature_id:
            return feature
    raise Http404("There is no such feature in this product.")
