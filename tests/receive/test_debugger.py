"""The debugger at the front door: it keeps the last calls of each product, however they come, and no more."""

from accoil.receive.calls import Call, Context, Library, Rejected
from accoil.receive.debugger import MOST, MOST_BYTES, Debugger
from accoil.receive.keys import Key
from accoil.receive.sources import MOST_LIBRARIES, MOST_REASONS, QUARTER, program

KEY = Key(7, 1)
NOON = 1_800_000_000_000 // QUARTER * QUARTER


def track(number: int = 0, library: str | None = None) -> Call:
    context = Context(library=Library(library)) if library else None
    return Call(type="track", messageId=f"m{number}", userId="u", event="E", context=context)


def saw(debugger: Debugger, calls: list[Call], rejected: list[Rejected] | None = None, **more) -> None:
    debugger.saw(more.pop("key", KEY), "/v1/batch", more.pop("at", NOON), calls, rejected or [], "curl/8.5", **more)


def test_the_newest_visit_comes_first():
    debugger = Debugger()
    for number in range(3):
        saw(debugger, [track(number)])
    assert [visit.calls[0].messageId for visit in debugger.visits(1)] == ["m2", "m1", "m0"]


def test_the_last_thousand_single_calls_are_kept():
    debugger = Debugger()
    for number in range(MOST + 500):
        saw(debugger, [track(number)])
    kept = debugger.visits(1)
    assert len(kept) == MOST
    assert kept[-1].calls[0].messageId == "m500"
    assert debugger.number(1) == MOST + 500


def test_of_the_largest_request_a_thousand_calls_are_kept():
    debugger = Debugger()
    saw(debugger, [track(number) for number in range(10_000)])
    saw(debugger, [track(number) for number in range(10_000)])
    (kept,) = debugger.visits(1)
    assert len(kept.calls) == MOST
    assert kept.calls[-1].messageId == "m9999"


def test_there_are_always_a_thousand_while_there_were_as_many():
    debugger = Debugger()
    for _ in range(100):
        saw(debugger, [track(number) for number in range(70)])
    kept = sum(visit.lines for visit in debugger.visits(1))
    assert MOST <= kept < MOST + 70


def test_large_bodies_leave_earlier():
    debugger = Debugger()
    for _ in range(100):
        saw(debugger, [track()], size=1_000_000)
    assert sum(visit.size for visit in debugger.visits(1)) <= MOST_BYTES
    saw(debugger, [track()], size=20_000_000)
    assert [visit.size for visit in debugger.visits(1)] == [20_000_000]


def test_each_product_has_its_own_last_calls():
    debugger = Debugger()
    saw(debugger, [track(1)], key=Key(7, 1))
    saw(debugger, [track(2)], key=Key(8, 2))
    assert [visit.calls[0].messageId for visit in debugger.visits(2)] == ["m2"]
    assert debugger.visits(3) == []


def test_a_refusal_belongs_to_the_product_of_its_key_or_to_nobody():
    debugger = Debugger()
    debugger.refused(KEY, "/v1/batch", NOON, 413, "payload_too_large", "Too large.", "curl/8.5")
    debugger.refused(None, "/v1/batch", NOON, 401, "invalid_write_key", "No product has it.", "curl/8.5")
    assert [(visit.status, visit.lines) for visit in debugger.visits(1)] == [(413, 1)]
    assert debugger.sources.strangers == 1


def test_what_came_is_counted_by_key_library_and_quarter_of_an_hour():
    debugger = Debugger()
    saw(debugger, [track(library="analytics-node")] * 3, [Rejected(3, "invalid_event", "Why.")])
    saw(debugger, [track(library="analytics-node")], at=NOON + QUARTER)
    saw(debugger, [track()])
    debugger.refused(KEY, "/v1/batch", NOON + 5, 503, "unavailable", "Too much.", "curl/8.5")
    told = {
        (each.library, each.quarter): (each.accepted, each.refused, each.reasons) for each in debugger.sources.take()
    }
    quarter = NOON // QUARTER
    assert told == {
        ("analytics-node", quarter): (3, 0, {"Why.": 1}),
        ("analytics-node", quarter + 1): (1, 0, {}),
        ("curl", quarter): (1, 1, {"503 unavailable": 1}),
    }


def test_what_was_taken_is_not_taken_again():
    debugger = Debugger()
    saw(debugger, [track()], [Rejected(1, "invalid_event", "Why.")])
    assert [each.accepted for each in debugger.sources.take()] == [1]
    assert debugger.sources.take() == []
    saw(debugger, [track()])
    saw(debugger, [track()], at=NOON + QUARTER)
    assert sorted((each.quarter, each.accepted, each.reasons) for each in debugger.sources.take()) == [
        (NOON // QUARTER, 1, {}),
        (NOON // QUARTER + 1, 1, {}),
    ]
    assert debugger.sources.take() == []


def test_a_thousand_names_for_a_library_are_only_so_many():
    debugger = Debugger()
    for number in range(1_000):
        saw(debugger, [track(library=f"library {number}" + "x" * 500)], [Rejected(0, "invalid_event", f"{number}")])
    told = debugger.sources.take()
    assert len(told) == MOST_LIBRARIES + 1
    assert sum(each.accepted for each in told) == 1_000
    assert max(len(each.library) for each in told) == 60
    assert max(len(each.reasons) for each in told) <= MOST_REASONS + 1


def test_a_program_is_named_by_its_user_agent():
    assert program("python-requests/2.32.3") == "python-requests"
    assert program("Mozilla/5.0 (X11; Linux x86_64)") == "a browser"
    assert program("") == "unnamed"
