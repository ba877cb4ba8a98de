"""How tracker.js is handed out."""

import gzip

import pytest

from accoil.receive.tracker import SOURCE
from tests.door import Answer, Door, ask


def fetch(door: Door, method: str = "GET", **headers: str) -> Answer:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return ask(door.address, method, "/tracker.js", None, named)


def test_any_page_may_load_it(door):
    answer = fetch(door)
    assert (answer.status, answer.body) == (200, SOURCE)
    expected = {
        "content-type": "text/javascript; charset=utf-8",
        "cache-control": "public, max-age=3600",
        "access-control-allow-origin": "*",
        "cross-origin-resource-policy": "cross-origin",
        "x-content-type-options": "nosniff",
        "vary": "Accept-Encoding",
        "content-length": str(len(SOURCE)),
    }
    assert {name: answer.headers.get(name) for name in expected} == expected


def test_it_is_less_than_4_kb(door):
    answer = fetch(door, Accept_Encoding="br, gzip;q=0.9")
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(answer.body) == SOURCE
    assert len(answer.body) < 4000


@pytest.mark.parametrize(
    ("accepted", "zipped"),
    [("gzip", True), ("GZIP, br", True), ("br,gzip ; q=1.0", True), ("gzip;q=0", False), ("gzip;q=0.00, br", False),
     ("br, identity", False), ("xgzip", False), ("", False)],
)  # fmt: skip
def test_it_is_compressed_for_those_who_ask(door, accepted, zipped):
    assert ("content-encoding" in fetch(door, Accept_Encoding=accepted).headers) == zipped


@pytest.mark.parametrize("accepted", ["gzip", "identity"])
def test_who_has_it_is_told_so(door, accepted):
    tag = fetch(door, Accept_Encoding=accepted).headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}'):
        again = fetch(door, Accept_Encoding=accepted, If_None_Match=known)
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
        assert again.headers["cache-control"] == "public, max-age=3600"
    assert fetch(door, If_None_Match='"other"').status == 200


def test_compressed_and_plain_have_tags_of_their_own(door):
    assert fetch(door).headers["etag"] != fetch(door, Accept_Encoding="gzip").headers["etag"]


def test_head_is_get_without_the_body(door):
    head, get = fetch(door, "HEAD"), fetch(door)
    assert (head.status, head.body) == (200, b"")
    ours = ("date",)
    assert {n: t for n, t in head.headers.items() if n not in ours} == {
        n: t for n, t in get.headers.items() if n not in ours
    }


def test_it_can_only_be_read(door):
    answer = fetch(door, "POST")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")
