"""How well events come in: per source and day, why calls were turned away, what is silent, and what to mend."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accoil.show import check_list, forms, health
from accoil.show.frame import Frame, frame_of, page
from accoil.team.ingest import SOURCE, Watched

Row = dict[str, Any]


def health_page(request: HttpRequest, product_id: int) -> HttpResponse:
    return shown(frame_of(request, product_id, "settings"))


def caps(request: HttpRequest, product_id: int) -> HttpResponse:
    frame = frame_of(request, product_id, "settings")
    form = forms.Caps(request.POST)
    if not form.is_valid():
        return shown(frame, form, status=422)
    frame.product.most_events = form.cleaned_data["most_events"]
    frame.product.most_traits = form.cleaned_data["most_traits"]
    frame.product.save(update_fields=["most_events", "most_traits"])
    messages.success(request, "The caps are saved; they are in force within seconds.")
    return redirect("ingest-health", product_id)


def mute(request: HttpRequest, product_id: int, watched_id: int) -> HttpResponse:
    """Mutes what is silent, or listens again. What was muted and is there again needs no row."""
    frame = frame_of(request, product_id, "settings")
    watched = get_object_or_404(Watched, product=frame.product, pk=watched_id)
    name = next(each["name"] for each in health.silences(frame) if each["watched"] == watched)
    if watched.muted_at is None:
        watched.muted_at = timezone.now()
        watched.save(update_fields=["muted_at"])
        messages.success(request, f"{name} is muted: nobody is told when it falls silent.")
    else:
        if watched.silent_since is None:
            watched.delete()
        else:
            watched.muted_at, watched.told_at = None, timezone.now()  # whoever listens again knows of this silence
            watched.save(update_fields=["muted_at", "told_at"])
        messages.success(request, f"{name} is listened to again.")
    return redirect("ingest-health", product_id)


def shown(frame: Frame, form: forms.Caps | None = None, status: int = 200) -> HttpResponse:
    return page(frame, "show/ingest_health.html", told(frame, form), status)


def told(frame: Frame, form: forms.Caps | None = None) -> Row:
    rows, silences = health.rows_of(frame), health.silences(frame)
    silent = [each for each in silences if each["since"] and not each["muted"]]
    found = health.sources(frame, rows, [each["watched"] for each in silent if each["watched"].kind == SOURCE])
    names, more_names = check_list.odd_names(frame)
    product = frame.product
    return {
        "sentence": health.sentence(found, silences),
        "silent": silent,
        "muted": [each for each in silences if each["muted"]],
        "sources": found,
        "days": health.DAYS,
        "day_by_day": health.day_by_day(frame, rows),
        "reasons": health.reasons(rows),
        "checks": check_list.check_list(frame),
        "names": names,
        "more_names": more_names,
        "caps": check_list.caps(frame),
        "caps_form": form or forms.Caps({"most_events": product.most_events, "most_traits": product.most_traits}),
    }
