import threading
import time

import pytest

from accoil.connect import http
from accoil.connect.connection import Gone, Rejected, TryLater
from accoil.connect.given import given
from accoil.connect.http import Client, Lane
from accoil.connect.now import now
from tests.connect.scripted import Reply, Scripted


def client(tool: Scripted, **more) -> Client:
    return Client(tool.url, {"Authorization": "Bearer t1"}, **({"limits": Lane()} | more))


def test_a_call_carries_its_headers_and_its_body_and_brings_back_what_was_said(tool):
    tool.replies = [Reply(body=b'{"id": 7}', headers={"X-Request-Id": "r1"})]
    answer = client(tool).call("PUT", "/contacts/7", json={"name": "Ève"}, params={"page": 2, "archived": True})
    assert (answer.status, answer.json, answer.request_id) == (200, {"id": 7}, "r1")
    asked = tool.asked[0]
    assert (asked.method, asked.path, asked.json) == ("PUT", "/contacts/7?page=2&archived=true", {"name": "Ève"})
    assert asked.headers["authorization"] == "Bearer t1"
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["host"] == f"127.0.0.1:{tool.port}"


@pytest.mark.parametrize("token", ["pat-••••1234", "pat-12…34", "pat\n12", "pat\x7f"])
def test_what_cannot_stand_in_a_header_is_refused_in_words_and_not_sent(tool, token):
    with pytest.raises(Rejected, match="The token holds a character that no token has"):
        client(tool).call("GET", "/me", headers={"Authorization": f"Bearer {token}"})
    assert tool.asked == []


@pytest.mark.parametrize(
    ("base", "path", "asked"), [("/hook/", "", "/hook/"), ("/hook", "", "/hook"), ("/v1/", "/contacts", "/v1/contacts")]
)
def test_an_address_is_called_as_it_was_written(tool, base, path, asked):
    Client(tool.url + base, {}, limits=Lane()).call("POST", path)
    assert tool.asked[0].path == asked


def test_a_form_is_sent_as_one(tool):
    client(tool).call("POST", "/token", form={"code": "a b&c"})
    assert tool.asked[0].body == b"code=a+b%26c"
    assert tool.asked[0].headers["content-type"] == "application/x-www-form-urlencoded"


def test_the_body_of_an_error_tells_its_request_when_no_header_does(tool):
    tool.replies = [Reply(404, b'{"request_id": "r2", "errors": []}')]
    with pytest.raises(Rejected) as caught:
        client(tool).call("GET", "/contacts/1")
    assert (caught.value.status, caught.value.request_id) == (404, "r2")


def test_the_tool_says_what_a_refusal_means(tool):
    tool.replies = [Reply(410, b'{"errors": [{"code": "contact_merged"}]}', {"Link": "</contacts/9>"})]
    seen = []

    def refused(answer):
        seen.append(answer)
        return Gone("It was merged.", moved_to="9")

    with pytest.raises(Gone, match="It was merged"):
        client(tool, refused=refused).call("GET", "/contacts/1")
    assert seen[0].headers["link"] == "</contacts/9>"
    assert seen[0].json == {"errors": [{"code": "contact_merged"}]}


def test_no_redirect_is_followed(tool):
    tool.replies = [Reply(302, b"", {"Location": tool.url + "/elsewhere"}), Reply(200)]
    with pytest.raises(Rejected, match="status 302"):
        client(tool).call("GET", "/here")
    assert [asked.path for asked in tool.asked] == ["/here"]


@pytest.mark.parametrize("trouble", [Reply(500), Reply(503, b"<html>"), Reply(408), Reply(524), Reply(breaks_off=True)])
def test_what_passes_is_asked_again_before_anybody_hears_of_it(tool, clock, trouble):
    tool.replies = [trouble, trouble, Reply(body=b'{"ok": true}')]
    assert client(tool).call("PUT", "/x", json={}).json == {"ok": True}
    assert len(tool.asked) == 3


def test_after_three_tries_it_is_for_later(tool, clock):
    tool.replies = [Reply(502)]
    before = now()
    with pytest.raises(TryLater) as caught:
        client(tool).call("GET", "/x")
    assert (len(tool.asked), caught.value.limited, caught.value.status) == (3, False, 502)
    assert 0 < now() - before <= 10


