"""A message that somebody sends to see whether messages arrive."""

from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accoil.connect.connection import Action, Message, Tool, ToolError, TryLater
from accoil.connect.models import Connection
from accoil.connect.soon import SECONDS, soon
from accoil.refused import Refused
from accoil.show.frame import Frame
from accoil.show.sending import told_by
from accoil.show.views.connection import opened

LONGEST = 200  # characters of where it goes


def send_test(request: HttpRequest, product_id: int, tool: str) -> HttpResponse:
    """To the place that was chosen; tells the tool's answer in words."""
    frame, found, joined = opened(request, product_id, tool, syncs=False)
    action = told_by(found)
    if action is None:
        messages.error(request, f"{found.name} takes no messages, so there is nothing to try.")
    else:
        _send(frame, found, action, joined)
    return redirect(frame.link("connection", tool))


def _send(frame: Frame, tool: Tool, action: Action, joined: Connection) -> None:
    assert tool.sending
    request, field = frame.request, action.fields[0]
    place = request.POST.get("to", "").replace("\x00", "").strip()[:LONGEST]
    if not place:
        return messages.error(request, f"{field.label}: say where the test goes.")
    who = frame.author.name or frame.author.email if frame.author else "Somebody"
    values = {field.name: place, "text": f"A test that {who} sent from Accoil: messages arrive here."}
    link = f"{settings.PUBLIC_URL}{frame.link('connection', tool.key)}" if settings.PUBLIC_URL else ""
    told = {"account": {"name": frame.product.name}, "link": link}
    message = Message(key=f"test-{uuid4()}", type="test", at=timezone.now(), data=told)
    try:
        action.check(frame.product.team, values)
        with soon(joined.team_id, joined):
            messages.success(request, tool.sending(joined).send(action.key, values, message))
    except Refused as refused:
        messages.error(request, f"The test was not sent: {refused}")
    except TryLater as later:
        waited = f"A test waits {SECONDS:.0f} seconds at most; what automations send is tried again by itself."
        messages.error(request, f"The test did not arrive. {later.reason} {waited}")
    except ToolError as wrong:
        messages.error(request, f"The test did not arrive. {wrong.reason}")
