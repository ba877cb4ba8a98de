"""What Slack is made of, as the list of tools and the pages read it."""

import json
from collections.abc import Mapping
from typing import Any

from accoil.connect.connection import Action, Field, Joining, Message, Offer, Rejected, SignInAgain, Told, Tool
from accoil.connect.http import lane
from accoil.connect.models import Connection, State, live
from accoil.connect.slack import channels, connecting, message
from accoil.connect.slack.addresses import GONE, api_address
from accoil.connect.slack.shown import shown
from accoil.connect.slack.speaking import SCOPES, speaker_of, through_hook
from accoil.connect.soon import soon
from accoil.refused import Refused
from accoil.team.models import Team


class Slack:
    """Sends to one workspace."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._hooks, self._token = channels.hooks(connection), connection.secrets.get("token", "")
        if not self._hooks and not self._token:
            raise SignInAgain("No token of Slack is kept; connect it again.")

    def send(self, action: str, values: dict[str, str], message: Message) -> str:
        return self.send_all(action, [(values, message)])

    def send_all(self, action: str, told: Told) -> str:
        """All in one message, to the channel of the first."""
        called = told[0][0]["channel"]
        body, limits = message.body(told), lane(self._connection.pk)
        if hook := self._hooks.get(called.lower()):
            through_hook(hook, body, called, limits)
        elif not self._token:
            there = ", ".join(sorted(self._hooks))
            raise Rejected(
                f"Slack is connected by incoming webhooks, which go to {there} only; {called} needs a token."
            )
        else:
            keys = [each.key for _, each in told[: message.SHOWN]]
            body |= {"metadata": {"event_type": "accoil_alert", "event_payload": {"deliveries": keys}}}
            body |= {"channel": channels.id_of(self._connection, called), "unfurl_links": False, "unfurl_media": False}
            speaker_of(self._connection, limits, tries=1).say("chat.postMessage", called, body)
        return f"Told {called}{f': {len(told)} alerts in one message' if len(told) > 1 else ''}."


def check(team: Team, values: Mapping[str, str]) -> None:
    """Raises Refused."""
    called = values.get("channel", "")
    if not called.startswith("#") and not channels.is_id(called):
        raise Refused(f"channel is “{called}”; write #{called}, or the id of the channel.")


def offers(team: Team, field: str) -> list[Offer]:
    """The channels that can be chosen. Raises the tool's errors."""
    connection = live(team, connecting.SLACK) if field == "channel" else None
    if connection is None or connection.state != State.CONNECTED:
        return []
    with soon(team.pk, connection):
        return [(name, name) for name in channels.known(connection)]


def preview(values: Mapping[str, str], told: Message) -> list[tuple[str, str]]:
    return [(kind, html) for kind, html in shown(message.body([(values, told)])["blocks"])]


def manifest(address: str) -> str:
    """What Slack makes an app from."""
    told: dict[str, Any] = {
        "display_information": {"name": "Accoil", "description": "Tells who needs you, as it happens"},
        "features": {"bot_user": {"display_name": "Accoil", "always_online": True}},
        "oauth_config": {"redirect_urls": [f"{address}/connections/slack/done"], "scopes": {"bot": list(SCOPES)}},
        "settings": {"org_deploy_enabled": False, "socket_mode_enabled": False, "token_rotation_enabled": False},
    }
    if address.startswith("https://"):  # Slack calls no other
        told["settings"]["event_subscriptions"] = {"request_url": f"{address}/slack/events", "bot_events": list(GONE)}
    return json.dumps(told, indent=1)


TOOL = Tool(
    key=connecting.SLACK,
    name="Slack",
    good_for="Alerts of automations, and feeds every day or week, in your channels.",
    syncs=False,
    joining=Joining(
        by_token=connecting.by_hand,
        offers_sign_in=connecting.offers_sign_in,
        sign_in=lambda place, state, back: connecting.sign_in_address(state, back),
        by_code=lambda team, author, code, place, back: connecting.by_code(team, author, code, back),
        pasted="The bot token of an app of your own, or the address of an incoming webhook, which goes to one channel. "
        "Connecting again adds another webhook.",
        own_app="Three minutes; no review by Slack is needed for your own workspace.",
        steps=(
            "Open `api.slack.com/apps`, press Create New App, choose From a manifest and your workspace, and paste the "
            "manifest below.",
            "Press Install to Workspace, then copy the Bot User OAuth Token, which begins with `xoxb-`, from OAuth & "
            "Permissions into the field above.",
            "In each private channel that is to be told, write `/invite @Accoil`.",
            "To learn at once when the app is removed: copy the Signing Secret from Basic Information into the field "
            "above. Slack calls the address below. The manifest names it, with the bot events `app_uninstalled` and "
            "`tokens_revoked`, where this server is reached by https; see under Event Subscriptions that it is "
            "verified.",
        ),
        addresses=(("/slack/events", "Request URL"),),
        to_copy=manifest,
    ),
    fields=(
        Field(name="token", label="Bot token", type="secret", required=False, help="Begins with xoxb-."),
        Field(name="hook", label="Incoming webhook", type="secret", required=False,
              help="Instead of a token: https://hooks.slack.com/services/…"),
        Field(name="channel", label="Channel", required=False, help="Of the incoming webhook, such as #sales."),
        Field(name="signing", label="Signing secret", type="secret", required=False,
              help="With a bot token, if Slack is to tell when the app is removed there."),
    ),
    actions=(
        Action(
            key="slack",
            label="Slack message",
            fields=(
                Field(name="channel", label="Channel", help="Such as #sales."),
                Field(name="text", label="Text", type="long_text", required=False,
                      help="*bold*, _italic_ and `code` work. Left empty, it says why the automation fired."),
            ),
            needs_match=False,
            together="channel",
            check=check,
            offers=offers,
            preview=preview,
        ),
    ),
    sending=Slack,
    closed=channels.forget,
    address=lambda connection: api_address(),
)  # fmt: skip
