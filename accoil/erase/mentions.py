"""What is kept of others and mentions somebody who is deleted: it stays, without the mention."""

import json
import re
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet

from accoil.act.claims import under_way
from accoil.act.models import Batch, Delivery
from accoil.connect.models import Entry, Record
from accoil.connect.settling import reason_of
from accoil.erase.models import Erasure
from accoil.erase.naming import is_named
from accoil.score.models import Profile, Version
from accoil.team.audit import AuditLine

SOMEBODY = {"user": "a deleted user", "account": "a deleted account"}
CHANGES = re.compile(r"(.*) (?:no longer counts|counts again) under (.*?)(?:: version|…|$)", re.DOTALL)
BY_HAND = re.compile(r"(.*? to \S+ (?:user|account)s?: )(.*?)( and \S+ more\.|\.|…)$", re.DOTALL)
NOTED_WITHIN = timedelta(seconds=10)  # after what is done by hand was begun, the audit log says so


def in_feeds(erasure: Erasure) -> tuple[list[Delivery], int]:
    """A feed tells of many: their lines are taken out of it, and one that says nothing any more goes. The deliveries
    as they were, and how many lines that was."""
    found, lines = [], 0
    feeds = _feeds(erasure).exclude(under_way())
    for delivery in feeds.select_related("feed").order_by("ended_at"):
        before = delivery.told.get("cards", [])
        if taken := sum(_mentions(erasure, line) for card in before for line in card["lines"]):
            found.append(delivery)
            lines += taken
            cards = [
                card | {"lines": [_without(erasure, line) for line in card["lines"] if not _is_of(erasure, line)]}
                for card in before
            ]
            told = delivery.told | {"cards": [card for card in cards if card["lines"] or card["more"]]}
            one = feeds.filter(pk=delivery.pk)
            one.update(told=told) if told["cards"] else one.delete()
    return found, lines


def _feeds(erasure: Erasure) -> QuerySet[Delivery]:
    return Delivery.objects.filter(product=erasure.product).exclude(feed=None)


def are_being_told(erasure: Erasure) -> bool:
    """Whether a delivery that mentions them is being done."""
    feeds = _feeds(erasure).filter(under_way()).values_list("told", flat=True)
    cards = [card for told in feeds for card in told.get("cards", [])]
    if any(_mentions(erasure, line) for card in cards for line in card["lines"]):
        return True
    return bool(_telling(erasure, _of_users(erasure).filter(under_way())))


def _mentions(erasure: Erasure, line: dict[str, Any]) -> bool:
    return _is_of(erasure, line) or _without(erasure, line) != line


def _without(erasure: Erasure, line: dict[str, Any]) -> dict[str, Any]:
    """A line of one of its users says which account it is."""
    return line | {"about": ""} if line.get("about") in erasure.told["names"] else line


def _is_of(erasure: Erasure, line: dict[str, Any]) -> bool:
    if "entity" in line:
        return line["entity"] in erasure.entities
    # As it was written by earlier versions.
    return line["name"] in erasure.told["names"] or any(
        f"/{erasure.kind}s/{entity}?" in line["link"] for entity in erasure.entities
    )


def in_other_deliveries(erasure: Erasure) -> int:
    """Those of users told of the account that they belong to. What was not told yet is not told any more."""
    telling = _of_users(erasure).filter(pk__in=_telling(erasure, _of_users(erasure).exclude(under_way())))
    waiting = telling.filter(ended_at=None).delete()[0]
    return waiting + telling.update(told={}, values={}, answer="")


def _of_users(erasure: Erasure) -> QuerySet[Delivery]:
    others = Delivery.objects.filter(product=erasure.product, kind="user", feed=None)
    return others if erasure.kind == "account" else others.none()


def _telling(erasure: Erasure, deliveries: QuerySet[Delivery]) -> list[int]:
    """Which of them tell of the account."""
    holding = Q()
    for name in erasure.told["names"]:
        escaped = json.dumps(name)[1:-1]  # as it stands in a column of JSON
        holding |= Q(answer__icontains=name) | Q(told__icontains=escaped) | Q(values__icontains=escaped)
    rows = deliveries.filter(holding).values_list("pk", "told", "values", "answer")
    return [pk for pk, *texts in rows if _tells_of(erasure, *texts)]


