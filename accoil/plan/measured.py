"""What one event, row and question costs: measured, with when and where. The only place that holds them; how each is
measured again stands in docs/reference/plan.md."""

import msgspec


class Measured(msgspec.Struct, frozen=True):
    """Times are of one processor: `_us` microseconds, `_s` and `_ms` of one go, however much it is. Sizes are bytes."""

    # `accoil serve` alone, all of it
    whole_us_event: float
    whole_us_request: float
    duckdb_us_row: float  # every number of a book made anew, for each row of counts in its window
    duckdb_us_user: float  # of one brought up to date, for each user, when its benchmark moves

    # A receiver
    receive_us_event: float
    receive_us_request: float
    commit_cpu_s: float  # requests made durable together: a block
    post_cpu_s: float  # blocks put into the mailbox
    commit_s: float  # by the clock
    post_s: float  # by the clock

    # The one that counts
    idle: float  # share of a processor while nothing arrives
    count_s: float  # a load, by the clock
    count_us_event: float
    ship_s: float  # a shipment, by the clock: most of it is ClickHouse's
    ship_us_event: float
    work_cpu_s: float  # processor of a load and its shipment
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
    engine_written_insert: float
    engine_row: float  # of counts, with all other tables, merged
    shipped_row: float  # on the wire
    question_s: float  # every number of a book of however few rows: ten questions
    question_us_row: float  # for each row of counts in its window

    # The rest
    page_ms: float  # of the process that shows it
    commits_work: float  # of PostgreSQL, a second: for the one that counts
    commits: float  # for each other process
    database_user: float  # for each profile, with a year of summaries
    call: float  # an event in JSON
    request: float  # headers

    @property
    def work_us_event(self) -> float:
        return self.count_us_event + self.ship_us_event


DATE = "2026-11-26"
MACHINE = "2 shared, busy processors (AMD EPYC), 23 GiB, one disk; ClickHouse's engine, chdb, on the same machine"

MEASURED = Measured(
    whole_us_event=4.3, whole_us_request=64, duckdb_us_row=0.39, duckdb_us_user=1.9,
    receive_us_event=2.0, receive_us_request=64, commit_cpu_s=0.00097, post_cpu_s=0.004,
    commit_s=0.009, post_s=0.02,
    idle=0.037, count_s=0.05, count_us_event=3.0, ship_s=0.3, ship_us_event=3.5, work_cpu_s=0.043, work_written=199,
    journal_event=29.0, message=60, store_row=25.4, memory_mib=460, memory_message=8,
    rows_event=1.98, engine_s_insert=0.0099, engine_us_event=10, merged=3.1, engine_written=430,
    engine_written_insert=41_300, engine_row=30, shipped_row=75, question_s=0.07, question_us_row=0.63,
    page_ms=45, commits_work=17, commits=3, database_user=430, call=315, request=300,
)  # fmt: skip
