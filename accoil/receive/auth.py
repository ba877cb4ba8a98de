"""Where clients put their key: one list of candidates."""

import base64
import binascii
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from accoil.receive.keys import Key, KeyRing

Headers = dict[bytes, bytes]

# Headers are remembered by the thousand: no stranger must fill the memory with long ones.
MOST_HEADERS, LONGEST_HEADER = 10_000, 500
LONGEST_ORIGIN, NO_PAGE = 300, "null"

_OAUTH = re.compile(rb"\s*bearer\s+\S{65}", re.IGNORECASE)


def header_key(ring: KeyRing, headers: Headers) -> Key | None:
    """The key in the headers; remembers whole headers, since clients repeat them."""
    header = headers.get(b"authorization")
    if header is None and b"x-write-key" not in headers:
        return None
    if header is not None and (known := ring.by_header.get(header)):
        return known
    for candidate in _from_headers(headers):
        if found := look_up(ring, candidate):
            if header is not None and b"x-write-key" not in headers:
                _remember(ring, header, found)
            return found
    return None


def _remember(ring: KeyRing, header: bytes, key: Key) -> None:
    if len(header) <= LONGEST_HEADER and len(ring.by_header) < MOST_HEADERS:
        ring.by_header[header] = key


def may_hold_key(headers: Headers) -> bool:
    """Whether the headers hold something that may be a key. An OAuth token is too long for one."""
    header = headers.get(b"authorization")
    return b"x-write-key" in headers or (header is not None and not _OAUTH.match(header))


def look_up(ring: KeyRing, candidate: str) -> Key | None:
    """The key as sent, else with or without the `stg_` (in any case) that some clients leave on and others take off."""
    if found := ring.keys.get(candidate):
        return found
    bare = candidate[4:] if candidate[:4].lower() == "stg_" else candidate
    return ring.keys.get(f"stg_{bare}") or ring.keys.get(bare)


def key_text(headers: Headers, query: bytes) -> str:
    """The key as its sender knows it, from headers or query; "" without one."""
    return next(_from_headers(headers), "") or next(outside_headers(query), "")


def origin(headers: Headers) -> str:
    """The origin of the web page that asks; "" where none does."""
    given = headers.get(b"origin", b"").decode("latin-1")
    if not given:
        page = urlsplit(headers.get(b"referer", b"").decode("latin-1"))  # images send no origin
        given = f"{page.scheme}://{page.netloc}" if page.netloc else ""
    return given.lower() if len(given) <= LONGEST_ORIGIN else NO_PAGE


def outside_headers(query: bytes, *in_body: str | None) -> Iterator[str]:
    yield from parse_qs(query.decode("latin-1")).get("writeKey", ())
    yield from filter(None, in_body)


def _from_headers(headers: Headers) -> Iterator[str]:
    if key := headers.get(b"x-write-key"):
        whole = key.decode("latin-1").strip()
        yield whole
        if ":" in whole:  # Jitsu's clients take no key that is not "id:secret"
            yield whole.split(":", 1)[0]
    scheme, _, rest = headers.get(b"authorization", b"").decode("latin-1").strip().partition(" ")
    rest = rest.strip()
    if scheme.lower() == "basic":
        # A 32-digit hex key is itself valid base64, so "decode, else raw" would be wrong: try each reading.
        if decoded := _base64(rest):
            if ":" in decoded:
                yield decoded.split(":", 1)[0]
            yield decoded.removesuffix(":")
        yield rest
    elif scheme.lower() == "bearer":
        yield rest


def _base64(text: str) -> str | None:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4)).decode()
    except (binascii.Error, ValueError):
        return None
