"""What is outside: the address people type, the mail server, tools, and the port."""

import smtplib
import socket
from urllib.parse import urlsplit

from accoil import environment
from accoil.doctor.finding import Finding, me, progress
from accoil.roles import CLICKHOUSE, P

WAIT = 5.0  # seconds
WHY_NOT = "something else answers there."
LOCAL = ("localhost", "127.0.0.1", "::1")


def address() -> Finding:
    from django.conf import settings

    url, proxies = settings.PUBLIC_URL, settings.ALLAUTH_TRUSTED_PROXY_COUNT
    host = urlsplit(url).hostname or ""
    if not url and proxies:
        return False, (
            "ACCOIL_TRUSTED_PROXIES says that a proxy stands before the server, but ACCOIL_PUBLIC_URL is not set: "
            "links in mails would not lead to it. Set it, such as https://accoil.example.com."
        )
    if not url:
        return True, "ACCOIL_PUBLIC_URL is not set: this server is for this computer."
    is_local = host in LOCAL or host.endswith(".localhost")
    if url.startswith("http:") and not is_local:
        return False, (
            f"ACCOIL_PUBLIC_URL is {url}: passwords would travel unencrypted. Put a program that ends TLS before the "
            "server, and write https:// (docs/guide/tls.md)."
        )
    if url.startswith("https:") and not proxies:
        return False, (
            f"ACCOIL_PUBLIC_URL is {url}, so a proxy stands before the server, but ACCOIL_TRUSTED_PROXIES is 0: "
            "everybody seems to come from the proxy, and limits on signing in count all together. Set it to 1."
        )
    return _answers(url)


def _answers(url: str) -> Finding:
    """Whether whoever types the address comes to this server."""
    from accoil import health
    from accoil.connect.connection import ToolError
    from accoil.connect.given import given
    from accoil.connect.http import Client
    from accoil.connect.rate import Lane

    told = progress()
    if told is None:
        return True, f"No server answers here, so {url} was not asked."
    try:
        with given(WAIT):
            answer = Client(url, {}, limits=Lane(), tries=1).call("GET", "/health")
        is_here = answer.headers.get(health.SERVER) == told["server"]
        found, why = is_here or (health.SERVER in answer.headers and _shows_pages(answer.json)), WHY_NOT
    except ToolError as problem:
        found, why = False, problem.reason
    if not found:
        return False, (
            f"{url} does not lead to this server: {why} Look at its name (DNS), at the proxy and what it passes on to, "
            "and at the firewall; else correct ACCOIL_PUBLIC_URL."
        )
    return True, f"{url} leads to {'this server' if is_here else 'a server that shows pages'}."


def _shows_pages(health: object) -> bool:
    """Of several processes those with pages answer people, and not the one of this folder."""
    return bool(environment.text(CLICKHOUSE)) and isinstance(health, dict) and health.get("role") == P


def mail() -> Finding:
    from django.conf import settings
    from django.core.mail import get_connection

    if not settings.MAIL_IS_SENT:
        return True, "ACCOIL_SMTP_URL is not set: mails are written to the log, and invitations are links to copy."
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    server = get_connection(timeout=WAIT)
    try:
        server.open()
        server.close()
    except smtplib.SMTPAuthenticationError:
        return False, f"The mail server {where} does not take the user and password of ACCOIL_SMTP_URL."
    except (OSError, smtplib.SMTPException) as problem:
        return False, (
            f"The mail server {where} does not answer: {problem}. Look at ACCOIL_SMTP_URL and whether the firewall "
            "lets that port out; until then nobody gets invitations, new passwords and alerts by mail."
        )
    return True, f"The mail server {where} answers."


def tools() -> Finding:
    """Where connected tools are; webhooks are left out, whose addresses are a team's and not ours to try."""
    from accoil.connect.models import Connection, State
    from accoil.connect.tools import TOOLS

    there = Connection.objects.exclude(state=State.DISCONNECTED)
    asked = {found(each) for each in there if each.tool in TOOLS and (found := TOOLS[each.tool].address)}
    closed = {url: why for url in sorted(asked) if (why := _unreachable(url))}
    if closed:
        named = "; ".join(f"{urlsplit(url).netloc} ({why})" for url, why in closed.items())
        return False, (
            f"Connected tools can't be reached: {named}. Let this machine make connections to them, by name and on "
            "that port; a proxy for outgoing calls is set for each tool (ACCOIL_INTERCOM_URL and the like)."
        )
    return True, f"{len(asked)} addresses of connected tools can be reached." if asked else "No tool is connected."


def _unreachable(url: str) -> str | None:
    """Why no connection can be made; None where one can."""
    from accoil.connect.given import given
    from accoil.connect.network import Backend

    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        with given(WAIT):
            Backend().connect_tcp(parts.hostname or "", port, WAIT).close()
    except Exception as problem:
        return str(problem) or type(problem).__name__
    return None


def port(number: int) -> Finding:
    if progress() is not None:
        return True, f"A server runs here already; {number} was not tried."
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", number))
            tried.listen()
        except PermissionError:
            return False, f"Port {number} needs rights that {me()} does not have; take one above 1023."
        except OSError:
            return False, (
                f"Port {number} is taken by another program; ss -ltnp says which. Stop it, or start Accoil with "
                "another --port."
            )
    return True, f"Port {number} is free."


def signing_in() -> Finding:
    from django.conf import settings

    from accoil.connect.connection import ToolError
    from accoil.connect.openid import asking

    if not settings.OIDC_ISSUER:
        return True, "People sign in with passwords; ACCOIL_OIDC_ISSUER is not set."
    try:
        keys = asking.keys()
    except ToolError as problem:
        return False, f"Nobody can sign in with {settings.OIDC_NAME} ({settings.OIDC_ISSUER}): {problem.reason}"
    if not keys:
        return False, f"Nobody can sign in with {settings.OIDC_NAME}: it has no keys."
    return True, f"{settings.OIDC_NAME} ({settings.OIDC_ISSUER}) answers, and its keys can be read."
