"""Settings > Keys: what lets events in is made, changed, rotated, switched off and on, deleted; and who may."""

import re
import time
from datetime import UTC, datetime

import pytest

from accoil.receive.heard import heard
from accoil.team.models import IngestKey
from tests.show.reading import main, words


@pytest.fixture
def home(world) -> str:
    return f"/p/{world.web.pk}/settings/keys"


@pytest.fixture(autouse=True)
def nothing_heard():
    """Ids of keys come again in the next test; what was heard of them in another must not."""
    heard._taken.clear()
    heard._refused.clear()


def now() -> int:
    """In ms."""
    return time.time_ns() // 1_000_000


@pytest.fixture
def first(world) -> IngestKey:
    return world.web.ingest_keys.get()


FORM = {"name": "Website", "origins": "", "calls_a_second": "", "signed": "no", "secret": ""}


def named(world, name: str) -> IngestKey:
    return world.web.ingest_keys.get(name=name)


def test_every_key_is_listed_with_what_it_allows(ann, world, home, first):
    world.web.ingest_keys.create(
        name="Website", origins="https://a.example\n*.b.example", calls_a_second=2000, secret="hush hush"
    )
    page = ann.get(home)
    assert first.key in page.content.decode()
    assert "2 keys let events in; no call has come yet." in main(page)
    assert re.search(r"Website .*pages of 2 origins only 2,000 a second at most signed", main(page))
    assert re.search(r"API key .*any sender no limit not signed", main(page))
    assert "hush hush" not in page.content.decode()


def test_when_a_key_was_last_used_and_by_what(ann, home, first):
    heard.taken(first.pk, now(), b"Segment (Actions)", is_ping=True)
    page = main(ann.get(home))
    assert "1 key lets events in; the last call came just now." in page
    assert "last test just now from Segment (Actions)" in page


def test_what_was_kept_before_a_restart_is_shown(ann, home, first):
    IngestKey.objects.filter(pk=first.pk).update(last_seen_at=datetime(2026, 3, 1, tzinfo=UTC))
    assert re.search(r"last call \d+ days ago no|last call \d+ days ago any", main(ann.get(home)))


def test_who_still_sends_with_a_key_that_is_off_is_seen(ann, home, first):
    ann.post(f"{home}/{first.pk}/switch", {"to": "off"})
    heard.refused(first.pk, now(), b"python/3", "key_disabled")
    page = main(ann.get(home))
    assert "A call was refused just now: the key is switched off. It came from python/3." in page
    heard.taken(first.pk, now(), b"python/3")
    assert "A call was refused" not in main(ann.get(home))


def test_a_key_is_made(ann, world, home):
    form = FORM | {"origins": "https://App.example.com:443, *.example.com\n", "calls_a_second": "50"}
    page = ann.post(f"{home}/new", form, follow=True)
    assert "“Website” is ready" in words(page)
    made = named(world, "Website")
    assert re.fullmatch("[0-9a-f]{32}", made.key)
    assert made.origins == "https://app.example.com\n*.example.com"
    assert (made.calls_a_second, made.secret, made.enabled) == (50, "", True)


def test_a_secret_that_is_made_is_shown_once(ann, world, home):
    page = ann.post(f"{home}/new", FORM | {"signed": "make"})
    secret = named(world, "Website").secret
    assert len(secret) >= 32
    assert secret in page.content.decode()
    assert "cannot be shown again" in main(page)
    for address in (home, f"{home}/{named(world, 'Website').pk}"):
        assert secret not in ann.get(address).content.decode()


