"""Why somebody has no score: in words."""

from datetime import date

from accoil.count import days, people
from accoil.count.facts import facts
from accoil.count.ids import Kind
from accoil.rule import tree
from accoil.rule.conditions import Group, Rule
from accoil.score.definition import Definition
from accoil.score.population import whom
from accoil.store.questions import beside

ASK = beside(__file__, "not_scored")


def not_scored(product_id: int, definition: Definition, kind: Kind, id: int, as_of: date) -> str | None:
    """A sentence that says why this user, or account, does not count on that day; None where it does."""
    if definition.counts_everyone:
        return None
    day = days.number(as_of)
    reasons = (_of_user if kind == "user" else _of_account)(product_id, definition, id, day)
    return f"Not scored: {', and '.join(reasons)}." if reasons else None


def _of_user(product_id: int, definition: Definition, id: int, day: int) -> list[str]:
    parts = _parts(definition.filter)
    found = whom(facts(), product_id, definition, day).why_out(id, parts)
    if found is None:
        return ["not known by that day"]
    failing = [tree.words(part, "user") for place, part in enumerate(parts) if found[f"part_{place}"]]
    said = {
        "named": "left out by name",
        "of_account": "belongs to an account that is left out",
        "internal": "has an e-mail address of your own",
    }
    reasons = [sentence for reason, sentence in said.items() if found[reason]]
    return [*reasons, f"does not pass the filter ({'; '.join(failing)})"] if failing else reasons


def _of_account(product_id: int, definition: Definition, id: int, day: int) -> list[str]:
    if people.tracking_ids(product_id, "account", [id]).get(id) in definition.exclude.accounts:
        return ["left out by name"]
    places = {"population": whom(facts(), product_id, definition, day).table()}
    rows = facts().store.rows(ASK["users_who_count"], places, product=product_id, id=id, as_of=day)
    return [] if rows[0]["yes"] else ["none of its users counts"]


def _parts(rule: Rule | None) -> list[Rule]:
    """What must all hold."""
    if rule is None:
        return []
    return list(rule.rules) if isinstance(rule, Group) and rule.how == "all" else [rule]
