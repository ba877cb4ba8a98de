"""Settings of a product: the key events come in with, how to send them, its time zone, its API tokens."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, resolve_url
from django.utils import timezone

from accoil.show import forms
from accoil.show.frame import Frame, frame_of, page
from accoil.show.snippets import Snippet, snippets
from accoil.show.visit import note
from accoil.team.models import ApiToken, IngestKey, Product


def settings_page(request: HttpRequest, product_id: int) -> HttpResponse:
    return shown(frame_of(request, product_id, "settings"))


def time_zone(request: HttpRequest, product_id: int) -> HttpResponse:
    frame = frame_of(request, product_id, "settings")
    form = forms.TimeZone(request.POST, now=frame.product.time_zone)
    if not form.is_valid():
        return shown(frame, zone_form=form, status=422)
    zone = form.cleaned_data["time_zone"]
    if zone != frame.product.time_zone:
        frame.product.change_zone(zone)
        messages.success(request, f"Days now begin at midnight in {zone.replace('_', ' ')}.")
    return redirect("settings", product_id)


def new_token(request: HttpRequest, product_id: int) -> HttpResponse:
    frame = frame_of(request, product_id, "settings")
    form = forms.NewToken(request.POST)
    if not form.is_valid():
        return shown(frame, token_form=form, status=422)
    # Shown in this answer and nowhere else: it is kept as a digest only.
    issued = ApiToken.issue(frame.product, form.cleaned_data["name"], form.scopes, form.expires_at)
    note(request, f"The token “{form.cleaned_data['name']}” is made.")
    return shown(frame, issued=issued)


def revoke_token(request: HttpRequest, product_id: int, token_id: int) -> HttpResponse:
    frame = frame_of(request, product_id, "settings")
    token = get_object_or_404(ApiToken, product=frame.product, pk=token_id)
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
    messages.success(request, f"“{token.name}” is revoked: whoever uses it is refused from now on.")
    return redirect(resolve_url("settings", product_id) + "#tokens")


def shown(
    frame: Frame,
    zone_form: forms.TimeZone | None = None,
    token_form: forms.NewToken | None = None,
    issued: str = "",
    status: int = 200,
) -> HttpResponse:
    host = address_of(frame.request)
    reading = f"accounts?workspace_id={frame.profile.pk}" if frame.profile else "workspaces"
    values: dict[str, Any] = {
        "key": own_key(frame),
        "keys_on": frame.product.ingest_keys.filter(disabled_at=None).count(),
        "staging": Product.objects.filter(staging_of=frame.product).first(),
        "snippets": snippets_of(frame),
        "zone_form": zone_form or forms.TimeZone(now=frame.product.time_zone),
        "token_form": token_form or forms.NewToken(),
        "tokens": [(token, reads(token)) for token in frame.product.api_tokens.filter(revoked_at=None).order_by("-id")],
        "issued": issued,
        "curl_read": f"curl '{host}/api/v2/{reading}' -H 'Authorization: Bearer {issued or 'accoil_…'}'",
    }
    return page(frame, "show/settings.html", values, status)


def reads(token: ApiToken) -> str:
    """What a token may read, in words."""
    if not token.scopes:
        return "Everything"
    known = {",".join(scopes): said for said, scopes in forms.READS.values()}
    return known.get(token.scopes, token.scopes.replace(",", ", "))


def own_key(frame: Frame) -> IngestKey | None:
    """The key shown: the product's own, by its name, else the oldest that is on; None when none is. A key made for
    one sender, a web page for example, never takes its place."""
    on = frame.product.ingest_keys.filter(disabled_at=None)
    return on.filter(name=IngestKey.OWN_NAME).order_by("-id").first() or on.first()


def address_of(request: HttpRequest) -> str:
    """How this server is reached: as configured, else as this very request reached it."""
    return settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")


def snippets_of(frame: Frame) -> list[Snippet]:
    key = own_key(frame)
    return snippets(key.key if key else "YOUR_API_KEY", address_of(frame.request))
