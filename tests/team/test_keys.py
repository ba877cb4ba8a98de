import re
from datetime import UTC, datetime

from django.db import connection
from django.utils import timezone

from accoil.team.keys import receiving_keys, remember_last_seen
from accoil.team.models import ApiToken, IngestKey


def test_an_ingest_key_is_32_hex_digits_and_new_each_time(world):
    first, second = (IngestKey.objects.create(product=world.web) for _ in range(2))
    assert re.fullmatch("[0-9a-f]{32}", first.key)
    assert first.key != second.key


def test_the_front_door_knows_every_key_and_whether_it_is_enabled(world):
    web = IngestKey.objects.create(product=world.web)
    off = IngestKey.objects.create(product=world.web, disabled_at=timezone.now())
    evil = IngestKey.objects.create(product=world.evil_web)
    found = {key: (row["product"], row["enabled"]) for key, row in receiving_keys().items()}
    assert found == {
        web.key: (world.web.pk, True),
        off.key: (world.web.pk, False),
        evil.key: (world.evil_web.pk, True),
    }


def test_a_token_opens_its_product(world):
    token = ApiToken.issue(world.web, "Looker")
    assert re.fullmatch("accoil_[0-9a-f]{40}", token)
    assert ApiToken.of(token).product == world.web
    assert ApiToken.of(ApiToken.issue(world.evil_web, "Looker")).product == world.evil_web


def test_a_token_is_not_kept(world):
    token = ApiToken.issue(world.web, "Looker")
    kept = ApiToken.objects.values().get()
    assert not [value for value in kept.values() if token in str(value)]
    assert (kept["name"], kept["last4"]) == ("Looker", token[-4:])


def test_a_revoked_token_opens_nothing(world):
    token = ApiToken.issue(world.web, "Looker")
    ApiToken.objects.update(revoked_at=timezone.now())
    assert ApiToken.of(token) is None


def test_what_was_never_issued_opens_nothing(world):
    digest = ApiToken.objects.create(product=world.web, name="x", digest="d" * 64, last4="dddd").digest
    assert [ApiToken.of(token) for token in ("", "accoil_", digest)] == [None, None, None]


def test_when_a_key_was_last_used_is_kept(world):
    used, unused = (IngestKey.objects.create(product=world.web) for _ in range(2))
    remember_last_seen({used.pk: 1_800_000_000.5, 999: 1.0})
    used.refresh_from_db(), unused.refresh_from_db()
    assert used.last_seen_at == datetime(2027, 1, 15, 8, 0, 0, 500_000, tzinfo=UTC)
    assert unused.last_seen_at is None


def test_origins_and_limits_reach_the_front_door(world):
    key = IngestKey.objects.create(
        product=world.web, origins="https://App.example.com\n*.example.com", calls_a_second=5, secret="quiet please"
    )
    row = receiving_keys()[key.key]
    assert row["origins"] == ("https://app.example.com", "*.example.com")
    assert (row["calls_a_second"], row["secret"]) == (5, "quiet please")
    with connection.cursor() as asking:
        asking.execute("select secret from team_ingestkey where id = %s", [key.pk])
        assert "quiet" not in asking.fetchone()[0]