def _tells_of(erasure: Erasure, told: Any, values: Any, answer: str) -> bool:
    if account := told.get("account"):
        return bool(account.get("id") == erasure.told["id"])
    return is_named([told, values, answer], erasure.told["names"])


def in_other_ledgers(erasure: Erasure) -> int:
    """Of whom was found on one record there with them."""
    said = [reason_of(erasure.kind, name) for name in erasure.told["names"]]
    own = {"product": erasure.product, "kind": erasure.kind}
    Record.objects.filter(reason__in=said, **own).update(reason=reason_of(erasure.kind))
    entries = Entry.objects.filter(reason__in=said, record__in=Record.objects.filter(**own))
    return entries.update(reason=reason_of(erasure.kind))


def in_definitions(erasure: Erasure) -> int:
    """Whoever was left out of a profile by name stands in its versions, and in the notes that came with that."""
    told, place = erasure.told, f"{erasure.kind}s"
    called, somebody = f"{erasure.kind.capitalize()} {told['id']}", SOMEBODY[erasure.kind].capitalize()
    notes = {f"{called} {what}": f"{somebody} {what}" for what in ("excluded", "included again")}
    versions = Version.objects.filter(profile__product=erasure.product)
    changed = 0
    for version in versions.filter(Q(definition__exclude__has_key=place) | Q(note__in=notes)):
        definition = dict(version.definition)
        exclude, note = definition.pop("exclude", {}), notes.get(version.note, version.note)
        if told["id"] not in exclude.get(place, []) and note == version.note:
            continue
        kept = {who: [each for each in names if who != place or each != told["id"]] for who, names in exclude.items()}
        if kept := {who: names for who, names in kept.items() if names}:
            definition["exclude"] = kept
        changed += versions.filter(pk=version.pk).update(definition=definition, note=note)
    return changed


def in_audit_log(erasure: Erasure) -> int:
    """Lines stay, without the name. Those of another product stay as they are, also of before products were noted,
    where that is known."""
    kind, changed = erasure.kind, 0
    profiles = Profile.objects.filter(product__team=erasure.product.team)
    own = set(profiles.filter(product=erasure.product).values_list("name", flat=True))
    foreign = set(profiles.exclude(product=erasure.product).values_list("name", flat=True)) - own
    actions = (f"exclude-{kind}", f"include-{kind}", f"begin-on-{kind}s", "apply")
    lines = AuditLine.objects.filter(team=erasure.product.team, action__in=actions)
    lines = lines.filter(Q(product=erasure.product) | Q(product=None))
    for line in lines:
        is_own = line.product_id is not None
        if line.action == "apply":
            what = _of_file(line.what, erasure)
        elif line.action.startswith("begin-on"):
            what = line.what if not is_own and _is_elsewhere(line, erasure) else _of_list(line.what, erasure)
        else:
            what = _of_change(line.what, erasure, set() if is_own else foreign)
        if what != line.what:
            changed += lines.filter(pk=line.pk).update(what=what)
    return changed


def _of_change(text: str, erasure: Erasure, foreign: set[str]) -> str:
    """Ann no longer counts under Everyday: version 2, from today."""
    found = CHANGES.match(text)
    if not found or found[1] not in erasure.told["names"] or found[2] in foreign:
        return text
    return SOMEBODY[erasure.kind].capitalize() + text[found.end(1) :]


def _of_file(text: str, erasure: Erasure) -> str:
    """user ann excluded"""
    named = re.escape(f"{erasure.kind} {erasure.told['id']}")
    return re.sub(rf"(?<!\w){named}(?= excluded| no longer excluded)", SOMEBODY[erasure.kind], text)


def _of_list(text: str, erasure: Erasure) -> str:
    """Add Intercom Tag “at-risk” to 3 users: Ann, Bob and Eve."""
    found = BY_HAND.match(text)
    if not found:
        return text
    what, names, end = found.groups()
    for name in sorted(erasure.told["names"], key=len, reverse=True):
        names = re.sub(rf"(^|, | and ){re.escape(name)}(?=, | and |$)", rf"\1{SOMEBODY[erasure.kind]}", names)
    return f"{what}{names}{end}"


def _is_elsewhere(line: AuditLine, erasure: Erasure) -> bool:
    begun = Batch.objects.filter(author=line.user_id, created_at__range=(line.at - NOTED_WITHIN, line.at))
    products = set(begun.values_list("product", flat=True))
    return bool(products) and erasure.product_id not in products
