"""What one event, row and question costs: measured, with when, where and how. The only place that holds them."""

import msgspec


class Measured(msgspec.Struct, frozen=True):
    """Microseconds of one processor, bytes and seconds. How each is measured again stands in docs/reference/plan.md."""

    # `accoil serve` alone, all of it
    whole_us_event: float
    whole_us_request: float
    duckdb_us_row: float  # every number of a book, for each row of counts in its window

    # A receiver
    receive_us_event: float
    receive_us_request: float
    receive_written_event: float  # bytes that it writes to its disk
    commit_s: float  # one group of requests made durable
    post_s: float  # one insert into the mailbox

    # The one that counts, shipping among it
    work_us_event: float
    work_idle: float  # share of a processor while nothing arrives
    count_s: float  # a load of however few
    count_us_event: float
    ship_s: float
    ship_us_event: float
    work_written_event: float
    journal_event: float  # bytes in the journal, kept as long as facts
    store_row: float  # bytes of the store for a row of counts, all other tables among it
    memory_mib: float  # at rest
    memory_message: float  # bytes for a message of the open window
    store_memory_gib: float  # ACCOIL_STORE_MEMORY

    # ClickHouse
    rows_event: float  # inserted for an event that has a row of its own
    engine_us_event: float  # mailbox, shipments and merges
    merged_row: float  # rows that merges write for one that was inserted
    written_event: float  # bytes
    shipped_row: float  # bytes on the wire
    engine_row: float  # bytes of a row of counts, all other tables among it, after merges
    question_s: float  # of whatever size
    question_us_row: float  # every number of a book, for each row of counts in its window

    # The rest
    page_ms: float  # of the process that shows it
    database_commits_process: float  # a second, of PostgreSQL
    database_us_commit: float
    database_user: float  # bytes, with a year of summaries
    call_bytes: float  # an event in JSON
    request_bytes: float  # the headers of a request


DATE = "2026-11-26"
MACHINE = "2 shared processors (AMD EPYC), 23 GiB, one disk; ClickHouse's engine was chdb, on the same machine"

MEASURED = Measured(
    whole_us_event=4.0, whole_us_request=40.0, duckdb_us_row=0.15,
    receive_us_event=4.0, receive_us_request=40.0, receive_written_event=100.0, commit_s=0.004, post_s=0.02,
    work_us_event=20.0, work_idle=0.05, count_s=0.03, count_us_event=5.0, ship_s=0.05, ship_us_event=10.0,
    work_written_event=200.0, journal_event=30.0, store_row=25.4, memory_mib=300.0, memory_message=20.0,
    store_memory_gib=1.0,
    rows_event=2.0, engine_us_event=40.0, merged_row=3.0, written_event=500.0, shipped_row=90.0, engine_row=30.0,
    question_s=0.01, question_us_row=0.3,
    page_ms=30.0, database_commits_process=2.0, database_us_commit=300.0, database_user=430.0,
    call_bytes=315.0, request_bytes=220.0,
)  # fmt: skip
