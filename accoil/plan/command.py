"""`accoil plan`."""

import json
import math
import re
from pathlib import Path
from typing import Annotated

import typer

from accoil.options import Data, read_text
from accoil.refused import Refused


def _option(name: str, words: str, least: float = 1) -> typer.models.OptionInfo:
    told: typer.models.OptionInfo = typer.Option(name, metavar="N", min=least, help=words)
    return told


def plan(
    events: Annotated[float, _option("--events", "Events a day.")] = 1e6,
    users: Annotated[int, _option("--users", "Users.")] = 200_000,
    products: Annotated[int, _option("--products", "Products they are divided among.")] = 1,
    months: Annotated[float, _option("--months", "How long facts are kept.", 0.1)] = 13,
    peak: Annotated[float, _option("--peak", "The busiest second is so many times the mean one.")] = 5,
    per: Annotated[int, _option("--per", "Events in a request.")] = 10,
    alike: Annotated[float, _option("--alike", "Events of one user, day and name: they are one row.")] = 5,
    look: Annotated[int, _option("--look", "People who look at pages in the busiest hour.", 0)] = 20,
    replicas: Annotated[int, _option("--replicas", "Copies of everything in ClickHouse.")] = 2,
    cores: Annotated[int, _option("--cores", "Processors of a machine.")] = 8,
    memory: Annotated[int, _option("--memory", "GiB of memory.")] = 32,
    disk: Annotated[int, _option("--disk", "GiB of disk.")] = 1_000,
    machines: Annotated[
        str | None, typer.Option("--machines", metavar="N,N", help="Tell instead the most that so many carry.")
    ] = None,
    core_price: Annotated[float, _option("--core-price", "Of a processor, a month.", 0)] = 10,
    memory_price: Annotated[float, _option("--memory-price", "Of a GiB of memory, a month.", 0)] = 2.5,
    disk_price: Annotated[float, _option("--disk-price", "Of a GiB of disk, a month.", 0)] = 0.1,
    sent_price: Annotated[float, _option("--sent-price", "Of a GiB sent between machines.", 0)] = 0.01,
    against: Annotated[
        Path | None, typer.Option("--against", metavar="FILE", help="Beside what `accoil bench several` measured.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    data: Data = None,
) -> None:
    """What a load needs: processes, machines, time and money. From figures that were measured on one machine."""
    import msgspec

    from accoil.plan.against import beside
    from accoil.plan.measured import MEASURED
    from accoil.plan.model import Asked, Prices
    from accoil.plan.model import plan as planned
    from accoil.plan.words import carried, lines, table

    if against:
        try:
            told = list(beside(json.loads(read_text(against)), MEASURED))
        except (ValueError, KeyError, TypeError, AttributeError) as wrong:
            raise Refused(f"{against} is not what `accoil bench several` prints.") from wrong
        if as_json:
            typer.echo(json.dumps([dict(zip(("what", "predicted", "measured"), each, strict=True)) for each in told]))
            return
        for what, predicted, measured in told:
            typer.echo(f"{what:38}{predicted:>12,.3g}{measured:>12,.3g}")
        return
    if not math.isfinite(events):
        raise Refused("--events is no number of events.")
    asked = Asked(
        events_a_day=events, users=users, products=products, months=months, peak=peak, per=per,
        alike=alike, look=look,
        replicas=replicas, cores=cores, memory_gib=memory, disk_gib=disk,
    )  # fmt: skip
    prices = Prices(core_price, memory_price, disk_price, sent_price)
    if machines:
        if not re.fullmatch(r"[1-9]\d*(,[1-9]\d*)*", machines):
            raise Refused(f"--machines {machines} is no list of numbers; write 1,10,100.")
        rows = carried([int(each) for each in machines.split(",")], asked, prices)
        if as_json:
            typer.echo(json.dumps({"asked": msgspec.to_builtins(asked), "carried": msgspec.to_builtins(list(rows))}))
            return
        for line in table(rows):
            typer.echo(line)
        return
    made = planned(asked, MEASURED, prices)
    if as_json:
        typer.echo(json.dumps({"asked": msgspec.to_builtins(asked), "plan": msgspec.to_builtins(made)}))
    else:
        for line in lines(asked, made):
            typer.echo(line)
