"""What can be done about an address that an automation sends webhooks to."""

from datetime import timedelta
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accoil.act import queue
from accoil.act.models import Automation, Delivery
from accoil.connect.connection import Message, ToolError, TryLater
from accoil.connect.models import Connection
from accoil.connect.soon import SECONDS, soon
from accoil.connect.webhook import endpoints
from accoil.connect.webhook.tool import Webhook
from accoil.show.automations.addresses import AGO, addresses
from accoil.show.frame import Frame
from accoil.show.views.automations import framed
from accoil.show.words import count


def address(request: HttpRequest, product_id: int, automation_id: int, address_id: int) -> HttpResponse:
    """Sends a test to an address of its webhooks, or again what was sent; switches it on, or replaces its secret."""
    frame, found = framed(request, product_id, automation_id)
    connection = next((each for each in addresses(found) if each.pk == address_id), None)
    if connection is None:
        raise Http404("This automation sends to no such address.")
    if request.POST.get("do") == "secret":
        endpoints.replace_secret(connection)
        messages.success(request, "The secret is replaced. For a day what is sent is signed with both.")
    elif request.POST.get("do") == "test":
        _test(frame, found, connection)
    elif request.POST.get("do") == "again":
        _again(request, found, connection)
    else:
        endpoints.enable(connection)
        messages.success(request, "This address is sent to again.")
    return redirect(frame.link("automation", found.pk))


def _again(request: HttpRequest, found: Automation, connection: Connection) -> None:
    """What of the automation's was for the address in the last hours, or what of that failed."""
    hours = int(request.POST["hours"]) if request.POST.get("hours") in {str(each) for each, _ in AGO} else AGO[0][0]
    since = timezone.now() - timedelta(hours=hours)
    own = queue.of_automation(found).filter(connection=connection, created_at__gte=since)
    is_all = request.POST.get("which") == "all"
    tried = queue.retry_all(own if is_all else own.exclude(state=Delivery.State.WAITING), done=is_all)
    messages.success(request, f"{count(tried, 'webhook')} {'is' if tried == 1 else 'are'} sent again now.")


def _test(frame: Frame, found: Automation, connection: Connection) -> None:
    said = {"automation": found.name, "profile": found.profile.name, "product": frame.product.name}
    message = Message(key=f"test-{uuid4()}", type="test", at=timezone.now(), data=said)
    try:
        with soon(connection.team_id, connection):
            messages.success(frame.request, Webhook(connection).send(endpoints.TOOL, {}, message))
    except TryLater as later:
        waited = f"A test waits {SECONDS:.0f} seconds at most; what automations send is tried again by itself."
        messages.error(frame.request, f"The test did not arrive. {later.reason} {waited}")
    except ToolError as wrong:
        messages.error(frame.request, f"The test did not arrive. {wrong.reason}")
