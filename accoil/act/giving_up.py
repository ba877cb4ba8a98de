"""An address that took nothing for days is switched off, and whoever looks after the team is told."""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse

from accoil.act.actions import action_of, patience, retries
from accoil.act.models import Delivery
from accoil.act.queue import Wanted, queue_all
from accoil.connect import breaker
from accoil.connect.connection import SignInAgain
from accoil.connect.models import Connection
from accoil.connect.now import moment
from accoil.team.models import User
from accoil.team.roles import LEADERS


def is_off(connection: Connection, delivery: Delivery, reason: str) -> bool:
    """After a try failed: whether the address is switched off, as it took nothing for as long as one delivery is tried.
    How many were tried meanwhile says nothing: an address that is down for long is asked now and then. One that took
    anything stays on: then it is that message that it does not want."""
    delays = retries(delivery.action)
    connection.refresh_from_db(fields=["failing_since"])
    since = connection.failing_since
    if not delays or since is None or moment() - since < timedelta(seconds=sum(delays)):
        return False
    days = round(sum(delays) / 86_400)
    why = f"It took nothing for {days} days, so nothing more is sent to it. The last answer: {reason}"
    breaker.lost(connection, SignInAgain(why))
    tell(connection, delivery, why)
    return True


def tell(connection: Connection, delivery: Delivery, why: str) -> None:
    """Owners and managers, by e-mail, once a day; only of addresses, which stand on no page that they come by."""
    if not retries(delivery.action) or action_of("email")[0].missing():
        return
    people = User.objects.filter(memberships__team=connection.team_id, memberships__role__in=LEADERS, is_active=True)
    host, team = connection.workspace_name, connection.team
    told = {
        "account": {"name": host}, "because": why, "link": _page(delivery),
        "you_get": f"You get this as an owner or manager of {team}, whose webhooks go there.",
    }  # fmt: skip
    days = patience(delivery.action).days
    text = f"{why} What is for it waits, for some {days} days: see to the receiver, then switch the address on again."
    queue_all(
        delivery.product,
        [
            Wanted(
                action="email", kind="account", entity=None, told=told,
                values={"to": each.email, "subject": f"Webhooks to {host} are switched off", "text": text},
                key=f"off:{connection.pk}:{moment():%Y-%m-%d}:{each.pk}",
            )
            for each in people
        ],
    )  # fmt: skip


def _page(delivery: Delivery) -> str:
    """Where it is switched on again."""
    if not settings.PUBLIC_URL or delivery.firing is None:
        return ""
    page = reverse("automation", args=[delivery.product_id, delivery.firing.automation_id])
    return f"{settings.PUBLIC_URL}{page}"