def test_a_secret_of_the_sender_is_taken_kept_and_dropped(ann, world, home, first):
    address = f"{home}/{first.pk}"
    form = FORM | {"name": "API key"}
    assert (
        "given by Segment"
        in ann.post(address, form | {"signed": "given", "secret": "given by Segment"}).content.decode()
    )
    assert named(world, "API key").secret == "given by Segment"
    ann.post(address, form | {"signed": "keep", "calls_a_second": "7"})
    key = named(world, "API key")
    assert (key.secret, key.calls_a_second) == ("given by Segment", 7)
    ann.post(address, form | {"signed": "no"})
    assert named(world, "API key").secret == ""


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "Say who sends with it"),
        ({"name": "api KEY"}, "Another key is called “api KEY”"),
        ({"name": "x" * 101}, "Use at most 100 characters"),
        ({"origins": "app.example.com"}, "“app.example.com” is not the origin of a web page"),
        ({"origins": "*"}, "leave the list empty"),
        ({"origins": "\n".join(f"https://{n}.example.com" for n in range(51))}, "at most 50 origins"),
        ({"calls_a_second": "0"}, "at least 1, or nothing"),
        ({"calls_a_second": "-3"}, "at least 1, or nothing"),
        ({"calls_a_second": "many"}, "a whole number of calls"),
        ({"calls_a_second": "99999999"}, "at most 1,000,000"),
        ({"signed": "given"}, "Paste the secret that is set at the sender"),
        ({"signed": "given", "secret": "short"}, "at least 8 characters"),
        ({"signed": "keep"}, "there is no secret to keep"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(ann, world, home, wrong, said):
    answer = ann.post(f"{home}/new", FORM | wrong)
    assert answer.status_code == 422
    field = next(reversed(wrong))
    marked = re.search(rf'id="id_{field}-error"><svg.*?<span>(.*?)</span>', answer.content.decode(), re.DOTALL)
    assert said in (marked[1] if marked else main(answer))
    assert world.web.ingest_keys.count() == 1


def test_a_key_is_renamed_and_keeps_its_text(ann, world, home, first):
    ann.post(f"{home}/{first.pk}", FORM | {"name": "Backend"})
    assert named(world, "Backend").key == first.key


def test_a_wrong_change_leaves_everything_as_it_was(ann, world, home, first):
    answer = ann.post(f"{home}/{first.pk}", FORM | {"name": "", "calls_a_second": "5"})
    assert answer.status_code == 422
    assert "<span>API key</span>" in answer.content.decode()
    assert named(world, "API key").calls_a_second == 0


def test_a_key_is_switched_off_and_on(ann, world, home, first):
    page = ann.post(f"{home}/{first.pk}/switch", {"to": "off"}, follow=True)
    assert "“API key” is off" in words(page)
    assert "No key is on, so nothing can come in." in main(page)
    assert named(world, "API key").enabled is False
    ann.post(f"{home}/{first.pk}/switch", {"to": "on"})
    assert named(world, "API key").enabled is True


def test_switching_off_twice_keeps_the_first_time(ann, world, home, first):
    ann.post(f"{home}/{first.pk}/switch", {"to": "off"})
    since = named(world, "API key").disabled_at
    ann.post(f"{home}/{first.pk}/switch", {"to": "off"})
    assert named(world, "API key").disabled_at == since


def test_a_rotated_key_hands_over_its_name_and_goes_on(ann, world, home, first):
    world.web.ingest_keys.update(origins="https://a.example", calls_a_second=9)
    page = ann.post(f"{home}/{first.pk}/rotate", follow=True)
    assert "the one before is “API key (old)” and still works" in words(page)
    old, new = named(world, "API key (old)"), named(world, "API key")
    assert (old.pk, old.key, old.enabled) == (first.pk, first.key, True)
    assert new.key != old.key
    assert (new.origins, new.calls_a_second, new.enabled) == ("https://a.example", 9, True)
    # The settings page shows the one that is to be used from now on.
    assert new.key in ann.get(f"/p/{world.web.pk}/settings").content.decode()


def test_a_rotated_key_hands_over_its_secret(ann, world, home, first):
    first.secret = "quiet please"
    first.save()
    page = ann.post(f"{home}/{first.pk}/rotate", follow=True)
    assert named(world, "API key").secret == "quiet please"
    assert b"quiet please" not in page.content


def test_a_key_may_be_rotated_again_and_again(ann, world, home, first):
    for _ in range(3):
        ann.post(f"{home}/{named(world, 'API key').pk}/rotate")
    names = set(world.web.ingest_keys.values_list("name", flat=True))
    assert names == {"API key", "API key (old)", "API key (old 2)", "API key (old 3)"}
    listed = re.findall(r"<h2>(.*?)</h2>", ann.get(home).content.decode())
    assert listed == sorted(names)  # each after the one that took over from it


def test_a_key_that_is_off_has_nothing_to_go_on_beside(ann, world, home, first):
    ann.post(f"{home}/{first.pk}/switch", {"to": "off"})
    page = ann.post(f"{home}/{first.pk}/rotate", follow=True)
    assert "switch it on, or make a key" in words(page)
    assert world.web.ingest_keys.count() == 1


def test_only_a_key_that_is_off_can_be_deleted(ann, world, home, first):
    address = f"{home}/{first.pk}"
    assert "Delete API key" not in main(ann.get(address))
    assert "switch it off first" in words(ann.post(f"{address}/delete", follow=True))
    ann.post(f"{address}/switch", {"to": "off"})
    page = main(ann.get(address))
    assert "Senders that still have it are answered 401" in page
    assert "Delete API key" in page
    assert "“API key” is deleted." in words(ann.post(f"{address}/delete", follow=True))
    assert not world.web.ingest_keys.exists()


def test_the_key_on_the_settings_page_is_not_replaced_by_one_for_a_single_sender(ann, world, home, first):
    ann.post(f"{home}/new", FORM)
    page = ann.get(f"/p/{world.web.pk}/settings")
    assert first.key in page.content.decode()
    assert named(world, "Website").key not in page.content.decode()
    assert "2 keys are on" in main(page)


def test_a_member_sees_keys_but_changes_none(bob, world, home, first):
    page = bob.get(home)
    assert first.key in page.content.decode()
    assert "Change" not in main(page)
    assert "Switch off" not in main(page)
    for address in (f"{home}/new", f"{home}/{first.pk}"):
        assert bob.get(address).status_code == 403
        assert bob.post(address, FORM).status_code == 403
    for act in ("switch", "rotate", "delete"):
        assert bob.post(f"{home}/{first.pk}/{act}").status_code == 403
    assert list(world.web.ingest_keys.values_list("name", flat=True)) == ["API key"]


def test_a_key_of_another_team_is_not_found_under_ones_own_product(eve, world, first):
    home = f"/p/{world.evil.pk}/settings/keys/{first.pk}"
    assert eve.get(home).status_code == 404
    assert [eve.post(f"{home}{act}", FORM).status_code for act in ("", "/switch", "/rotate", "/delete")] == [404] * 4
    first.refresh_from_db()
    assert (first.name, first.enabled) == ("API key", True)


@pytest.mark.parametrize("act", ["switch", "rotate", "delete"])
def test_keys_change_only_by_post(ann, home, first, act):
    assert ann.get(f"{home}/{first.pk}/{act}").status_code == 405
