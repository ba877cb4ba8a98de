"""Whole lists as files: CSV and Parquet, out of the API and off the pages."""

import csv
import io

import pyarrow.parquet as pq
import pytest

from accoil.segment.built_ins import with_built_ins
from accoil.show import export
from accoil.show.export.people import COLUMNS
from accoil.team.models import User
from accoil.team.roles import Role
from tests.reference_facts import Message
from tests.world import _engine


def body(answer) -> bytes:
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def hang_up(answer) -> None:
    """What Django does when the reader goes away, without what it does to the test's database connection."""
    for close in answer._resource_closers:
        close()


def rows_of_csv(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body(answer).decode("utf-8-sig"))))


def rows_of_parquet(answer) -> list[dict]:
    return pq.read_table(io.BytesIO(body(answer))).to_pylist()


def path_of(ask, kind: str, suffix: str, **asked) -> str:
    return ask.asked(f"/api/v2/{kind}.{suffix}", workspace_id=ask.profile.pk, **asked)


@pytest.mark.parametrize(("kind", "one"), [("accounts", "account"), ("users", "user")])
def test_a_file_holds_the_same_figures_as_the_list(ask, kind, one):
    listed = ask.workspace(f"/api/v2/{kind}")["data"]
    table = rows_of_parquet(path_of(ask, kind, "parquet"))
    lines = rows_of_csv(path_of(ask, kind, "csv"))
    assert list(table[0]) == list(lines[0]) == COLUMNS[one]
    assert [row["tracking_id"] for row in table] == [row["tracking_id"] for row in listed]
    for told, row, line in zip(listed, table, lines, strict=True):
        alone = ask.get(told["_links"]["self"])
        for field, told_as in (("score", "score"), ("raw", "raw_score"), ("adoption", "adoption_rate"),
                               ("lifetime_adoption", "lifetime_adoption_rate"), ("tenure", "tenure")):  # fmt: skip
            assert row[field] == alone["metrics"][told_as]
            assert float(line[field]) == alone["metrics"][told_as]
        assert str(row["last_active"]) == line["last_active"] == alone["metrics"]["last_active"]
        assert row["last_seen"].isoformat()[:19] == line["last_seen"][:19] == told["metrics"]["last_seen"][:19]
        assert str(row["created_on"]) == line["created_on"] == alone["created_at"][:10]


def test_a_file_is_searched_sorted_and_shows_the_columns_asked_for(ask):
    found = rows_of_csv(path_of(ask, "users", "csv", sort="name", columns="name,score"))
    assert found == [
        {"name": "Ann", "score": "86"}, {"name": "bob", "score": "13"}, {"name": "cyd@globex.example", "score": "34"},
    ]  # fmt: skip
    assert [row["name"] for row in rows_of_csv(path_of(ask, "users", "csv", search="cyd"))] == ["cyd@globex.example"]
    nobody = body(path_of(ask, "users", "csv", search="nobody at all", columns="name,score"))
    assert nobody.decode().strip() == '"name","score"'
    assert rows_of_parquet(path_of(ask, "users", "parquet", search="nobody at all")) == []
    wrong = ask.get("/api/v2/users.csv", 400, workspace_id=ask.profile.pk, columns="shoe_size")
    assert wrong["error"]["code"] == "invalid_columns"


def test_a_file_is_the_whole_list_whatever_page_was_asked_for(ask):
    assert len(rows_of_csv(path_of(ask, "users", "csv", limit=1, offset=1))) == 3
    assert sum(int(row["count"]) for row in rows_of_csv(ask.asked("/api/v2/counts.csv", limit=1))) == 20


def test_a_client_may_prefer_a_file_in_its_accept_header(ask):
    for accept, reads in (("text/csv", rows_of_csv), ("application/vnd.apache.parquet", rows_of_parquet)):
        answer = ask.asked("/api/v2/users", accept=accept, workspace_id=ask.profile.pk)
        assert answer["Content-Type"].startswith(accept)
        assert "Accept" in answer["Vary"]
        assert [row["tracking_id"] for row in reads(answer)] == ["ann", "cyd", "bob"]
    assert ask.asked("/api/v2/users", accept="*/*", workspace_id=ask.profile.pk).json()["data"]


