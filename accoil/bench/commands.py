"""`accoil bench …`: measures this machine. What measures is imported when it is asked for."""

from pathlib import Path
from typing import Annotated

import typer

from accoil.options import Data
from accoil.refused import Refused

app = typer.Typer(help="Measure this machine; prints JSON with ratios.", no_args_is_help=True)

Users = Annotated[int, typer.Option(min=100, metavar="N", help="How many users the book has.")]
Days = Annotated[int, typer.Option(min=1, metavar="N", help="How many days of history.")]
Keep = Annotated[Path | None, typer.Option(metavar="DIR", help="Build the book here, and find it here the next time.")]
Plans = Annotated[bool, typer.Option("--plans", help="Print how the engine answers each question (standard error).")]
ClickHouse = Annotated[
    str | None,
    typer.Option(
        "--clickhouse", metavar="URL", help="Ask this ClickHouse server the same, and tell both beside each other."
    ),
]
Times = Annotated[int, typer.Option(min=1, metavar="N", help="Measure a book so many times as large as well.")]


@app.command("ingest")
def bench_ingest(
    seconds: Annotated[float, typer.Option(min=0.1, metavar="S", help="Length of each load.")] = 4,
    rounds: Annotated[int, typer.Option(min=1, metavar="N", help="How often each server has its turn.")] = 3,
    events: Annotated[
        int, typer.Option(min=0, metavar="N", help="Load so many events, then measure the rates again.")
    ] = 0,
    data: Data = None,
) -> None:
    """Events and requests a second. Against a bare server that only decodes the same bytes; in a temporary folder."""
    from accoil.bench.ingest import run

    run(seconds, rounds, events)


@app.command("score")
def bench_score(
    users: Users = 200_000,
    days: Days = 395,
    repeat: Annotated[int, typer.Option(min=1, metavar="N", help="How often each question is asked.")] = 7,
    keep: Keep = None,
    times_history: Times = 1,
    times_users: Times = 1,
    plans: Plans = False,
    build_only: Annotated[
        bool, typer.Option("--build-only", help="Build the book in --keep, and measure nothing.")
    ] = False,
    clickhouse: ClickHouse = None,
    data: Data = None,
) -> None:
    """Every number of a large book. Against the bare sum in the same engine; in a temporary folder."""
    from accoil.bench.invented import Size
    from accoil.bench.score import Wanted, run

    if build_only and keep is None:
        raise Refused("--build-only needs --keep DIR: without it the book would be gone at once.")
    run(Wanted(Size(users, days), repeat, times_history, times_users, plans), keep, build_only, clickhouse)


@app.command("whatif")
def bench_what_if(
    users: Users = 200_000,
    days: Days = 395,
    keep: Keep = None,
    plans: Plans = False,
    clickhouse: ClickHouse = None,
    data: Data = None,
) -> None:
    """What a draft would change, over a large book. Each kind of change, first and while a slider moves."""
    from accoil.bench.invented import Size
    from accoil.bench.what_if import run

    run(Size(users, days), keep, plans, clickhouse)


@app.command("inbox")
def bench_inbox(users: Users = 200_000, days: Days = 395, keep: Keep = None, data: Data = None) -> None:
    """The inbox widget of a large book, 200 conversations opened at once. Quiet, and while events arrive."""
    from accoil.bench.inbox import run
    from accoil.bench.invented import Size

    run(Size(users, days), keep)


@app.command("pages")
def bench_pages(users: Users = 200_000, days: Days = 395, keep: Keep = None, data: Data = None) -> None:
    """Pages of a large book, over HTTP. Quiet, and while events arrive."""
    from accoil.bench.invented import Size
    from accoil.bench.pages import run

    run(Size(users, days), keep)


@app.command("several")
def bench_several(
    database: Annotated[str, typer.Option("--database", metavar="URL", help="A PostgreSQL; a database is made in it.")],
    clickhouse: Annotated[str, typer.Option("--clickhouse", metavar="URL", help="A ClickHouse; likewise.")],
    receivers: Annotated[int, typer.Option(min=1, metavar="N", help="How many receive.")] = 1,
    rate: Annotated[float, typer.Option(min=1, metavar="N", help="Events a second in all.")] = 2_000,
    per: Annotated[int, typer.Option(min=1, metavar="N", help="Events in a request.")] = 100,
    seconds: Annotated[float, typer.Option(min=1, metavar="S", help="Length of the load.")] = 20,
    data: Data = None,
) -> None:
    """One server in several processes. What each of them, ClickHouse and PostgreSQL take of a load."""
    from accoil.bench.several import Wanted, run

    run(Wanted(database, clickhouse, receivers, rate, per, seconds))
