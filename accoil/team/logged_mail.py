"""Mail for a server that has no mail server: each message goes into the log, where the operator can read it."""

from collections.abc import Sequence

import structlog
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

log = structlog.get_logger("accoil.mail")


class LoggedMail(BaseEmailBackend):
    """Django's mail backend while ACCOIL_SMTP_URL is not set."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Returns how many were written."""
        for message in email_messages:
            log.warning(
                "Not sent, because ACCOIL_SMTP_URL is not set",
                to=", ".join(message.to),
                subject=message.subject,
                text=str(message.body),
            )
        return len(email_messages)
