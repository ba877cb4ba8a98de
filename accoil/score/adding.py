"""How a book is brought up to date with events alone: their sums, sets and last days are added to those it was made of,
and the rows of whom they concern are put in place. That gives what making it anew gives, for a small part of the work.

While the benchmark stays as it is, nobody else's numbers move; when it moves, everybody's rows are made again, of the
same sums."""

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from accoil.count.facts import Added
from accoil.score.definition import Definition
from accoil.store.questions import beside
from accoil.store.store import Change, Value

ASK = beside(__file__, "adding")
BOOK = beside(__file__, "book")

# What questions about rows read, where only some are to be made again.
OF_USERS = {
    "people": "(select * from {people} where id in (select user_id from {new}))",
    "parts": "(select * from {parts} where user_id in (select user_id from {new}))",
    "pairs": "(select * from {pairs} where user_id in (select user_id from {new}))",
}
OF_ACCOUNTS = {
    "people": "(select * from {people} where id in (select account_id from {new}))",
    "parts": "(select * from {parts} where account_id in (select account_id from {new}))",
    "pairs": "(select * from {pairs} where account_id in (select account_id from {new}))",
    "membership": "(select * from membership where account_id in (select account_id from {new}))",
}


def can_add(definition: Definition) -> bool:
    """Under a cap points are no sums, and who passes a filter may hang on events."""
    return definition.daily_cap is None and definition.filter is None


def new_counts(added: Sequence[Added], block: int, as_of: int) -> pa.Table | None:
    """The rows that loads after that block added, up to a day; None for none."""
    tables = [each.counts for each in added if each.block > block]
    rows = pa.concat_tables(tables) if tables else None
    rows = rows.filter(pc.less_equal(rows["day"], as_of)) if rows else None
    return rows if rows is not None and len(rows) else None


def put_sums(change: Change, name: str, places: Mapping[str, str], given: Mapping[str, Value]) -> dict[str, str]:
    """Adds what was done to parts and pairs. Place: new. Returns the places with what it kept."""
    places = dict(places)
    new = f"{name}_new"
    change.keep(f"{new}_parts", BOOK["parts"], {**places, "counts": places["new"]}, **given)
    if "population" in places:
        change.keep(f"{new}_parts", BOOK["among"], {**places, "parts": f"kept.{new}_parts"})
    change.keep(f"{new}_ever", ASK["ever"], places, **given)
    change.keep(f"{new}_pairs", BOOK["pairs"], {**places, "ever": f"kept.{new}_ever"}, **given)
    places |= {"new_parts": f"kept.{new}_parts", "new_pairs": f"kept.{new}_pairs", "whole": f"kept.{new}_whole"}
    for what in ("parts", "pairs"):
        change.keep(f"{new}_whole", ASK[what], places)
        of = {**places, "parts": places[what]}
        change.ask(ASK["forget_parts"], of)
        change.ask(ASK["put_parts"], of)
    return places


def put_rows(change: Change, name: str, places: Mapping[str, str], given: Mapping[str, Value]) -> None:
    """Makes the rows of those concerned again. Places: as `put_sums` returns them."""
    for scope, narrow in (("user", OF_USERS), ("account", OF_ACCOUNTS)):
        question = BOOK[f"{scope}s"]
        for place, some in narrow.items():
            question = question.replace(f"{{{place}}}", some)
        change.keep(f"{name}_new_whole", question, places, **given)
        of = {**places, "of": places[f"{scope}s"]}
        change.ask(ASK["forget_rows"], of)
        change.ask(ASK["put_rows"], of)
