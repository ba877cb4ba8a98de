"""Settings > Keys: what lets events in. Made, changed, rotated, switched off and on, deleted."""

import re
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accoil.show.frame import Frame, frame_of, page
from accoil.show.key_form import KeyForm
from accoil.show.last_call import last_call, last_refusal
from accoil.team.models import NAME_LENGTH, IngestKey

OLD = "old"


def keys(request: HttpRequest, product_id: int) -> HttpResponse:
    frame = frame_of(request, product_id, "settings")
    rows = [told(key) for key in sorted(frame.product.ingest_keys.all(), key=lambda key: key.name.casefold())]
    on = [row for row in rows if row["key"].enabled]
    last = max((row["last"].at for row in rows if row["last"]), default=None)
    return page(frame, "show/keys.html", {"on": on, "off": [row for row in rows if row not in on], "last": last})


def new_key(request: HttpRequest, product_id: int) -> HttpResponse:
    frame = frame_of(request, product_id, "settings")
    form = KeyForm(frame.product, data=request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return page(frame, "show/new_key.html", {"form": form})
    if not form.is_valid():
        return page(frame, "show/new_key.html", {"form": form}, status=422)
    key, secret = form.save()
    messages.success(request, f"“{key.name}” is ready: events may come with it at once.")
    return shown(frame, key, secret=secret) if secret else redirect("keys", product_id)


def ingest_key(request: HttpRequest, product_id: int, key_id: int) -> HttpResponse:
    frame = frame_of(request, product_id, "settings")
    key = key_for(frame, key_id)
    if request.method != "POST":
        return shown(frame, key)
    form = KeyForm(frame.product, key, request.POST)
    if not form.is_valid():
        return shown(frame, key, form, status=422)
    key, secret = form.save()
    messages.success(request, f"“{key.name}” is saved.")
    return shown(frame, key, secret=secret) if secret else redirect("keys", product_id)


def switch_key(request: HttpRequest, product_id: int, key_id: int) -> HttpResponse:
    key = key_for(frame_of(request, product_id, "settings"), key_id)
    if request.POST.get("to") == "on":
        key.disabled_at = None
        said = f"“{key.name}” is on again."
    else:
        key.disabled_at = key.disabled_at or timezone.now()
        said = f"“{key.name}” is off: whoever sends with it is refused from now on."
    key.save(update_fields=["disabled_at"])
    messages.success(request, said)
    return redirect("keys", product_id)


def rotate_key(request: HttpRequest, product_id: int, key_id: int) -> HttpResponse:
    """The new key takes over the name, the limits and the secret; the old one goes on until it is switched off."""
    frame = frame_of(request, product_id, "settings")
    old = key_for(frame, key_id)
    if not old.enabled:
        messages.error(
            request, f"“{old.name}” is off, so nothing goes on beside a new one: switch it on, or make a key."
        )
        return redirect("ingest-key", product_id, key_id)
    new = IngestKey(product=frame.product, name=old.name, origins=old.origins, calls_a_second=old.calls_a_second)
    new.secret = old.secret
    old.name = old_name(frame, old.name)
    with transaction.atomic():
        old.save(update_fields=["name"])
        new.save()
    messages.success(request, f"“{new.name}” has a new key; the one before is “{old.name}” and still works.")
    return redirect("keys", product_id)


def delete_key(request: HttpRequest, product_id: int, key_id: int) -> HttpResponse:
    frame = frame_of(request, product_id, "settings")
    key = key_for(frame, key_id)
    if key.enabled:
        messages.error(request, f"“{key.name}” is on: switch it off first, and see whether somebody misses it.")
        return redirect("ingest-key", product_id, key_id)
    key.delete()
    messages.success(request, f"“{key.name}” is deleted.")
    return redirect("keys", product_id)


def key_for(frame: Frame, key_id: int) -> IngestKey:
    return get_object_or_404(IngestKey, product=frame.product, pk=key_id)


def told(key: IngestKey) -> dict[str, Any]:
    return {"key": key, "origins": key.origins.split(), "last": last_call(key), "refusal": last_refusal(key)}


def shown(
    frame: Frame, key: IngestKey, form: KeyForm | None = None, secret: str = "", status: int = 200
) -> HttpResponse:
    # A name that was refused must not stand in the heading: the key is asked for anew.
    key = key_for(frame, key.pk)
    values = {
        **told(key),
        "form": form or KeyForm(frame.product, key),
        "secret": secret,
        "old_name": old_name(frame, key.name),
    }
    return page(frame, "show/key.html", values, status)


def old_name(frame: Frame, name: str) -> str:
    """Website → Website (old), or Website (old 2) when that is taken."""
    name = re.sub(rf" \({OLD}( \d+)?\)$", "", name)
    taken = set(frame.product.ingest_keys.values_list("name", flat=True))
    number = 1
    while True:
        end = f" ({OLD})" if number == 1 else f" ({OLD} {number})"
        if (old := name[: NAME_LENGTH - len(end)] + end) not in taken:
            return old
        number += 1
