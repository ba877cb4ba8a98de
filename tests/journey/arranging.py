"""What an admin does on the pages of Settings > Connections, done beside a running server: one act in a process.

python -m tests.journey.arranging connect TOKEN SECRET | switch MODE | sync_now | disconnect | crowd MANY URL
    | connect_two FILE TOKEN CODE VERIFIER
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from accoil.start import start
from tests.waiting import until

if TYPE_CHECKING:
    from accoil.team.models import Team

BACK = "http://127.0.0.1/connections/salesforce/done"


def connect(token: str, secret: str) -> None:
    from accoil.connect.intercom.connecting import by_token
    from accoil.team.models import Team, User

    by_token(Team.objects.get(), User.objects.first(), token, secret)  # type: ignore[arg-type]


def connect_two(file: str, token: str, code: str, verifier: str) -> None:
    """HubSpot and Salesforce, when it is known who is in which segment of the profile that the file makes."""
    from accoil.connect.hubspot.connecting import by_token
    from accoil.connect.models import Mode
    from accoil.connect.salesforce.connecting import by_code
    from accoil.connect.sync import set_mode
    from accoil.definition_files import apply
    from accoil.score.models import Profile
    from accoil.segment.models import Standing
    from accoil.team.models import Team, User

    team, author = Team.objects.get(), User.objects.get()
    apply(Path(file).read_text(), team.products.get())
    until(Standing.objects.exists, said=lambda: "nobody looks who is in which segment")
    joined = (by_token(team, author, token), by_code(team, author, code, "production", BACK, verifier))
    for each in joined:
        set_mode(each, Profile.objects.get(), Mode.ALL)


def switch(mode: str) -> None:
    from accoil.connect.models import Connection, Mode
    from accoil.connect.sync import set_mode
    from accoil.score.models import Profile

    set_mode(Connection.objects.get(), Profile.objects.get(), Mode(mode))


def sync_now() -> None:
    from accoil.connect import sync
    from accoil.connect.models import Connection

    sync.sync_now(Connection.objects.get())


def disconnect() -> None:
    from accoil.connect import ending
    from accoil.connect.models import Connection

    ending.begin(Connection.objects.get())


def crowd(many: str, url: str) -> None:
    """So many owners who are signed in, an automation that sends to an address, and somebody of another team."""
    from accoil.act import automations
    from accoil.act.automations import Draft
    from accoil.connect.webhook.endpoints import endpoint
    from accoil.score.models import Profile
    from accoil.team.models import Product, Team

    profile = Profile.objects.select_related("product__team").get()
    when = {"score": {"rises_above": 99}}
    draft = Draft(name="Tell them", scope="user", when=when, then=[{"webhook": {"url": url}}])
    made = automations.create(profile, draft)
    sessions = [signed_in(profile.product.team, f"owner{n}@example.com") for n in range(int(many))]
    elsewhere = Team.objects.create(name="Elsewhere")
    other = Product.objects.create(team=elsewhere, name="Other")
    Profile.create(other, "Everyday", profile.current.parsed)
    told = {
        "product": profile.product_id, "profile": profile.pk, "automation": made.pk, "sessions": sessions,
        "address": endpoint(profile.product.team, url).pk, "other": other.pk,
        "other_session": signed_in(elsewhere, "other@example.com"),
    }  # fmt: skip
    print(json.dumps(told))


def signed_in(team: Team, email: str) -> str:
    """The session of a new owner."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from accoil.team.models import User
    from accoil.team.roles import Role

    user = User.objects.create(email=email, name=email)
    team.members.create(user=user, role=Role.OWNER)
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session.create()
    return str(session.session_key)


ACTS = {
    "connect": connect,
    "connect_two": connect_two,
    "switch": switch,
    "sync_now": sync_now,
    "disconnect": disconnect,
    "crowd": crowd,
}

if __name__ == "__main__":
    start()
    ACTS[sys.argv[1]](*sys.argv[2:])  # type: ignore[operator]
