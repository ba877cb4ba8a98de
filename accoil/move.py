"""`accoil move`: all that is counted in a data folder into ClickHouse, or a look whether it is there."""

from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings

from accoil import control, environment
from accoil.count.counting import Counting
from accoil.counting_here import counting_here
from accoil.refused import Refused

Told = Callable[[str, int], None]  # table, rows of it that are there


def move(check: bool, take_over: bool, told: Told) -> Iterator[str]:
    """Says what was done, or with `check` what is there. Raises Refused, also when it is not the same, and where
    another server counts unless it is to `take_over`."""
    if not environment.text("ACCOIL_CLICKHOUSE_URL"):
        raise Refused("ACCOIL_CLICKHOUSE_URL is not set; write where ClickHouse is: http://USER:PASSWORD@HOST/accoil.")
    _only_here(settings.DATA)
    counting = counting_here(settings.DATA)
    try:
        yield from _moved(counting, check, take_over, told)
    finally:
        counting.stop()


def _only_here(folder: Path) -> None:
    try:
        control.ask(folder, "progress")
    except ConnectionError:
        return
    except control.Failed:
        pass
    raise Refused(
        "A server runs on this data folder. Stop it first; or start it with ACCOIL_CLICKHOUSE_URL: then it copies what "
        "is counted by itself."
    )


def _moved(counting: Counting, check: bool, take_over: bool, told: Told) -> Iterator[str]:
    from accoil.count.comparing import Compared
    from accoil.count.shipping import Differs
    from accoil.store.claim import Claimed
    from accoil.store.reaching import NoAnswer

    def compared(tables: list[Compared]) -> Iterator[str]:
        for each in tables:
            days = f" of {each.days:,} days of products" if each.days > 1 else ""
            yield f"{each.table:<11} {each.rows:>12,} rows{days}: {'not the same' if each.differing else 'the same'}"
        if differing := [f"{each.table} (product {each.differing[0][0]})" for each in tables if each.differing]:
            raise Refused(f"ClickHouse holds something else in {', '.join(differing)}. `accoil move` copies all anew.")

    shipping = counting.sharing.shipping
    assert shipping is not None
    try:
        if not check:
            shipping.begin(take_over)
            yield f"Counting what the journal holds, up to block {counting.journal.last:,}."
            counting.loader.catch_up()
            yield "Copying all that is counted; the numbers of before answer until all of it is there."
            shipping.copy(told)
        yield from compared(shipping.compare())
        yield "ClickHouse holds what is counted here."
    except Differs as wrong:
        raise Refused(str(wrong)) from wrong
    except Claimed as wrong:
        raise Refused(f"{wrong} It said so last on {wrong.renewed:%d %B %Y at %H:%M} UTC.") from wrong
    except (NoAnswer, OSError) as wrong:
        raise Refused(f"ClickHouse refused, or did not answer: {str(wrong)[:300]}") from wrong
