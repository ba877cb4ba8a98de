"""Finds users and accounts by what is known of them on a day."""

from datetime import date

import msgspec

from accoil.count import days, people
from accoil.count.facts import facts
from accoil.count.ids import Kind
from accoil.score.people import people as people_of
from accoil.store.questions import beside

ASK = beside(__file__, "found")
MOST_OWNERS = 200


def by_shown(product_id: int, kind: Kind, key: str, text: str, as_of: date) -> list[int]:
    """Whose `name` (as it is shown) or `email` this is; an e-mail address in small or large letters."""
    day = days.number(as_of)
    places = {"people": people_of(facts(), product_id, day)}
    return _ids(facts().store.rows(ASK["by_shown"], places, kind=people.KINDS[kind], key=key, text=text))


def by_trait(product_id: int, kind: Kind, key: str, text: str, as_of: date, any_case: bool = False) -> list[int]:
    """Whose trait has exactly this value: text as it is, anything else as JSON writes it (42, true)."""
    rows = facts().store.rows(
        ASK["by_trait"],
        product=product_id, kind=people.KINDS[kind], key=key, text=text, json=_json(text), any_case=any_case,
        as_of=days.number(as_of),
    )  # fmt: skip
    return _ids(rows)


def _json(text: str) -> str:
    """How a value that was written so is stored; the text in quotation marks where it is not JSON."""
    try:
        return msgspec.json.encode(msgspec.json.decode(text)).decode()
    except (msgspec.DecodeError, UnicodeError, OverflowError):
        return msgspec.json.encode(text).decode()


def _ids(rows: list[dict[str, int]]) -> list[int]:
    return [row["id"] for row in rows]


def owners(product_id: int, as_of: date) -> list[str]:
    """Who looks after accounts, by name; none where no trait says so."""
    places = {"people": people_of(facts(), product_id, days.number(as_of))}
    return [row["owner"] for row in facts().store.rows(ASK["owners"], places, most=MOST_OWNERS)]
