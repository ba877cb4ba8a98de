"""Profiles: the list, and the editor with its live preview. Nobody saves blind."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accoil.act.what_if import meant, what_if
from accoil.count.people import health, known_events
from accoil.refused import Refused
from accoil.score import access
from accoil.score.definition import Definition
from accoil.score.features import events_of
from accoil.score.models import Profile
from accoil.score.reading import HEAVIEST
from accoil.show import consequences, drafts, previews, profile_rules, tables
from accoil.show.drafts import Draft
from accoil.show.frame import Frame, frame_of, page
from accoil.show.proposal import judge
from accoil.show.views import profile_access
from accoil.show.whole import whole

Values = dict[str, Any]


def profiles(request: HttpRequest, product_id: int) -> HttpResponse:
    frame = frame_of(request, product_id, "profiles")
    rows = [tables.profile(profile) for profile in frame.profiles]
    return page(frame, "show/profiles.html", {"rows": rows, "sentence": consequences.profiles(rows)})


def new(request: HttpRequest, product_id: int) -> HttpResponse:
    frame = frame_of(request, product_id, "profiles")
    known = known_events(product_id, frame.today)
    if request.method != "POST":
        judged = judge(known, health(product_id)["users"])
        return editor(frame, None, drafts.proposed(judged, known, name="" if frame.profiles else "Engagement"))
    return answer(frame, None, drafts.read(request.POST, known))


def edit(request: HttpRequest, product_id: int, profile_id: int) -> HttpResponse:
    frame = frame_of(request, product_id, "profiles")
    profile = frame.own(profile_id)
    known = known_events(product_id, frame.today)
    if request.method != "POST":
        return editor(frame, profile, drafts.written(profile.current.parsed, known, profile.name))
    return answer(frame, profile, drafts.read(request.POST, known, profile.current.parsed))


def preview(request: HttpRequest, product_id: int) -> HttpResponse:
    """What the draft in the form would do: a part of the editor's page."""
    frame = frame_of(request, product_id, "profiles")
    profile = asked_profile(frame, request.POST.get("of", ""))
    draft = drafts.read(request.POST, [], profile.current.parsed if profile else None)
    rules = profile_rules.shown(frame, profile.current.parsed if profile else None)
    rules |= {"rule_post": request.path, "answers": True}
    try:
        definition = profile_rules.with_rules(draft, request).definition()
        return page(frame, "show/preview.html", {**rules, **previewed(frame, profile, definition)})
    except Refused as refusal:
        # No error: a draft is allowed to be unfinished while somebody writes it.
        return page(frame, "show/preview.html", {**rules, "refusal": str(refusal)})


def answer(frame: Frame, profile: Profile | None, draft: Draft) -> HttpResponse:
    """Shows the draft again, with its consequences, or saves it."""
    do = frame.request.POST.get("do", "")
    if do == "feature":
        return editor(frame, profile, weighed(frame, draft))
    if do != "save":
        return editor(frame, profile, draft)
    based_on = frame.request.POST.get("based_on", "")
    if profile and based_on != str(profile.current.number):
        return editor(frame, profile, draft, consequences.saved_meanwhile(profile.current), 409)
    try:
        return save(frame, profile, draft)
    except Refused as refusal:
        return editor(frame, profile, draft, str(refusal), 422)


def weighed(frame: Frame, draft: Draft) -> Draft:
    """With the weight that was chosen for all events of a feature."""
    form = frame.request.POST
    events = events_of(frame.product).get(form.get("feature", ""), ())
    weight_of_all = min(whole(form.get("feature_weight"), 1), HEAVIEST)
    return drafts.with_feature(draft, events, weight_of_all, known_events(frame.product.pk, frame.today))


def save(frame: Frame, profile: Profile | None, draft: Draft) -> HttpResponse:
    definition = profile_rules.with_rules(draft, frame.request).definition()
    if profile is None:
        made = Profile.create(frame.product, draft.name, definition, frame.author, draft.note)
        messages.success(frame.request, f"{made} is made. Everyone has been scored.")
        address = Frame(frame.request, frame.product, [*frame.profiles, made], made, "dashboard")
        return redirect(address.link("dashboard"))
    before = profile.current.number
    with transaction.atomic():
        if draft.name.strip() != profile.name:
            profile.rename(draft.name)
        version = profile.save_definition(definition, frame.author, draft.note)
    messages.success(frame.request, consequences.saved(version, before))
    return redirect("profile", frame.product.pk, profile.pk)


def editor(frame: Frame, profile: Profile | None, draft: Draft, refusal: str = "", status: int = 200) -> HttpResponse:
    values: Values = {"profile": profile, "draft": draft, "refusal": refusal, "windows": drafts.WINDOW_CHOICES}
    values |= profile_rules.shown(frame, profile.current.parsed if profile else None)
    values["rule_post"] = reverse("preview", args=[frame.product.pk])
    values["may_edit"] = may_edit(frame, profile)
    values |= {"features": list(events_of(frame.product)), "weights": range(1, HEAVIEST + 1)}
    if profile:
        values |= {
            "version": profile.current,
            "versions": tables.versions(profile),
            "sentence": consequences.profile(draft),
            "access": profile_access.told(frame, profile),
        }
    values["preview"] = shown_with_it(frame, profile, draft, refusal)
    return page(frame, "show/profile.html", values, status)


def shown_with_it(frame: Frame, profile: Profile | None, draft: Draft, refusal: str) -> Values:
    """What the draft does, as far as it is told in one answer with the page: of an unchanged one the page asks for it
    when it is there, since to look at everyone takes longer than all the rest."""
    try:
        definition = profile_rules.with_rules(draft, frame.request).definition()
        return previewed(frame, profile, definition) if frame.request.method == "POST" else {"comes": True}
    except Refused as wrong:
        return {"refusal": "" if refusal else str(wrong)}


def may_edit(frame: Frame, profile: Profile | None) -> bool:
    return frame.may_change or (profile is not None and access.may_edit(frame.request.user, profile))


def previewed(frame: Frame, profile: Profile | None, draft: Definition) -> Values:
    """What the draft does to the whole book, against the version in force."""
    drafted = what_if(frame.product.pk, profile, meant(frame.product, draft), frame.today)
    return {"told": previews.told(drafted, profile is None, frame.request.POST.get("side", ""))}


def asked_profile(frame: Frame, pk: str) -> Profile | None:
    if not pk:
        return None
    return frame.own(whole(pk))
