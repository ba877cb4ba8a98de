"""Settings > General: a staging product beside the real one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accoil.refused import Refused
from accoil.show.frame import frame_of
from accoil.team.staging import make_staging


def staging(request: HttpRequest, product_id: int) -> HttpResponse:
    frame = frame_of(request, product_id, "settings")
    try:
        made = make_staging(frame.product)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("settings", product_id)
    messages.success(request, f"“{made.name}” is ready: send test events with its key.")
    return redirect("start", made.pk)
