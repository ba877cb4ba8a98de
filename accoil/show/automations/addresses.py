"""Where the webhooks of an automation go."""

from typing import Any

from accoil.act.actions import actions_in
from accoil.act.models import Automation
from accoil.connect.models import Connection, State
from accoil.connect.webhook import endpoints

Values = dict[str, Any]

AGO = ((1, "the last hour"), (24, "the last day"), (168, "the last week"), (720, "the last 30 days"))


def addresses(found: Automation) -> list[Connection]:
    team = found.profile.product.team
    urls = [values["url"] for key, values in actions_in(found.actions) if key == endpoints.TOOL]
    return [endpoints.endpoint(team, url) for url in dict.fromkeys(urls)]


def told(connection: Connection) -> Values:
    secret = endpoints.keys(connection)
    return {
        "connection": connection,
        "url": connection.options["url"],
        "secret": secret[0] if secret else "",
        "is_off": connection.state == State.NEEDS_RECONNECT,
        "problem": connection.problem,
        "ago": AGO,
    }
