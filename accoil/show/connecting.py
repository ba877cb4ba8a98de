"""What to fill in at a sender, with the key and this server's address in it."""

import base64
import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Ways:
    """How a call is addressed, as each sender asks for it."""

    url: str
    header: str  # of Authorization
    key: str
    curl: str
    curl_event: str


def ways(address: str, key: str) -> Ways:
    """`address` is this server's, such as https://accoil.example.com."""
    url = f"{address}/segment"
    curl = f"curl {url} -u {key}: -H 'Content-Type: application/json'"
    event = '{"type":"track","event":"Report_Created","userId":"user-1"}'
    basic = base64.b64encode(f"{key}:".encode()).decode()
    return Ways(url, f"Basic {basic}", key, f"{curl} -d '{{}}'", f"{curl} -d '{event}'")


def warning(address: str) -> str:
    """Why a cloud can't reach that address; "" when nothing speaks against it."""
    parts = urlsplit(address)
    if _is_private(parts.hostname or ""):
        return (
            f"{address} is an address of this computer or network: a cloud can't reach it. Give this server a public "
            "name with HTTPS, and set ACCOIL_PUBLIC_URL to it."
        )
    if parts.scheme != "https":
        return f"{address} is not HTTPS: your key would travel in the open. Put a TLS terminator before this server."
    return ""


def _is_private(host: str) -> bool:
    if "." not in host and ":" not in host:
        return True  # localhost, a computer's name
    if host.endswith((".localhost", ".local", ".internal", ".lan")):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False
