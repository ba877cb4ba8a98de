"""Letters through the server's mail server, one at a time; what it says tells who must act."""

import smtplib
from functools import cache

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from accoil.connect.connection import Rejected, TryLater
from accoil.connect.rate import Pace

MOST_AN_HOUR = 500  # letters of a team


@cache
def pace(team: int) -> Pace:
    return Pace(MOST_AN_HOUR, 3600)


def missing() -> str:
    """What the operator has to do before anything can be sent."""
    if settings.MAIL_IS_SENT:
        return ""
    return "No mail server is set up: whoever runs this server sets ACCOIL_SMTP_URL. Until then e-mails fail."


def send(team: int, letter: EmailMultiAlternatives) -> None:
    """Raises TryLater, Rejected."""
    if why := missing():
        raise Rejected(why)
    pace(team).take()
    try:
        get_connection().send_messages([letter])
    except smtplib.SMTPRecipientsRefused as no:
        code, said = next(iter(no.recipients.values()))
        raise _refused(code, said, f"The mail server does not take mail for {letter.to[0]}") from no
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPSenderRefused) as no:
        # Nothing is wrong with the letter: it goes once the operator has mended it.
        told = f"The mail server does not let this server send ({no.smtp_code}): {_plain(no.smtp_error)}."
        raise TryLater(f"{told} Whoever runs this server looks at ACCOIL_SMTP_URL and ACCOIL_MAIL_FROM.") from no
    except smtplib.SMTPResponseException as no:
        raise _refused(no.smtp_code, no.smtp_error, "The mail server did not take it") from no
    except (smtplib.SMTPException, OSError) as broken:
        raise TryLater("The mail server could not be reached, or broke off.") from broken


def _refused(code: int, said: bytes | str, what: str) -> Rejected | TryLater:
    reason = f"{what} ({code}): {_plain(said)}."
    return Rejected(reason, status=code) if code >= 500 else TryLater(reason, status=code)


def _plain(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return " ".join(text.split())[:200].rstrip(".")
