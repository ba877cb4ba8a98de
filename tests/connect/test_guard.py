"""Names here mean loopback addresses only: 127.0.0.1 stands for what is closed, 127.0.0.2 for what the operator opened,
or, where a test says so, for the public internet. Other addresses are judged, and never connected to."""

from collections.abc import Iterator
from ipaddress import ip_address, ip_network

import httpcore2
import pytest

from accoil.connect import guard, network
from accoil.connect.connection import Rejected, TryLater
from accoil.connect.guard import Guarded, check_address, is_public
from accoil.connect.http import Client, Lane
from accoil.refused import Refused
from tests.connect.certificates import certified
from tests.connect.scripted import Reply, Scripted, serving

NAMES = {
    "open.test": ["127.0.0.2"],
    "closed.test": ["127.0.0.1"],
    "mixed.test": ["127.0.0.2", "127.0.0.1"],
    "mapped.test": ["::ffff:127.0.0.1"],
    "translated.test": ["64:ff9b::7f00:1"],
    "tunnelled.test": ["2002:7f00:1::1"],
    "compatible.test": ["::127.0.0.1"],
    "here.test": ["::1"],
    "none.test": [],
    "dead.test": ["127.0.0.3", "127.0.0.2"],  # nobody listens at the first
}


class Names:
    """Looks up names, and counts how often."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        if host in NAMES:
            return NAMES[host]
        if host[0].isdigit() or ":" in host:
            return network.resolved(host, port)  # numbers need no look-up
        raise OSError("unknown")


@pytest.fixture
def names() -> Names:
    return Names()


@pytest.fixture(autouse=True)
def opened(settings) -> None:
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.2/31")]  # and .3


@pytest.fixture
def receiver() -> Iterator[Scripted]:
    with serving("127.0.0.2") as scripted:
        yield scripted


@pytest.fixture
def closed() -> Iterator[Scripted]:
    with serving("127.0.0.1") as scripted:
        yield scripted


def ask(names: Names, url: str, monkeypatch, **how):
    pool = httpcore2.ConnectionPool(network_backend=Guarded(names), **how)
    monkeypatch.setattr(guard, "pool", lambda: pool)
    return Client(url, {}, limits=Lane(), guarded=True, reads="anything").call("POST", "/hook", json={})


def test_an_address_of_the_operators_networks_is_reached_under_its_name(names, receiver, monkeypatch):
    assert ask(names, f"http://open.test:{receiver.port}", monkeypatch).status == 200
    assert receiver.asked[0].headers["host"] == f"open.test:{receiver.port}"
    assert names.asked == ["open.test"]


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("open.test", "dead.test", "none.test")])
def test_a_name_that_leads_inside_is_refused(names, closed, monkeypatch, name):
    with pytest.raises(Rejected, match="not an address that may be sent to"):
        ask(names, f"http://{name}:{closed.port}", monkeypatch)
    assert closed.asked == []


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f000001", "127.1", "0177.0.0.1", "0.0.0.0", "[::1]"])
def test_a_number_that_leads_inside_is_refused_however_it_is_written(names, closed, monkeypatch, host):
    with pytest.raises(Rejected, match="not an address that may be sent to"):
        ask(names, f"http://{host}:{closed.port}", monkeypatch)
    assert closed.asked == []


def test_a_redirect_inside_is_not_followed(names, receiver, closed, monkeypatch):
    receiver.replies = [Reply(307, b"", {"Location": closed.url})]
    with pytest.raises(Rejected, match="307"):
        ask(names, f"http://open.test:{receiver.port}", monkeypatch)
    assert closed.asked == []


def test_a_name_that_changes_its_mind_is_caught_at_the_next_call(names, receiver, closed, monkeypatch):
    url = f"http://turning.test:{receiver.port}"
    monkeypatch.setitem(NAMES, "turning.test", ["127.0.0.2"])
    assert ask(names, url, monkeypatch).status == 200
    monkeypatch.setitem(NAMES, "turning.test", ["127.0.0.1"])
    with pytest.raises(Rejected, match="may be sent to"):
        ask(names, url, monkeypatch)


def test_the_pool_of_the_server_keeps_no_socket_that_was_checked_once(receiver, monkeypatch):
    url = f"http://127.0.0.2:{receiver.port}"
    client = Client(url, {}, limits=Lane(), guarded=True)
    for _ in range(2):
        client.call("POST", "/", json={})
    assert guard.pool().connections == []


def test_of_several_addresses_the_one_that_answers_is_taken(names, receiver, monkeypatch):
    assert ask(names, f"http://dead.test:{receiver.port}", monkeypatch).status == 200


@pytest.mark.parametrize("name", ["none.test", "unknown.test"])
def test_a_name_without_an_address_is_for_later(names, clock, monkeypatch, name):
    with pytest.raises(TryLater, match="could not be reached"):
        ask(names, f"http://{name}", monkeypatch)


def test_certificates_are_checked_against_the_name_and_not_the_address(names, monkeypatch, tmp_path, clock):
    server, trusting = certified("open.test", tmp_path)
    heard = []
    server.sni_callback = lambda _, name, __: heard.append(name)
    with serving("127.0.0.2", tls=server) as receiver:
        assert ask(names, f"https://open.test:{receiver.port}", monkeypatch, ssl_context=trusting).status == 200
        assert receiver.asked[0].headers["host"] == f"open.test:{receiver.port}"
        assert heard == ["open.test"]
        with pytest.raises(TryLater):
            ask(names, f"https://dead.test:{receiver.port}", monkeypatch, ssl_context=trusting)
        assert len(receiver.asked) == 1


@pytest.fixture
def as_if_public(monkeypatch, settings) -> None:
    settings.WEBHOOK_NETWORKS = []
    monkeypatch.setattr(guard, "is_public", lambda address: str(address) == "127.0.0.2")


def test_nothing_goes_to_the_public_unencrypted(names, receiver, monkeypatch, as_if_public):
    monkeypatch.setattr(guard, "PORTS", (receiver.port,))
    with pytest.raises(Rejected, match="https"):
        ask(names, f"http://open.test:{receiver.port}", monkeypatch)
    assert receiver.asked == []


def test_encrypted_it_goes_to_the_public(names, monkeypatch, as_if_public, tmp_path):
    server, trusting = certified("open.test", tmp_path)
    with serving("127.0.0.2", tls=server) as receiver:
        monkeypatch.setattr(guard, "PORTS", (receiver.port,))
        assert ask(names, f"https://open.test:{receiver.port}", monkeypatch, ssl_context=trusting).status == 200


def test_other_ports_of_the_public_are_closed(names, monkeypatch, as_if_public):
    with pytest.raises(Rejected, match="port 6379"):
        ask(names, "https://open.test:6379", monkeypatch)


INSIDE = """
0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 168.63.129.16 172.16.0.1 172.31.255.255 192.0.0.8
192.168.1.1 198.18.0.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 192.88.99.1 203.0.113.7
:: ::1 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 100::1 2001::1 2001:db8::1 2002:7f00:1::1 fc00::1 fd12:3456::1 fe80::1
fec0::1 ff02::1 3fff::1 ::ffff:0:127.0.0.1 4000::1 e000::1
"""


@pytest.mark.parametrize("address", INSIDE.split())
def test_these_are_not_public(address):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2001:4860::8888"])
def test_these_are_public(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize("url", ["http://open.test:8123/hook?a=b", "https://open.test", " https://unknown.test/x "])
def test_an_address_that_may_be_sent_to_is_taken(names, url):
    assert check_address(url, Guarded(names)) == url.strip()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("hook", "such as https"),
        ("", "such as https"),
        ("ftp://open.test/", "such as https"),
        ("https://", "such as https"),
        ("https://open.test:port/", "not one of the web"),
        ("https://a:b@open.test/", "password"),
        ("https://open.test/a b", "space"),
        ("https://open.test\\@closed.test/", "backslash"),
        ("https://ope\u0144.test/", "such as https"),
        ("http://unknown.test/", "https"),
        ("https://closed.test/", "not an address that may be sent to"),
        ("https://127.0.0.1/", "not an address that may be sent to"),
        ("https://open.test/" + "x" * 2000, "such as https"),
    ],
)
def test_an_address_that_may_not_be_sent_to_is_refused_with_the_reason(names, url, why):
    with pytest.raises(Refused, match=why):
        check_address(url, Guarded(names))
