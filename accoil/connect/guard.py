"""Addresses that people of a team give us may lead anywhere but into the network we stand in.

A name is looked up once, every answer is checked, and the connection goes to the address that was checked; the name
stays in the Host header and in TLS. Allowed are addresses of the public internet, encrypted, on the usual ports; and
the operator's own networks (ACCOIL_WEBHOOK_NETWORKS), there also unencrypted and on any port.
"""

import ssl
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import SplitResult, urlsplit

import httpcore2
from django.conf import settings
from httpcore2 import NetworkStream

from accoil.connect.connection import Rejected
from accoil.connect.network import Backend
from accoil.refused import Refused

Address = IPv4Address | IPv6Address

PORTS = (443, 8443)
LONGEST = 2000  # characters of an address

# The standard library's `is_global` says yes to several of these: translated, tunnelled and multicast addresses.
_CLOSED = """
0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 168.63.129.16/32 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4
::/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 3fff::/20 5f00::/16 fc00::/7 fe80::/10
fec0::/10 ff00::/8
"""
CLOSED = [ip_network(network) for network in _CLOSED.split()]
GIVEN_OUT = ip_network("2000::/3")  # other IPv6 addresses are nobody's, or lead elsewhere (::ffff:0:127.0.0.1)


def is_public(address: Address) -> bool:
    is_given_out = address.version == 4 or address in GIVEN_OUT
    return is_given_out and address.is_global and not any(address in network for network in CLOSED)


def is_own(address: Address) -> bool:
    """In a network that the operator opened."""
    return any(address in network for network in settings.WEBHOOK_NETWORKS)


class Guarded(Backend):
    """Connects only where it may."""

    def addresses(self, host: str, port: int) -> list[str]:
        """Raises Rejected when one of them is not allowed."""
        addresses = [_plain(text) for text in super().addresses(host, port)]
        if not all(is_own(address) or (is_public(address) and port in PORTS) for address in addresses):
            raise Rejected(_not_allowed(host, port))
        return [str(address) for address in addresses]

    def opened(self, address: str, stream: NetworkStream) -> NetworkStream:
        return stream if is_own(ip_address(address)) else _Encrypted(stream)


class _Encrypted(NetworkStream):
    """Nothing is said on it before it is encrypted."""

    def __init__(self, stream: NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        raise Rejected("The address must begin with https://.")

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        raise Rejected("The address must begin with https://.")

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> NetworkStream:
        return self._stream.start_tls(ssl_context, server_hostname, timeout)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


@cache
def pool() -> httpcore2.ConnectionPool:
    """No socket is kept open: every call is checked anew."""
    return httpcore2.ConnectionPool(max_keepalive_connections=0, max_connections=100, network_backend=Guarded())


def read_address(url: str) -> str:
    """An address as somebody typed it, without white space around it; nothing is looked up. Raises Refused."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as wrong:
        raise Refused("The address is not one of the web; write one such as https://example.com/hook.") from wrong
    if parts.scheme not in ("https", "http") or not parts.hostname or not url.isascii() or len(url) > LONGEST:
        raise Refused("The address must be one such as https://example.com/hook.")
    if any(character <= " " or character == "\\" for character in url):
        raise Refused("The address has a space or a backslash in it; take it out.")
    if parts.username is not None or parts.password is not None:
        raise Refused("The address holds a name or a password; take them out, since what is sent is signed.")
    return url


def check_address(url: str, backend: Guarded | None = None) -> str:
    """The same, and that it may be sent to. A name that nobody knows just now is let through: it is looked up again
    whenever something is sent. Raises Refused with a sentence."""
    url = read_address(url)
    parts = urlsplit(url)
    try:
        addresses = (backend or Guarded()).addresses(parts.hostname or "", _port(parts))
    except (httpcore2.ConnectError, httpcore2.TimeoutException):
        addresses = []
    except Rejected as closed:
        raise Refused(closed.reason) from closed
    if parts.scheme == "http" and not (addresses and all(is_own(ip_address(each)) for each in addresses)):
        raise Refused("The address must begin with https://.")
    return url


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _plain(text: str) -> Address:
    """An IPv4 address that stands in an IPv6 one is judged as itself."""
    address = ip_address(text)
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address.scope_id:
            raise Rejected("The address is of this computer's own network.")
    return address


def _not_allowed(host: str, port: int) -> str:
    return (
        f"{host} on port {port} is not an address that may be sent to: it must be on the public internet, on port "
        f"{' or '.join(map(str, PORTS))}, or in a network that the operator allows (ACCOIL_WEBHOOK_NETWORKS)."
    )
