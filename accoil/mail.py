"""Where outgoing mail goes: through SMTP when ACCOIL_SMTP_URL is set, else into the log, to be seen there."""

from email.utils import parseaddr
from typing import Any
from urllib.parse import unquote

from accoil import environment
from accoil.refused import Refused

PORTS = {"smtps": 465, "smtp+tls": 587, "smtp": 25}


def mail_settings() -> dict[str, Any]:
    """Django's EMAIL_* settings, from ACCOIL_SMTP_URL and ACCOIL_MAIL_FROM."""
    sender = environment.text("ACCOIL_MAIL_FROM", "Accoil <accoil@localhost>")
    if "@" not in parseaddr(sender)[1]:
        raise Refused("ACCOIL_MAIL_FROM must hold an e-mail address, such as Accoil <accoil@example.com>.")
    chosen: dict[str, Any] = {"DEFAULT_FROM_EMAIL": sender, "SERVER_EMAIL": sender}
    server = environment.address("ACCOIL_SMTP_URL", list(PORTS))
    if server is None:
        return {**chosen, "EMAIL_BACKEND": "accoil.team.logged_mail.LoggedMail"}
    return {
        **chosen,
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": server.hostname,
        "EMAIL_PORT": server.port or PORTS[server.scheme],
        "EMAIL_HOST_USER": unquote(server.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(server.password or ""),
        "EMAIL_USE_SSL": server.scheme == "smtps",
        "EMAIL_USE_TLS": server.scheme == "smtp+tls",
        "EMAIL_TIMEOUT": 10,
    }
