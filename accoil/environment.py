"""Reads settings from the environment: ACCOIL_X, or a file named by ACCOIL_X_FILE. Knows nothing of Django.

An empty value counts as not set. A wrong value raises Refused with a sentence that names the variable.
"""

import os
import re
from collections.abc import Collection
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from accoil.refused import Refused

YES = {"1", "true", "yes", "on"}
NO = {"0", "false", "no", "off"}


def text(name: str, default: str = "") -> str:
    """The value of `name`, or the content of the file in `name`_FILE, without surrounding white space."""
    value = os.environ.get(name, "").strip()
    path = os.environ.get(f"{name}_FILE", "").strip()
    if value and path:
        raise Refused(f"Both {name} and {name}_FILE are set; keep one of them.")
    if path:
        value = _file(f"{name}_FILE", Path(path))
    return value or default


def _file(name: str, path: Path) -> str:
    try:
        value = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        reason = getattr(problem, "strerror", None) or "it is not UTF-8 text"
        raise Refused(f"{name} names {path}, which cannot be read: {reason}.") from problem
    if not value:
        raise Refused(f"{name} names {path}, which is empty.")
    return value


def flag(name: str, default: bool = False) -> bool:
    value = text(name).lower()
    if not value:
        return default
    if value in YES | NO:
        return value in YES
    raise Refused(f"{name} is {value!r}; write true or false.")


def number(name: str, default: int, *, least: int, most: int) -> int:
    """A whole number between `least` and `most`, both included."""
    value = text(name)
    if not value:
        return default
    try:
        chosen = int(value)
    except ValueError:
        chosen = least - 1
    if not least <= chosen <= most:
        raise Refused(f"{name} is {value!r}; write a whole number from {least} to {most}.")
    return chosen


def one_of(name: str, choices: Collection[str], default: str) -> str:
    value = text(name, default).lower()
    if value not in choices:
        raise Refused(f"{name} is {value!r}; write one of: {', '.join(choices)}.")
    return value


def names(name: str) -> list[str]:
    """A list written with commas: "a.example.com, b.example.com"."""
    return [part.strip() for part in text(name).split(",") if part.strip()]


def token(name: str) -> str:
    """What somebody must know to be answered, in letters that go into a header; "" when not set."""
    value = text(name)
    if value and not re.fullmatch(r"[!-~]{16,}", value):
        raise Refused(f"{name} must be 16 letters, digits or signs at least, none a space; try `openssl rand -hex 32`.")
    return value


def path(name: str) -> str:
    """A path such as /in, without a slash at its end; "" when not set."""
    value = text(name).strip("/")
    if not re.fullmatch(r"[A-Za-z0-9_~-]*", value):
        raise Refused(f"{name} is {value!r}; write one word such as in, of letters, digits, - and _.")
    if value in ("p", "v1", "v2", "api", "segment", "static", "sdk", "style", "health", "metrics"):
        raise Refused(f"{name} is {value!r}, which is taken; write another word.")
    return f"/{value}" if value else ""


def address(name: str, schemes: Collection[str], *, needs_host: bool = True) -> SplitResult | None:
    """A URL with one of `schemes` and a host, split; None when not set. Raises Refused."""
    value = text(name)
    return _split(name, value, schemes, needs_host) if value else None


def _split(name: str, value: str, schemes: Collection[str], needs_host: bool = True) -> SplitResult:
    try:
        parts = urlsplit(value)
        is_whole = bool(parts.hostname) if needs_host else value[len(parts.scheme) :].startswith("://")
        found = parts.scheme in schemes and is_whole and (parts.port or 1) > 0
    except ValueError:  # a port that is no number, or an unclosed [ in the host
        found = False
    if not found:
        shapes = " or ".join(f"{scheme}://HOST" for scheme in schemes)
        # The value is not repeated: an address may hold a password.
        raise Refused(f"{name} is not an address this setting takes; write {shapes}.")
    return parts


def servers(name: str, schemes: Collection[str]) -> list[str]:
    """Addresses of one server's nodes, written with commas, with user, password and database; [] when not set."""
    every = names(name)
    for each in every:
        _split(name, each, schemes)
    return every


def base_url(name: str) -> str:
    """The beginning of other addresses, without a slash at its end; "" when not set."""
    parts = address(name, ["https", "http"])
    if parts and (parts.query or parts.fragment or parts.username or parts.password):
        raise Refused(f"{name} must be scheme, host and at most a path, such as https://proxy.example.com/intercom.")
    return text(name).rstrip("/")


def issuer(name: str) -> str:
    """Whom we believe who somebody is, as written: encrypted, but on this computer; "" when not set."""
    value = base_url(name) and text(name)
    parts = urlsplit(value)
    if parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise Refused(f"{name} must begin with https://: what is heard from there says who may come in.")
    return value


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Networks written with commas: "10.0.0.0/8, fd00::/8"; an address alone is a network of one."""
    try:
        return [ip_network(part) for part in names(name)]
    except ValueError as wrong:
        raise Refused(f"{name}: {wrong}; write networks such as 10.1.0.0/16, separated by commas.") from wrong


def data_folder() -> Path:
    """The folder that holds everything, as an absolute path; made, for this person only, when missing."""
    path = Path(text("ACCOIL_DATA", "accoil-data")).expanduser().absolute()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise Refused(f"The data folder {path} cannot be made: {problem.strerror}. Set ACCOIL_DATA.") from problem
    return path
