"""What Intercom calls by itself, besides the inbox: its notifications, and when somebody uninstalls the app there."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accoil.connect.intercom import notified, signed


@csrf_exempt
@require_http_methods(["POST", "HEAD"])  # the Developer Hub tries an address with HEAD before it takes it
def webhooks(request: HttpRequest) -> HttpResponse:
    """200 without a word, 401 when it is not proven that Intercom sent it. Nobody is called from here."""
    if request.method == "HEAD":
        return HttpResponse()
    raw, header = request.body, request.headers.get("X-Hub-Signature", "")
    connection = signed.workspace(raw)
    if connection is None and signed.is_hub_signed_by_app(raw, header):
        return HttpResponse()  # one app, many workspaces: some of them are nobody's here
    if connection is None or not signed.is_hub_signed(connection, raw, header):
        return _unproven()
    told: dict[str, Any] = json.loads(raw)
    notified.hear(connection, told, raw)
    return HttpResponse()


@csrf_exempt
@require_POST
def uninstalled(request: HttpRequest) -> HttpResponse:
    """A hint that anybody could give: Intercom is asked whether it is so. The answer is always the same."""
    connection = signed.workspace(request.body)
    if connection is not None:
        notified.heard_uninstall(connection)
    return HttpResponse()


def _unproven() -> HttpResponse:
    error = {"code": "unauthorized", "message": "X-Hub-Signature does not fit this body and workspace."}
    return JsonResponse({"error": error}, status=401)
