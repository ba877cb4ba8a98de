"""Signatures as Standard Webhooks describes them: receivers check them with its published libraries."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

BEGINS = "whsec_"


def new_secret() -> str:
    return BEGINS + base64.b64encode(secrets.token_bytes(32)).decode()


def signatures(keys: Iterable[str], message: str, at: int, body: bytes) -> str:
    """The header `webhook-signature`: one for each secret, as while one takes over from another. `at`: Unix seconds."""
    signed = f"{message}.{at}.".encode() + body
    return " ".join(f"v1,{_signature(key, signed)}" for key in keys)


def _signature(key: str, signed: bytes) -> str:
    raw = base64.b64decode(key.removeprefix(BEGINS))
    return base64.b64encode(hmac.new(raw, signed, hashlib.sha256).digest()).decode()
