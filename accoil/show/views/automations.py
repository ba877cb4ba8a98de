"""Automations: all of a product side by side, with plays to begin with, and the page of one: what it did for whom."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accoil.act import automations as making
from accoil.act import queue
from accoil.act.actions import without_secrets
from accoil.act.automations import Draft
from accoil.act.models import Automation, Delivery, Firing
from accoil.act.plays import PLAYS
from accoil.refused import Refused
from accoil.show.automations import looking_back, saying
from accoil.show.automations.addresses import addresses, told
from accoil.show.automations.run_log import log
from accoil.show.frame import Frame, frame_of, page, scored_frame_of
from accoil.show.whole import whole

WEEK = timedelta(days=7)

Values = dict[str, Any]


def automations(request: HttpRequest, product_id: int) -> HttpResponse:
    frame = scored_frame_of(request, product_id, "automations")
    found = list(_all(frame))
    hindered = saying.hindered(frame.product.team, found)
    shared = saying.shared(hindered)
    rows = [row(frame, each, hindered.get(each.pk, []), shared) for each in found]
    values = {
        "rows": rows,
        "sentence": saying.overview(rows) if rows else "",
        "hindered": shared,
        "several": len(frame.profiles) > 1,
        "new_link": frame.link("new-automation"),
        "plays": [{"play": play, "link": frame.link("new-automation", play=play.key)} for play in PLAYS],
    }
    return page(frame, "show/automations.html", values)


def automation(request: HttpRequest, product_id: int, automation_id: int) -> HttpResponse:
    frame, found = framed(request, product_id, automation_id)
    return page(frame, "show/automation.html", {**about(frame, found), **log(frame, found)})


def run_log(request: HttpRequest, product_id: int, automation_id: int) -> HttpResponse:
    """The run log alone, which the page asks for again and again."""
    frame, found = framed(request, product_id, automation_id)
    return page(frame, "show/automation_log.html", {"automation": found, **log(frame, found)})


def looked_back(request: HttpRequest, product_id: int, automation_id: int) -> HttpResponse:
    """Whom it would have fired for."""
    frame, found = framed(request, product_id, automation_id)
    values = looking_back.of_draft(frame, draft_of(found), found)
    if request.headers.get("HX-Request") == "true":
        return page(frame, "show/automation_looked_back.html", {**values, "looked_back_link": request.get_full_path()})
    return page(frame, "show/automation.html", {**about(frame, found), **log(frame, found), **values})


def switch(request: HttpRequest, product_id: int, automation_id: int) -> HttpResponse:
    frame, found = framed(request, product_id, automation_id)
    if request.POST.get("do") == "on":
        try:
            making.enable(found)
        except Refused as wrong:
            messages.error(request, saying.plainly(wrong))
        else:
            messages.success(request, f"“{found.name}” is on: it fires for whoever moves from now on.")
    else:
        making.disable(found)
        messages.success(request, f"“{found.name}” is off. What was on its way is still done.")
    return redirect(
        frame.link("automations") if request.POST.get("from") == "list" else frame.link("automation", found.pk)
    )


def delete(request: HttpRequest, product_id: int, automation_id: int) -> HttpResponse:
    frame, found = framed(request, product_id, automation_id)
    making.delete(found)
    messages.success(request, f"“{found.name}” is deleted.")
    return redirect(frame.link("automations"))


def retry(request: HttpRequest, product_id: int, automation_id: int) -> HttpResponse:
    """One delivery of its, or all that failed."""
    frame, found = framed(request, product_id, automation_id)
    wanted, mine = request.POST.get("delivery", ""), queue.of_automation(found)
    if wanted == "failed":
        tried = queue.retry_all(mine.filter(state=Delivery.State.FAILED))
    else:
        tried = int(queue.retry(get_object_or_404(mine, pk=whole(wanted))))
    messages.success(request, "It is tried again now." if tried == 1 else f"{tried} are tried again now.")
    return redirect(frame.link("automation", found.pk))


def framed(request: HttpRequest, product_id: int, automation_id: int) -> tuple[Frame, Automation]:
    """The automation, seen through its own profile. Raises Http404 for one of another product."""
    frame = frame_of(request, product_id, "automations")
    asked = Automation.objects.select_related("author", "segment")
    found = get_object_or_404(asked, pk=automation_id, profile__product=frame.product)
    frame.profile = frame.own(found.profile_id)
    found.profile = frame.profile
    return frame, found


def draft_of(automation: Automation, whole: bool = True) -> Draft:
    """What is kept, as it could be written anew; `whole`: with all of an address, for who may change it."""
    return Draft(
        name=automation.name,
        scope=automation.scope,  # type: ignore[arg-type]
        when=automation.trigger,
        then=automation.actions if whole else [_readable(each) for each in automation.actions],
        condition=automation.condition,
        cool_down_hours=automation.cool_down_hours,
    )


def _readable(action: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    return {key: without_secrets(key, values) for key, values in action.items()}


def row(frame: Frame, each: Any, hindered: list[str], told: list[str]) -> Values:
    """`told`: what stands above the list already."""
    return {
        "automation": each,
        "link": frame.link("automation", each.pk),
        "says": saying.of(each, frame.may_change),
        "fired_week": each.fired_week,
        "last_fired": each.last_fired,
        "failed": each.failed,
        "hindered": bool(hindered),
        "why": [each for each in hindered if each not in told],
    }


def about(frame: Frame, found: Automation) -> Values:
    """What it says and does, and where it sends to."""
    return {
        "automation": found,
        "says": saying.of(found, frame.may_change),
        "hindered": saying.hindered(frame.product.team, [found]).get(found.pk, []),
        "connections_link": frame.link("connections"),
        "kind": found.scope,
        "back": frame.link("automations"),
        "edit_link": frame.link("edit-automation", found.pk),
        "looked_back_link": frame.link("automation-looked-back", found.pk),
        "segment_link": frame.link("segment", found.segment.pk)
        if found.segment and not found.segment.is_hidden
        else "",
        "addresses": [told(each) for each in addresses(found)] if frame.may_change else [],
    }


def _all(frame: Frame) -> QuerySet[Automation]:
    """Those of the profiles that the person may see, with when each fired last, how often in a week, and how much
    failed in it."""
    week = timezone.now() - WEEK
    fired = Firing.objects.filter(automation=OuterRef("pk"), became=Firing.Became.FIRED)
    failed = Delivery.objects.filter(firing__automation=OuterRef("pk"), state=Delivery.State.FAILED)
    counted = Automation.objects.filter(profile__in=frame.profiles).select_related("profile")
    return counted.annotate(
        last_fired=Subquery(fired.order_by("-at").values("at")[:1]),
        fired_week=_how_many(fired.filter(at__gte=week), "automation"),
        failed=_how_many(failed.filter(firing__at__gte=week), "firing__automation"),
    ).order_by("profile", "name")


def _how_many(rows: QuerySet[Any], of: str) -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values(of).annotate(n=Count("pk")).values("n")), 0)
