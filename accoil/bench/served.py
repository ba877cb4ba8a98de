"""A server over an invented book, whose data folder is in ACCOIL_DATA.

`python -m accoil.bench.served` makes who asks, and prints what he needs as JSON; `python -m accoil.bench.served PORT`
serves. The book ends on a day of the past: here that day is today."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from accoil.bench import opens
from accoil.bench.invented import LAST_DAY, PRODUCT, definition
from accoil.refused import Refused
from accoil.start import start

if TYPE_CHECKING:
    from accoil.team.models import Team

TEAM, EMAIL = "Bench", "bench@example.com"
# One of each, so that every kind of page has something to show; nothing is done by itself.
DEFINITIONS = """
features:
  - {{name: First, events: [event-000001, event-000002]}}
  - {{name: Second, events: [event-000003, event-000004, event-000005]}}
segments:
  - {{name: At risk, profile: {profile}, scope: account, rule: {{metric: score, below: 25}}}}
journeys:
  - name: Taking up
    profile: {profile}
    scope: account
    stages:
      - {{name: Came, rule: {{metric: active_users, above: 0}}}}
      - {{name: Stays, rule: {{metric: score, above: 50}}}}
automations:
  - name: Tag those at risk
    profile: {profile}
    scope: account
    enabled: false
    when: {{enters: At risk}}
    then: [{{intercom_tag: {{tag: at-risk, on: company}}}}]
"""


def prepare() -> dict[str, str | int]:
    """Team, product, profile and somebody who has signed in: session cookie, API token, ingest key, profile's id."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from accoil.definition_files import apply
    from accoil.score.models import Profile
    from accoil.team.beginning import Wanted, begin
    from accoil.team.models import Product, User

    begun = begin(Wanted(TEAM, TEAM, EMAIL, new_keys=True))
    if begun.product_id != PRODUCT or begun.ingest_key is None or begun.api_token is None:
        raise Refused("This data folder is not one that a bench has built.")
    product, person = Product.objects.get(pk=PRODUCT), User.objects.get(email=EMAIL)
    profile = product.profiles.first() or Profile.create(product, "Everyone", definition())
    connect(product.team)
    apply(DEFINITIONS.format(profile=profile.name), product)
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    keys = {"token": begun.api_token, "key": begun.ingest_key, "session": str(session.session_key)}
    return {**keys, "product": PRODUCT, "profile": profile.pk}


def connect(team: Team) -> None:
    """An Intercom workspace, so that its inbox can ask. Nothing is ever sent there: it has no token."""
    from accoil.connect.models import Connection

    connection, _ = Connection.objects.get_or_create(team=team, tool="intercom", workspace=opens.WORKSPACE)
    connection.secrets = {"client_secret": opens.SECRET}
    connection.save()


def serve(port: int) -> None:
    from accoil import asgi
    from accoil.team.models import Product

    Product.today = lambda _: LAST_DAY  # type: ignore[method-assign, assignment]
    asgi.serve("127.0.0.1", port)


if __name__ == "__main__":
    start()
    if len(sys.argv) > 1:
        serve(int(sys.argv[1]))
    else:
        print(json.dumps(prepare()))
