"""Segment's webhooks sign what they send: X-Signature, an HMAC-SHA1 in hex."""

import hashlib
import hmac

import msgspec

_first = msgspec.json.Decoder(list[msgspec.Raw])


def is_right(secret: str, body: bytes, signature: bytes) -> bool:
    """Of the body, or of the first element of an array, which is what Segment signs of a batch."""
    given = signature.strip().lower()
    return any(hmac.compare_digest(_of(secret, text), given) for text in _signed(body))


def _signed(body: bytes) -> list[bytes]:
    if not body.lstrip().startswith(b"["):
        return [body]
    try:
        return [body, *(bytes(raw) for raw in _first.decode(body)[:1])]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return [body]


def _of(secret: str, text: bytes) -> bytes:
    return hmac.new(secret.encode(), text, hashlib.sha1).hexdigest().encode()
