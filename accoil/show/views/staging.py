"""Settings > General: a staging product beside the real one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accoil.refused import Refused
from accoil.show.frame import signed_in
from accoil.show.views.product_settings import changing
from accoil.team.staging import make_staging


@signed_in
@require_POST
def staging(request: HttpRequest, product_id: int) -> HttpResponse:
    frame = changing(request, product_id)
    try:
        made = make_staging(frame.product)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("settings", product_id)
    messages.success(request, f"“{made.name}” is ready: send test events with its key.")
    return redirect("start", made.pk)