def test_counts_as_a_file_are_the_counts_of_the_api(ask):
    told = ask.get("/api/v2/counts", group_by="account,day", **{"from": "2020-01-01"})["data"]
    table = rows_of_parquet(ask.asked("/api/v2/counts.parquet", group_by="account,day"))
    assert [{**row, "day": str(row["day"])} for row in table] == told
    assert rows_of_parquet(ask.asked("/api/v2/counts.parquet", group_by="")) == [{"count": 20}]


def test_no_text_of_a_tracked_person_is_taken_for_a_formula(ask):
    evil = ["=HYPERLINK(1)", "+1", "-1", "@x", "\tx", "fine", "='quoted', \"and\nbroken\""]
    _engine().receive(
        ask.product.pk,
        [Message("identify", f"e{n}", 1_700_000_000_000, f"evil{n}", None, None, {"name": name})
         for n, name in enumerate(evil)],
    )  # fmt: skip
    names = {row["tracking_id"]: row["name"] for row in rows_of_csv(path_of(ask, "users", "csv"))}
    exact = {row["tracking_id"]: row["name"] for row in rows_of_parquet(path_of(ask, "users", "parquet"))}
    for n, name in enumerate(evil):
        shown = name if name == "fine" else f"'{name}"
        assert (names[f"evil{n}"], exact[f"evil{n}"]) == (shown, name)


def test_only_so_many_exports_are_on_their_way_at_once(ask):
    begun = [path_of(ask, "users", "csv") for _ in range(export.MOST_AT_ONCE)]
    answer = ask.asked("/api/v2/users.csv", workspace_id=ask.profile.pk)
    assert (answer.status_code, answer.json()["error"]["code"], answer["Retry-After"]) == (429, "busy", "5")
    hang_up(begun[0])
    assert len(rows_of_csv(path_of(ask, "users", "csv"))) == 3
    for each in begun[1:]:
        assert rows_of_csv(each)
    assert len(rows_of_csv(path_of(ask, "users", "csv"))) == 3


def test_a_page_offers_its_list_as_it_is_searched_and_sorted(ask, client):
    ann = User.objects.create(email="owner@example.com")
    ask.product.team.members.create(user=ann, role=Role.OWNER)
    client.force_login(ann)
    page = f"/p/{ask.product.pk}/users"
    shown = client.get(page, {"search": "e", "sort": "name"}).content.decode()
    assert f'href="{page}.csv?search=e&amp;sort=name" download' in shown
    lines = rows_of_csv(client.get(f"{page}.csv", {"search": "cyd", "sort": "name"}))
    assert [row["tracking_id"] for row in lines] == ["cyd"]
    assert list(lines[0]) == ["tracking_id", "name", "score", "change", "account_name", "frequency", "adoption",
                              "last_active"]  # fmt: skip
    assert rows_of_parquet(client.get(f"/p/{ask.product.pk}/accounts.parquet"))[0]["name"] == "Acme"
    assert "views/events.csv" in client.get(f"/p/{ask.product.pk}/views/events").content.decode()
    events = rows_of_csv(client.get(f"/p/{ask.product.pk}/views/events.csv", {"who": "users", "search": "never"}))
    assert [(row["name"], row["did"], row["times"]) for row in events] == [("Never_Scored", "1", "7")]
    assert rows_of_csv(client.get(f"/p/{ask.product.pk}/views/features.csv")) == []
    every = next(each for each in with_built_ins(ask.profile) if each.name == "Most Engaged" and each.scope == "user")
    segment = f"/p/{ask.product.pk}/segments/{every.pk}"
    assert f'href="{segment}.csv" download' in client.get(segment).content.decode()
    assert [row["name"] for row in rows_of_csv(client.get(f"{segment}.csv"))] == ["Ann"]
    assert client.get(f"{page}.exe").status_code == 404
