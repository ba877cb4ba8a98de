"""What one event, row and question costs: measured, with when and where. The only place that holds them; how each is
measured again stands in docs/reference/plan.md."""

import msgspec


class Measured(msgspec.Struct, frozen=True):
    """Times are of one processor: `_us` microseconds, `_s` and `_ms` of one go, however much it is. Sizes are bytes."""

    # `accoil serve` alone, all of it
    whole_us_event: float
    whole_us_request: float
    duckdb_us_row: float  # every number of a book, for each row of counts in its window

    # A receiver
    receive_us_event: float
    receive_us_request: float
    receive_written: float  # to its disk, for an event
    commit_s: float  # some requests made durable
    post_s: float  # some blocks put into the mailbox

    # The one that counts
    idle: float  # share of a processor while nothing arrives
    count_s: float
    count_us_event: float
    ship_s: float
    ship_us_event: float
    work_written: float
    journal_event: float  # kept as long as facts
    message: float  # of the open window, in the store
    store_row: float  # of counts, with all other tables
    memory_mib: float
    memory_message: float  # of the open window

    # ClickHouse
    rows_event: float  # sent for an event that has a row of its own
    engine_s_insert: float
    engine_us_event: float  # merges among it
    merged: float  # rows that merges write for one that was sent
    engine_written: float  # for an event
    engine_row: float  # of counts, with all other tables, merged
    shipped_row: float  # on the wire
    question_s: float  # of however few rows
    question_us_row: float  # every number of a book, for each row of counts in its window

    # The rest
    page_ms: float  # of the process that shows it
    commits: float  # of PostgreSQL, a second, for each process
    database_user: float  # for each profile, with a year of summaries
    call: float  # an event in JSON
    request: float  # headers

    @property
    def work_us_event(self) -> float:
        return self.count_us_event + self.ship_us_event


DATE = "2026-11-26"
MACHINE = "2 shared, busy processors (AMD EPYC), 23 GiB, one disk; ClickHouse's engine, chdb, on the same machine"

MEASURED = Measured(
    whole_us_event=4.0, whole_us_request=40.0, duckdb_us_row=0.15,
    receive_us_event=2.0, receive_us_request=40.0, receive_written=112.0, commit_s=0.004, post_s=0.003,
    idle=0.03, count_s=0.026, count_us_event=3.0, ship_s=0.047, ship_us_event=3.0, work_written=190.0,
    journal_event=27.8, message=85.0, store_row=25.4, memory_mib=320.0, memory_message=8.0,
    rows_event=2.0, engine_s_insert=0.01, engine_us_event=5.0, merged=3.6, engine_written=390.0, engine_row=21.0,
    shipped_row=90.0, question_s=0.01, question_us_row=0.3,
    page_ms=30.0, commits=6.0, database_user=430.0, call=315.0, request=300.0,
)  # fmt: skip
