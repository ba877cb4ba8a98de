"""From what was typed to a rule as it is written in files; `accoil.rule.check` then says whether it is one."""

from typing import Any

from accoil.refused import Refused
from accoil.rule.vocabulary import EVENTS, METRICS, OPERATORS
from accoil.show.rules.drafts import EVERYONE, NAMED, Branch, Part, Row
from accoil.show.rules.words import operators

Written = dict[str, Any]


def rule(branch: Branch) -> Written | None:
    """The written form; None while no line says what it is about. Raises Refused for a line that is half filled in."""
    begun = _begun(branch)
    return _part(begun) if begun.parts else None


def rules(branch: Branch) -> list[Written]:
    """Each part as a rule of its own. Raises Refused."""
    return [_part(part) for part in _begun(branch).parts]


def _begun(branch: Branch) -> Branch:
    """Without lines in which nothing is chosen yet, and without groups that hold no other."""
    parts = [_begun(part) if isinstance(part, Branch) else part for part in branch.parts]
    return Branch(branch.how, tuple(part for part in parts if (part.parts if isinstance(part, Branch) else part.what)))


def _part(part: Part) -> Written:
    if isinstance(part, Branch):
        made = [_part(each) for each in part.parts]
        return made[0] if part.how == "all" and len(made) == 1 else {part.how: made}
    if part.what == EVERYONE:
        return {"all": []}
    if not part.subject:
        raise Refused("Write the name of what the line is about.")
    if part.kind in EVENTS:
        return _event(part)
    if part.kind in NAMED:
        return {part.kind: part.subject} | ({"in": False} if part.op == "not_in" else {})
    return _comparison(part)


def _event(row: Row) -> Written:
    made: Written = {row.kind: row.subject}
    if row.op == "did_not":
        made["did"] = False
    if row.times and row.times != "1":
        made["at_least"] = _number(row.times)
    if row.span == "last":
        made["within_days"] = _number(row.days or "30")
    if row.span == "created":
        made["within_days_of_created"] = _number(row.days or "30")
    return made


def _comparison(row: Row) -> Written:
    op = row.op if row.op in OPERATORS else next(iter(operators(row.kind, row.subject)))  # what the form shows first
    takes = OPERATORS[op]
    if takes != "yes" and not row.value:
        raise Refused(f"Write what “{row.subject}” is compared with.")
    cents = row.kind == "metric" and row.subject in METRICS and METRICS[row.subject].unit == "cents"
    measured = row.kind == "metric" and not (row.subject in METRICS and METRICS[row.subject].unit == "day")
    made: Written = {row.kind: row.subject, op: _value(row, takes, measured, cents)}
    if row.what == "metric:change" and row.days:
        made["days"] = _number(row.days)
    return made


def _value(row: Row, takes: str, measured: bool, cents: bool) -> Any:
    def one(text: str) -> Any:
        read = _number(text) if measured or takes in ("number", "days") else text
        return round(read * 100, 10) if cents and isinstance(read, int | float) else read

    match takes:
        case "yes":
            return True
        case "several":
            return [one(each.strip()) for each in row.value.split(",") if each.strip()]
        case "range":
            return [one(each) if measured or not _is_number(each) else _number(each) for each in (row.value, row.more)]
    return one(row.value)


def _number(text: str) -> Any:
    """The number, or the text as it is: the check says then what is wrong with it."""
    plain = text.replace(",", "").replace("−", "-").removesuffix("%").strip().lstrip("$")
    if not _is_number(plain):
        return text
    number = float(plain)
    return int(number) if number == int(number) else number


def _is_number(text: str) -> bool:
    try:
        return abs(float(text)) < 1e15
    except ValueError:
        return False
