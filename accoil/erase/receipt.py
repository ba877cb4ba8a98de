"""The receipt of a deletion: what was removed where, when, and who asked; nobody is named in it but by a keyed hash."""

from typing import Any

from accoil.erase.models import Erasure
from accoil.score.wording import count

STAYS = (
    "Backups that were made before, and files on this server that were imported with `accoil import`.",
    "What was reported of days that are over: averages and numbers of people, which name nobody.",
    "Rules, names and notes that somebody wrote by hand.",
)
UNREADABLE = "Blocks of the journal that can't be read: {}. They count for nothing; what they hold is not known."
DAMAGED = "Damaged files that `accoil mend` put aside: {}. Delete them by hand."
WHERE = {
    "journal": "What was received (the journal)",
    "numbers": "Facts and scores (the store)",
    "records": "What was kept beside them",
    "debugger": "The debugger",
    "imports": "Rows of imported files that were kept",
    "tools": "Connected tools",
}


def receipt(erasure: Erasure) -> dict[str, Any]:
    """As it is downloaded; also of one that is on its way, which says so."""
    return {
        "deletion": erasure.pk,
        "product": str(erasure.product),
        "of": erasure.kind,
        "hash": erasure.digest,
        "asked_at": erasure.asked_at.isoformat(timespec="seconds"),
        "asked_by": erasure.who or "the command line",
        "state": erasure.get_state_display(),
        "finished_at": erasure.finished_at.isoformat(timespec="seconds") if erasure.finished_at else None,
        "removed": [{"where": WHERE[part["where"]], "what": what(part), "at": part["at"]} for part in erasure.parts],
        "sent_before": erasure.sent,
        "stays": stays(erasure),
    }


def what(part: dict[str, Any]) -> str:
    """A part of it, in words."""
    match part["where"]:
        case "journal":
            mentioned = f", and the mention in {count(part['changed'], 'call')} of others" if part["changed"] else ""
            return f"{count(part['removed'], 'call')} removed{mentioned}."
        case "numbers":
            return "Made again from the journal."
        case "records":
            found = [f"{noun}: {n:,}" for noun, n in part["counts"].items()]
            return "; ".join(found) or "Nothing was kept there."
        case "debugger":
            return f"{count(part['requests'], 'request')} forgotten."
        case "imports":
            return f"{count(part['files'], 'file')} deleted."
    archived = f"; of {part['archived']:,} the attributes are archived there" if part["archived"] else ""
    kept = f"; on {part['kept']:,} it stays, since the tool was disconnected before" if part.get("kept") else ""
    return f"What Accoil wrote on {count(part['emptied'], 'record')} is emptied{archived}{kept}."


def stays(erasure: Erasure) -> list[str]:
    unreadable = erasure.part("journal").get("unreadable")
    damaged = erasure.part("numbers").get("damaged")
    more = [UNREADABLE.format(unreadable)] if unreadable else []
    more += [DAMAGED.format(", ".join(damaged))] if damaged else []
    return [*STAYS, *more]
