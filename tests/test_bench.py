"""The bench: that what it measures is what it says, and the shape of its reports. Never how fast anything is."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice

import msgspec
import pytest

from accoil.bench import bare, budgets, every_page, inbox, ingest, kept, messages, pages, score, servers
from accoil.bench.book import STORE, build
from accoil.bench.figures import percentile
from accoil.bench.generator import Order, is_whole
from accoil.bench.invented import Size
from accoil.bench.loading import Shape
from accoil.bench.messages import Recipe
from accoil.refused import Refused
from accoil.show import urls
from accoil.show.permissions import hows
from accoil.store.duckdb import DuckDB

KEY = "0" * 32
SMALL = Size(users=400, days=50)


def recipe(per: int) -> Recipe:
    return Recipe(KEY, 1, per, prepared=3)


def bodies(per: int, number: int) -> list[bytes]:
    found = []
    for request in islice(messages.requests(recipe(per)), number):
        head, _, body = request.partition(b"\r\n\r\n")
        assert f"Content-Length: {len(body)}\r\n".encode() in head
        found.append(body)
    return found


def test_no_two_messages_share_an_id_even_when_requests_come_round_again():
    batches = [json.loads(body)["batch"] for body in bodies(100, 8)]
    ones = [json.loads(body) for body in bodies(1, 8)]
    ids = [call["messageId"] for batch in [*batches, ones] for call in batch]
    assert len(ids) == len(set(ids)) == 8 * 100 + 8


def test_events_are_of_usual_size_and_lie_in_the_last_days():
    body = bodies(100, 1)[0]
    assert 250 < len(body) / 100 < 350
    for call in json.loads(body)["batch"]:
        age = datetime.now(UTC) - datetime.fromisoformat(call["timestamp"])
        assert 0 <= age.days <= messages.DAYS


def test_the_baseline_decodes_what_the_load_sends():
    batch = msgspec.json.decode(bodies(100, 1)[0], type=bare.Batch)
    assert len(batch.batch) == 100
    assert msgspec.json.decode(batch.batch[0].properties).keys() == {"source", "items", "trial"}


@pytest.mark.parametrize("cut", range(1, 60))
def test_an_answer_is_whole_only_with_its_last_byte(cut):
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n" + b'{"success":true}'
    assert is_whole(answer[:cut]) is (cut >= len(answer))


@pytest.mark.parametrize(("share", "expected"), [(0.5, 5), (0.9, 9), (0.99, 10), (1, 10), (0, 1)])
def test_a_percentile_is_a_sample_that_happened(share, expected):
    assert percentile([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], share) == expected


@pytest.mark.parametrize(
    ("name", "figure", "met", "aim_met"),
    [("batches", 0.19, False, False), ("batches", 0.2, True, False), ("batches", 0.4, True, True),
     ("memory", 1025, False, False), ("memory", 1024, True, False), ("memory", 400, True, True)],
)  # fmt: skip
def test_a_figure_stands_beside_its_budget(name, figure, met, aim_met):
    (told,) = budgets.judge(budgets.INGEST, {name: figure, "idle": None})
    assert (told["figure"], told["met"], told["aim_met"]) == (figure, met, aim_met)


def test_a_load_of_so_many_requests_acknowledges_exactly_those():
    with servers.Generator() as generator, servers.baseline("blank") as blank, servers.baseline("bare") as server:
        for running in (blank, server):
            told = generator.load(Order(running.port, recipe(100), connections=3, most=20, warm_up=0))
            assert (told.acknowledged, told.refused, told.broken) == (2000, 0, 0)


def test_a_paced_load_asks_no_faster_than_told():
    with servers.Generator() as generator, servers.baseline("blank") as blank:
        order = Order(blank.port, recipe(1), connections=4, seconds=0.4, warm_up=0, rate=50)
        told = generator.load(order)
    assert 1 <= told.acknowledged <= 0.4 * 50 + 4


@pytest.fixture
def busy_server() -> Iterator[int]:
    """The port of a server that never accepts anything."""

    class Busy(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(503)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Busy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def test_what_is_refused_is_not_acknowledged(busy_server):
    with servers.Generator() as generator:
        told = generator.load(Order(busy_server, recipe(1), connections=2, most=7, warm_up=0))
    assert (told.acknowledged, told.refused, told.events_per_second) == (0, 7, 0)


def test_the_ingest_report_is_exact_about_what_was_counted(monkeypatch):
    monkeypatch.setattr(ingest, "IDLE_SECONDS", 0.1)
    shapes = (Shape("batches", 100, connections=4, prepared=20), Shape("singles", 1, connections=4, prepared=20))
    report = ingest.measure(seconds=0.5, rounds=1, events=500, shapes=shapes)
    counted = report["counted"]
    assert counted["exact"] is True
    assert counted["acknowledged"] == counted["counted"] > 500
    assert counted["refused_requests"] == counted["broken_connections"] == 0
    for shape in ("batches", "singles"):
        assert report[shape]["accoil"].keys() == report[shape]["bare"].keys() == report[shape]["half_rate"].keys()
        assert report[shape]["ratio"] > 0
        assert report["after_load"][shape]["change"] > 0
    assert report["load"]["events"] == 500
    assert report["generator_ceiling"].keys() == {"batches_events_per_second", "singles_events_per_second"}
    assert {told["what"] for told in report["budgets"]} <= {budget.what for budget in budgets.INGEST.values()}
    assert json.loads(json.dumps(report)) == report


@pytest.fixture(scope="module")
def kept_books(tmp_path_factory):
    return tmp_path_factory.mktemp("books")


def test_an_invented_book_adds_up(tmp_path):
    build(tmp_path / "book", Size(users=400, days=50))
    store = DuckDB(tmp_path / "book" / STORE)
    try:
        assert store.rows("select sum(n) as n from counts") == store.rows("select sum(n) as n from ever")
        assert store.rows("select count(distinct day) as days, count(distinct event_id) as events from counts") == [
            {"days": 50, "events": 24}
        ]
        assert store.rows("select count(*) as n from name where kind < 3") == [{"n": 420}]
        assert store.rows("select block from loaded") == [{"block": 0}]  # so that a server's journal comes after it
        wrong = """select count(*) as n
                   from counts c
                   left join span s on s.user_id = c.user_id and c.day >= s.from_day and c.day < s.until_day
                   where c.account_id <> case when c.given_id <> 0 then c.given_id else s.account_id end"""
        assert store.rows(wrong) == [{"n": 0}]
    finally:
        store.close()


def test_the_score_report_has_a_figure_for_every_budget(kept_books):
    report = score.measure(score.Wanted(SMALL, repeat=1), kept_books)
    assert [told["what"] for told in report["budgets"]] == [budget.what for budget in budgets.SCORE.values()]
    assert all(told["figure"] > 0 for told in report["budgets"])
    assert report["book"]["users"] == 400
    assert report["book"]["counts"] > report["book"]["counts_in_window"] > 0
    assert {"book.parts", "book.users", "book.accounts"} <= report["everything"]["parts"].keys()


def test_a_longer_and_wider_book_is_measured_beside_it_with_plans(kept_books, capsys):
    report = score.measure(score.Wanted(SMALL, repeat=1, times_history=2, times_users=2, plans=True), kept_books)
    grown = report["grown"]
    assert (grown["figures"]["book"]["users"], grown["figures"]["book"]["days"]) == (800, 100)
    assert {"bare", "everything.seconds", "summaries.seconds", "accounts_page.p95_ms"} <= grown["growth"].keys()
    told = capsys.readouterr().err
    assert "-- book.parts\n" in told
    assert "Total Time" in told


FEW_MOVES = """
import sys
from accoil.bench import what_if
from accoil.cli import main
what_if.MOVES, what_if.FIRST = 2, 1
main(["bench", "whatif", "--users", "400", "--days", "50", "--keep", sys.argv[1]])
"""


def test_each_kind_of_change_is_measured_first_and_while_a_slider_moves(kept_books):
    # In a process of its own: servers of other tests would put away what is kept between two moves.
    ran = subprocess.run([sys.executable, "-c", FEW_MOVES, str(kept_books)], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    report = json.loads(ran.stdout)
    assert [told["what"] for told in report["budgets"]] == [
        budgets.WHAT_IF[name].what for name in ("first", "following", "weight_first", "weight")
    ]
    assert {"weight", "window", "filter", "daily cap", "activation"} <= report["changes"].keys()
    assert all(change["first_seconds"] > 0 < change["following_seconds"] for change in report["changes"].values())
    moves = report["changes"]["weight"]["parts_following"]
    assert {"book.users", "what_if.movers"} <= moves.keys()
    assert not {"book.parts", "book.pairs"} & moves.keys()  # the book itself is not made again


def test_every_page_of_a_kept_book_is_asked_over_http(kept_books):
    report = pages.measure(SMALL, kept_books, asked=2)
    assert [told["what"] for told in report["budgets"]] == [budget.what for budget in budgets.PAGES.values()]
    assert all(told["figure"] > 0 for told in report["budgets"])
    assert report["pages"].keys() == report["while_events_arrive"].keys()
    assert report["every_page"].keys() == every_page.PAGES.keys()
    assert all(told["bytes"] > 0 < told["gzip_bytes"] for told in report["every_page"].values())
    assert json.loads(json.dumps(report)) == report


@pytest.mark.parametrize(("seconds", "asked"), [(0.0, pages.LOOKED_AT), (0.2, 8)])
def test_a_page_that_is_early_every_time_is_asked_a_few_times_only(seconds, asked):
    """The first answer, which may take longer, says nothing about the others."""
    waits = iter([0.3, *[seconds] * 8])
    told = pages._ask_until_sure(8, time.sleep, waits)
    assert told["asked"] == asked
    assert told["first_ms"] >= 300
    assert told["p95_ms"] == told["longest_ms"] >= seconds * 1000


def test_every_page_is_every_page_of_a_product():
    # Not: what is a file, is there after something was done, asks the connected tool, or is answered to scripts alone.
    left_out = {"batch", "connection-check", "connection-mode", "edit-feed", "feed", "import-errors", "receipt"}
    left_out |= {"held-account", "held-user", "feed-preview", "feed-letter"}
    left_out |= {"connection-fields", "connection-segment-lists", "dashboard-why"}
    pages = {name for name in (each.name for each in urls.product) if name and "see" in hows(name)}
    assert every_page.PAGES.keys() == {name for name in pages if not name.endswith("-file")} - left_out


def test_conversations_are_opened_over_http_and_numbers_come_back(kept_books):
    report = inbox.measure(SMALL, kept_books, teammates=20, rounds=2)
    assert [told["what"] for told in report["budgets"]] == [budget.what for budget in budgets.INBOX.values()]
    assert all(told["figure"] > 0 for told in report["budgets"])
    assert report["quiet"].keys() == report["while_events_arrive"].keys()
    assert json.loads(json.dumps(report)) == report


def test_an_open_that_brings_no_numbers_is_no_figure():
    with pytest.raises(Refused, match="no numbers came"):
        inbox.check(b"HTTP/1.1 401 Unauthorized")


def test_a_kept_book_is_found_again_and_standard_output_is_json_alone(kept_books):
    kept.built(kept_books, SMALL)
    words = ("bench", "score", "--users", "400", "--days", "50", "--repeat", "1", "--keep", str(kept_books))
    done = subprocess.run([sys.executable, "-m", "accoil", *words], capture_output=True, text=True, cwd=".")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["bench"] == "score"
    assert "building" not in done.stderr


def test_to_build_only_a_folder_must_be_told():
    done = subprocess.run(
        [sys.executable, "-m", "accoil", "bench", "score", "--build-only"], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "--keep DIR" in done.stderr
