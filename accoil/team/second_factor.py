"""A second factor: codes that an app makes (RFC 6238: six digits, 30 seconds, SHA-1), and recovery codes."""

import base64
import hashlib
import hmac
import secrets
import struct
import time
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from accoil.team.encrypted import EncryptedField

if TYPE_CHECKING:
    from accoil.team.models import User

PERIOD = 30  # seconds
DIGITS = 6
TOLERANCE = 1  # periods that a clock may be slow or fast, or somebody may take to type
RECOVERY_CODES = 10
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else


class SecondFactor(models.Model):
    """A person has one, or signs in with the password alone. Recovery codes are kept as keyed hashes."""

    user = models.OneToOneField("team.User", on_delete=models.CASCADE, related_name="second_factor")
    secret = EncryptedField()
    last_step = models.BigIntegerField(default=0)  # the period of the code used last: none works twice
    recovery = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"Codes of {self.user}"

    def takes(self, typed: str) -> bool:
        """Whether that is a code of the app or of the recovery codes; it is used up then, however often it is sent at
        the same time."""
        code = "".join(typed.split()).replace("-", "").lower()
        with transaction.atomic():
            now = SecondFactor.objects.select_for_update().filter(pk=self.pk).first()
            if now is None:  # switched off meanwhile
                return False
            step = step_of(now.secret, code, time.time())
            if step is not None and step > now.last_step:
                now.last_step = step
                now.save(update_fields=["last_step"])
                return True
            if (digest := _digest(code)) in now.recovery:
                now.recovery.remove(digest)
                now.save(update_fields=["recovery"])
                return True
        return False

    def new_recovery_codes(self) -> list[str]:
        """Replaces them, and returns them: the only time that they can be read."""
        codes = ["".join(secrets.choice(ALPHABET) for _ in range(10)) for _ in range(RECOVERY_CODES)]
        self.recovery = [_digest(code) for code in codes]
        self.save()
        return [f"{code[:5]}-{code[5:]}" for code in codes]


def new_secret() -> str:
    """160 random bits, as apps read them."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def code_at(secret: str, step: int) -> str:
    """The code of a period: `step` counts them since 1970."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", step), "sha1")
    at = digest[-1] & 15
    number = int.from_bytes(digest[at : at + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def step_of(secret: str, code: str, now: float) -> int | None:
    """The period that a code belongs to, while it counts; None for a wrong code, and where the secret is lost."""
    if not secret or not code.isascii():
        return None
    here = int(now) // PERIOD
    steps = range(here - TOLERANCE, here + TOLERANCE + 1)
    return next((step for step in steps if hmac.compare_digest(code_at(secret, step), code)), None)


def link_for(user: "User", secret: str) -> str:
    """What apps open: an otpauth address."""
    return f"otpauth://totp/{quote(f'Accoil:{user.email}')}?{urlencode({'secret': secret, 'issuer': 'Accoil'})}"


def _digest(code: str) -> str:
    # Keyed, because a code is short enough to be found by trying all.
    return hmac.digest(settings.SECRET_KEY.encode(), b"recovery code:" + code.encode(), hashlib.sha256).hex()