def test_who_asks_for_a_long_pause_is_not_waited_for(tool, clock):
    tool.replies = [Reply(503, headers={"Retry-After": "120"})]
    before = now()
    with pytest.raises(TryLater) as caught:
        client(tool).call("GET", "/x")
    assert (len(tool.asked), now() - before) == (1, 0)
    assert caught.value.after == pytest.approx(120)


def test_nobody_listening_is_for_later(tool, clock):
    nowhere = Client("http://127.0.0.1:1", {}, limits=Lane())
    with pytest.raises(TryLater, match="could not be reached"):
        nowhere.call("GET", "/")


def test_an_answer_without_end_is_cut_off(tool, clock):
    tool.replies = [Reply(body=b"[" + b"1," * 5000)]
    with pytest.raises(Rejected, match="more than 1,000 bytes"):
        client(tool, largest=1000).call("GET", "/x")
    assert len(tool.asked) == 1


def test_of_an_answer_that_may_be_anything_the_beginning_is_read(tool):
    tool.replies = [Reply(body=b"x" * 5000)]
    answer = client(tool, largest=1000, reads="anything").call("GET", "/x")
    assert (answer.body, answer.json) == (b"x" * 1000, None)


def test_a_page_instead_of_json_is_an_error_that_passes(tool, clock):
    tool.replies = [Reply(body=b"<html>Log in to the hotel's network</html>")]
    with pytest.raises(TryLater, match="not JSON"):
        client(tool).call("GET", "/x")


@pytest.mark.parametrize("status", [200, 400, 500])
def test_an_answer_nested_without_end_is_like_any_that_is_not_json(tool, clock, status):
    tool.replies = [Reply(status, b"[" * 60_000)] * 3
    with pytest.raises(Rejected if status == 400 else TryLater):
        client(tool).call("GET", "/x")
    tool.replies = [Reply(body=b"[" * 60_000)]
    assert client(tool, reads="anything").call("POST", "/hook").json is None


@pytest.mark.parametrize("status", [401, 403, 407])
def test_a_page_that_lets_nobody_in_is_not_believed_to_be_the_tools(tool, clock, status):
    tool.replies = [Reply(status, b"<html>Ask your administrator for access</html>"), Reply(body=b'{"ok": true}')]
    assert client(tool).call("GET", "/x").json == {"ok": True}


def test_an_answer_that_drips_is_over_when_its_time_is(tool, clock, monkeypatch):
    monkeypatch.setattr(http, "TOTAL", 0.3)
    tool.replies = [Reply(body=b'{"a": "' + b"x" * 200 + b'"}', drip=0.05)]  # never 0.3 s between two bytes
    began = time.monotonic()
    with pytest.raises(TryLater, match="in time"):
        client(tool, tries=1).call("GET", "/x")
    assert time.monotonic() - began < 5


def test_an_answer_that_does_not_come_is_over_when_its_time_is(tool, clock, monkeypatch):
    monkeypatch.setattr(http, "TOTAL", 0.2)
    over = threading.Event()
    tool.replies = [Reply(before=lambda: over.wait(20))]
    try:
        with pytest.raises(TryLater, match="in time"):
            client(tool).call("GET", "/x")
    finally:
        over.set()


def test_the_time_of_a_call_is_not_that_of_the_next(tool):
    with given(0.001):
        time.sleep(0.002)
    assert client(tool).call("GET", "/x").status == 200


def test_proxies_of_the_environment_are_not_used(tool, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert client(tool).call("GET", "/x").status == 200


def test_too_much_is_for_later_at_once_and_does_not_count(tool, clock):
    tool.replies = [Reply(429, headers={"X-RateLimit-Reset": str(int(now()) + 7)})]
    with pytest.raises(TryLater) as caught:
        client(tool).call("GET", "/x")
    assert caught.value.limited
    assert len(tool.asked) == 1


def test_threads_share_a_client(tool):
    shared, answers = client(tool), []
    threads = [threading.Thread(target=lambda: answers.append(shared.call("GET", "/x").status)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 8
