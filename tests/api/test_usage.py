"""Who takes up which event and feature."""

import csv
import io
from datetime import timedelta

from accoil.score.features import edit, read_all
from tests.api.conftest import TODAY

DAY = TODAY.date()


def test_events_tell_who_took_them_up(ask):
    told = ask.workspace("/api/v2/events", scope="user")
    assert (told["from"], told["to"], told["scope"]) == (str(DAY - timedelta(days=29)), str(DAY), "user")
    rows = {row["event"]: row for row in told["data"]}
    assert set(rows) == {"Report_Created", "Dashboard_Viewed", "Never_Scored"}
    dashboard = rows["Dashboard_Viewed"]
    assert (dashboard["did"], dashboard["active"], dashboard["times"], dashboard["scored"]) == (2, 3, 8, True)
    assert dashboard["adoption"] == 2 / 3
    assert rows["Never_Scored"]["scored"] is False
    of_a_day = ask.workspace("/api/v2/events", scope="user", **{"from": DAY, "to": DAY}, sort="event")
    assert [(row["event"], row["did"]) for row in of_a_day["data"]] == [
        ("Dashboard_Viewed", 0), ("Never_Scored", 0), ("Report_Created", 1),
    ]  # fmt: skip


def test_only_those_of_a_segment_are_looked_at(ask):
    segments = ask.workspace("/api/v2/segments", scope="user", limit=100)["data"]
    most = next(row for row in segments if row["name"] == "Most Engaged")
    rows = ask.workspace("/api/v2/events", scope="user", segment_id=most["id"], sort="-did")["data"]
    assert {row["event"]: row["did"] for row in rows} == {
        "Dashboard_Viewed": 1, "Report_Created": 1, "Never_Scored": 0,
    }  # fmt: skip
    assert ask.workspace("/api/v2/events", 404, scope="account", segment_id=most["id"])


def test_features_are_sets_of_events(ask):
    edit(ask.product, lambda _: read_all([{"name": "Reports", "events": ["Report_Created", "Never_Scored"]}]))
    (reports,) = ask.workspace("/api/v2/features", scope="user")["data"]
    assert (reports["feature"], reports["events"]) == ("Reports", ["Report_Created", "Never_Scored"])
    assert (reports["did"], reports["times"]) == (3, 12)


def test_they_come_in_pages_and_as_files(ask):
    page = ask.workspace("/api/v2/events", limit=1, offset=1, sort="event")
    assert ([row["event"] for row in page["data"]], page["pagination"]["total"]) == (["Never_Scored"], 3)
    answer = ask.asked("/api/v2/events.csv", workspace_id=ask.profile.pk, sort="-times", columns="event,times")
    lines = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert lines == [
        {"event": "Dashboard_Viewed", "times": "8"},
        {"event": "Never_Scored", "times": "7"},
        {"event": "Report_Created", "times": "4"},
    ]
    nothing = ask.asked("/api/v2/features.csv", workspace_id=ask.profile.pk, columns="feature,did")
    assert b"".join(nothing.streaming_content).decode().strip() == '"feature","did"'
    assert ask.workspace("/api/v2/events", 400, sort="shoe_size")["error"]["code"] == "invalid_sort"
