"""What Slack calls by itself: that the app was removed from a workspace, or its token revoked there."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accoil.connect.slack import events


@csrf_exempt
@require_POST
def slack_events(request: HttpRequest) -> HttpResponse:
    """200 without a word, 401 when it is not proven that Slack sent it. Nobody is called from here."""
    raw = request.body
    if (asked := events.challenge(raw)) is not None:
        return JsonResponse({"challenge": asked})
    at, signature = request.headers.get("X-Slack-Request-Timestamp", ""), request.headers.get("X-Slack-Signature", "")
    if events.hear(raw, at, signature):
        return HttpResponse()
    error = {"code": "unauthorized", "message": "X-Slack-Signature does not fit this body and workspace."}
    return JsonResponse({"error": error}, status=401)
