"""A team and a workspace of Slack: joined by signing in there, by a pasted bot token, or by an incoming webhook."""

import re
from typing import Any

from django.conf import settings

from accoil.connect.connection import Rejected, SignInAgain
from accoil.connect.joining import Workspace, asking
from accoil.connect.models import Connection, live
from accoil.connect.oauth import sign_in_address as address_of
from accoil.connect.rate import Lane
from accoil.connect.slack import channels
from accoil.connect.slack.addresses import hooks_address, pages_address
from accoil.connect.slack.rotation import ROTATED, access, secrets
from accoil.connect.slack.speaking import NEEDED, SCOPES, Speaker
from accoil.refused import Refused
from accoil.team.models import Team, User

SLACK = "slack"
BOT = "xoxb-"
OF_THE_APP = ("refresh_token", "renew_at", "signing")  # secrets that must not outlive it: another one may come after it
_HOOK = re.compile(r"(T[A-Z0-9]{2,20})/B[A-Z0-9]{2,20}/[A-Za-z0-9]{8,64}")
_CHANNEL = re.compile(r"#?([^\s#,]{1,80})")


def offers_sign_in() -> bool:
    return bool(settings.SLACK_CLIENT_ID and settings.SLACK_CLIENT_SECRET)


def sign_in_address(state: str, back: str) -> str:
    page = f"{pages_address()}?scope={','.join(SCOPES)}"
    return address_of(page, client_id=settings.SLACK_CLIENT_ID, state=state, back=back)


def by_hand(team: Team, author: User, given: dict[str, str]) -> Connection:
    """With a bot token, or an incoming webhook and the channel it goes to. Raises Refused."""
    token, hook = given.get("token", "").strip(), given.get("hook", "").strip()
    if bool(token) == bool(hook):
        raise Refused("Bot token: paste it, or the address of an incoming webhook; one of the two.")
    if token:
        return by_token(team, author, token, given.get("signing", "").strip())
    return by_hook(team, author, hook, given.get("channel", ""))


def by_token(team: Team, author: User, token: str, signing: str = "") -> Connection:
    """`signing`: the secret that the app signs its events with."""
    if token.startswith(ROTATED):
        raise Refused(
            "Bot token: this one holds for twelve hours only. Switch token rotation off in the app's settings, or "
            "connect by signing in, where the token is renewed."
        )
    if not token.startswith(BOT):
        raise Refused(f"Bot token: paste the one of your app's bot user, which begins with {BOT}.")
    with asking(team, "Slack"):
        told, scopes = _whose(token)
    return _join(team, author, told, {"token": token, "signing": signing}, scopes, {"signed_in": False, "app": ""})


def by_code(team: Team, author: User, code: str, back: str) -> Connection:
    """With the code that Slack sent somebody back with. Raises Refused."""
    with asking(team, "Slack"):
        told = _exchanged(code, back)
        token = str(told.get("access_token") or "")
        if told.get("is_enterprise_install") or not token.startswith((BOT, ROTATED)):
            raise Refused("The app must be installed to one workspace, as a bot. Connect again, and choose one.")
        me, scopes = _whose(token)
    by = {"signed_in": True, "app": str(told.get("app_id") or "")}
    return _join(team, author, me, secrets(told), scopes, by)


def by_hook(team: Team, author: User, url: str, channel: str) -> Connection:
    """One more channel of the workspace. Nothing is sent, so whether it works shows with the first message, and whose
    the workspace is shows with a token only: until then it is not kept from another team."""
    found = _HOOK.fullmatch(url.removeprefix(hooks_address())) if url.startswith(hooks_address()) else None
    if found is None:
        raise Refused(f"Incoming webhook: paste its whole address, which begins with {hooks_address()}T….")
    called = _CHANNEL.fullmatch(channel.strip())
    if called is None:
        raise Refused("Channel: write the one that the webhook goes to, such as #sales.")

    def fill(connection: Connection) -> None:
        connection.secrets = connection.secrets | {f"{channels.HOOK}#{called[1].lower()}": url}
        connection.options |= {"at": settings.SLACK_URL}
        channels.forget(connection.pk)

    proven = live(team, SLACK)
    if proven and proven.workspace == found[1]:
        return Workspace(SLACK, "Slack", found[1], proven.workspace_name).join(team, author, fill)
    return Workspace(SLACK, "Slack", _unproven(team, found[1]), found[1]).join(team, author, fill)


def _join(
    team: Team, author: User, me: dict[str, Any], given: dict[str, str], scopes: set[str], by: dict[str, Any]
) -> Connection:
    """`by`: options that say which app it is."""
    id, name = str(me["team_id"]), str(me.get("team") or "")

    def fill(connection: Connection) -> None:
        kept = {key: secret for key, secret in connection.secrets.items() if key not in OF_THE_APP}
        connection.secrets = kept | {key: secret for key, secret in given.items() if secret}
        connection.options |= {"at": settings.SLACK_URL, "private": not scopes or "groups:read" in scopes} | by
        channels.forget(connection.pk)

    return Workspace(SLACK, "Slack", id, name, before=_unproven(team, id)).join(team, author, fill)


def _unproven(team: Team, id: str) -> str:
    """Anybody can make up the address of a webhook, with the id of any workspace in it."""
    return f"{id}:{team.pk}"


def _exchanged(code: str, back: str) -> dict[str, Any]:
    """What Slack tells for a code. Raises Refused, TryLater."""
    try:
        return access({"code": code, "redirect_uri": back})
    except SignInAgain as no:
        raise Refused(f"Slack did not take the sign-in{f' ({no.code})' if no.code else ''}. Connect again.") from no


def _whose(token: str) -> tuple[dict[str, Any], set[str]]:
    """The workspace behind a token, and what it may. Raises Refused, TryLater."""
    speaker = Speaker(token, Lane())
    try:
        told = speaker.say("auth.test")
    except SignInAgain as no:
        raise Refused("Bot token: Slack does not know it. Copy it again from OAuth & Permissions.") from no
    except Rejected as no:
        raise Refused(f"Bot token: {no.reason}") from no
    missing = [each for each in NEEDED if speaker.scopes and each not in speaker.scopes]
    if missing:
        raise Refused(
            f"Bot token: the app lacks the permission {' and '.join(missing)}. Add it under OAuth & Permissions, "
            "install the app anew, and paste the new token."
        )
    if not told.get("team_id"):
        raise Refused("Bot token: Slack does not say which workspace it is of.")
    return told, speaker.scopes
