"""Which web pages may use a key: patterns such as https://app.example.com, http://localhost:3000, *.example.com."""

import re
from functools import lru_cache
from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443}

_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")

Place = tuple[str, str, int]  # scheme, host, port


@lru_cache(maxsize=4096)
def allows(patterns: tuple[str, ...], origin: str) -> bool:
    """Whether a page of `origin`, as browsers write it in their Origin header, is among the patterns; no patterns allow
    everything. Who names no origin (""), as servers do, is among none. `*.example.com` stands for every host below
    example.com, not for example.com itself; without a scheme it means http and https."""
    if not patterns:
        return True
    try:
        asked = _place(origin.lower())
    except ValueError:
        return False  # such as "null", of a page in a sandbox or a file
    return any(_matches(pattern.lower(), asked) for pattern in patterns)


def pattern(text: str) -> str:
    """The pattern as it is kept: in lower case, without a default port, names of any script as they go over the wire.
    Raises ValueError with a sentence about what is wrong with it."""
    given = text.strip()
    if given == "*":
        raise ValueError("“*” would allow every page: leave the list empty for that.")
    bare = given.startswith("*.")
    try:
        scheme, host, port = _place(_ascii(f"https://{given}" if bare else given))
    except ValueError:
        raise ValueError(_wrong(given)) from None
    if "*" in host.removeprefix("*."):
        raise ValueError(f"“{given}”: a * may only stand for the first part of the host, as in https://*.example.com.")
    if host.startswith("*.") and "." not in host[2:] and host != "*.localhost":
        raise ValueError(f"“{given}” is too wide: name at least a domain such as *.example.com.")
    if bare and port != PORTS["https"]:
        raise ValueError(f"“{given}”: write the scheme too where there is a port, as in http://*.example.com:3000.")
    end = "" if port == PORTS[scheme] else f":{port}"
    return host if bare else f"{scheme}://{host}{end}"


def _matches(pattern: str, asked: Place) -> bool:
    scheme, host, port = asked
    if pattern.startswith("*."):
        return port == PORTS[scheme] and host.endswith(pattern[1:])
    try:
        wanted = _place(pattern)
    except ValueError:
        return False
    same_host = host.endswith(wanted[1][1:]) if wanted[1].startswith("*.") else host == wanted[1]
    return same_host and (scheme, port) == (wanted[0], wanted[2])


def _place(text: str) -> Place:
    """Scheme, host and port of text that is nothing more than that. Raises ValueError."""
    parts = urlsplit(text)
    host, extra = parts.hostname or "", parts.path + parts.query + parts.fragment
    if parts.scheme not in PORTS or not host or extra or parts.username is not None or text.endswith(("?", "#", ":")):
        raise ValueError
    if ":" not in host and not all(_NAME.fullmatch(part) for part in host.replace("*", "any").split(".")):
        raise ValueError
    port = parts.port  # itself raises ValueError for 99999 or x
    return parts.scheme, f"[{host}]" if ":" in host else host, PORTS[parts.scheme] if port is None else port


def _ascii(text: str) -> str:
    scheme, between, rest = text.lower().partition("://")
    if rest.isascii():
        return f"{scheme}{between}{rest}"
    host, colon, port = rest.partition(":")
    return f"{scheme}{between}{host.encode('idna').decode()}{colon}{port}"


def _wrong(given: str) -> str:
    """What to write instead."""
    shown = f"“{given}” is not the origin of a web page"
    if "://" not in given:
        return f"{shown}: begin with its scheme, as in https://{given.split('/')[0] or 'app.example.com'}."
    scheme, _, rest = given.partition("://")
    if scheme.lower() not in PORTS:
        return f"{shown}: it begins with http:// or https://."
    if "/" in rest or "?" in rest or "#" in rest:
        return f"{shown}: leave out what follows the host, as in {scheme}://{re.split('[/?#]', rest)[0]}."
    return f"{shown}: write scheme, host and perhaps port, as in https://app.example.com or http://localhost:3000."
