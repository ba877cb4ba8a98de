"""The editor of one automation: it says in words what is typed, looks back whom it would have fired for, and saves."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accoil.act import automations, plays
from accoil.act.actions import all_actions, goes_to_addresses
from accoil.act.models import Automation
from accoil.act.plays import PLAYS
from accoil.connect.connection import TryLater
from accoil.connect.models import live
from accoil.connect.soon import soon
from accoil.count.ids import Kind
from accoil.refused import Refused
from accoil.rule.tree import EVERYTHING, check
from accoil.segment.built_ins import with_built_ins
from accoil.segment.watched import names
from accoil.show.automations import form as choices
from accoil.show.automations import looking_back, saying
from accoil.show.automations.typed import BECOMES, IF, Typed, of_draft, read
from accoil.show.frame import Frame, page, scored_frame_of
from accoil.show.rules import form, seen, telling
from accoil.show.seen import Seen
from accoil.show.views.automations import draft_of, framed

Values = dict[str, Any]


def new(request: HttpRequest, product_id: int) -> HttpResponse:
    frame = scored_frame_of(request, product_id, "automations")
    if request.method == "POST":
        return answer(frame, None, read(request.POST))
    return editor(frame, None, _begun(frame))


def edit(request: HttpRequest, product_id: int, automation_id: int) -> HttpResponse:
    frame, found = framed(request, product_id, automation_id)
    if request.method == "POST":
        return answer(frame, found, read(request.POST))
    return editor(frame, found, of_draft(draft_of(found, frame.may_change)))


def answer(frame: Frame, found: Automation | None, typed: Typed) -> HttpResponse:
    """Tells about what is typed, looks back, or saves it."""
    request = frame.request
    do = request.POST.get("do", "")
    typed, refusal = _turned(typed, do)
    part = request.headers.get("HX-Request") == "true"
    if part and do != "look-back":
        return page(frame, "show/automation_told.html", told(frame, found, typed))
    if do == "look-back":
        values = looking_back.of_typed(frame, typed, found)
        if part:
            around = {"in_editor": True, "rule_post": request.get_full_path()}
            return page(frame, "show/automation_looked_back.html", {**values, **around})
        return editor(frame, found, typed, more=values)
    if do != "save":
        return editor(frame, found, typed, refusal)
    try:
        return save(frame, found, typed)
    except Refused as wrong:
        return editor(frame, found, typed, saying.plainly(wrong), 422)


def save(frame: Frame, found: Automation | None, typed: Typed) -> HttpResponse:
    draft = typed.draft()
    try:
        if goes_to_addresses(draft.then):
            with soon(frame.product.team_id):
                automations.look_up(draft)
    except TryLater as later:
        raise Refused(f"Its addresses could not be looked up: {later.reason} Save again in a few seconds.") from later
    made = automations.change(found, draft) if found else automations.create(frame.chosen, draft, frame.author)
    if found:
        messages.success(frame.request, f"“{found.name}” is saved.")
        return redirect(frame.link("automation", found.pk))
    messages.success(frame.request, f"“{made.name}” is made. It is off until you switch it on.")
    return redirect(frame.link("automation", made.pk))


def editor(
    frame: Frame,
    found: Automation | None,
    typed: Typed,
    refusal: str = "",
    status: int = 200,
    more: Values | None = None,
) -> HttpResponse:
    back = frame.link("automation", found.pk) if found else frame.link("automations")
    values = {"found": found, "refusal": refusal, "back": back, **(more or {}), **told(frame, found, typed)}
    return page(frame, "show/automation_edit.html", values, status)


def told(frame: Frame, found: Automation | None, typed: Typed) -> Values:
    """The form, and what is to be said about it."""
    sent, sees = frame.request.POST, Seen(frame)
    known = names(frame.chosen, typed.scope, frame.definition, with_built_ins(frame.chosen))
    offer = form.offered(frame.product.pk, typed.scope, frame.today, known)
    had = sent.get("shape", "")
    of_another = had.split("|")[0] not in ("", typed.scope)  # the lines offer what there is of that scope
    rules = {}
    for name, each in ((BECOMES, typed.becomes), (IF, typed.condition)):
        shown = telling.shown(each, sent, offer)
        rules[name] = {**shown, "is_new": shown["is_new"] or of_another}
    begins = typed.condition.is_text or typed.condition.branch.parts
    return {
        "form": choices.shown(typed, frame.chosen, had),
        "becomes": rules[BECOMES],
        "condition": rules[IF],
        "condition_told": seen.told(typed.condition, typed.scope, known, sees) if begins else None,
        "trigger_doubts": _doubted(frame, typed) if typed.when == BECOMES else [],
        "rule_post": frame.request.get_full_path(),
        "rule_target": "#told",
        "window": frame.definition.window,
        "kind": typed.scope,
        **saying.draft(frame.chosen, typed, found),
    }


def _doubted(frame: Frame, typed: Typed) -> list[str]:
    """What the rule of the trigger names and nobody ever sent; what is wrong with the rule is said in the sentence."""
    try:
        raw = typed.becomes.written()
        return seen.doubted(frame.product.pk, frame.today, check(raw, typed.scope, EVERYTHING)) if raw else []
    except Refused:
        return []


def _turned(typed: Typed, do: str) -> tuple[Typed, str]:
    from dataclasses import replace

    becomes, one = telling.turned(typed.becomes, do, typed.scope)
    condition, other = telling.turned(typed.condition, do, typed.scope)
    return replace(typed, becomes=becomes, condition=condition), one or other


def _begun(frame: Frame) -> Typed:
    """An empty one, a play, or one that says the same as another."""
    asked = frame.request.GET
    for play in PLAYS:
        if play.key == asked.get("play"):
            return of_draft(plays.draft(play, frame.chosen, _usual_action(frame, play.scope, play.tag)))
    scope: Kind = "user" if asked.get("scope") == "user" else "account"
    stage = asked.get("stage", "")
    return Typed(scope=scope, when="stage" if stage else "enters", named=stage or asked.get("segment", ""))


def _usual_action(frame: Frame, scope: Kind, tag: str) -> list[dict[str, dict[str, str]]]:
    """A tag in Intercom where it is connected; else nothing is chosen yet."""
    if "intercom_tag" not in all_actions() or live(frame.product.team, "intercom") is None:
        return []
    return [{"intercom_tag": {"tag": tag, "on": "company" if scope == "account" else "user"}}]
