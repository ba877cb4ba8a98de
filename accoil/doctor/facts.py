"""What was received, and how far it is counted."""

from accoil.doctor.finding import Finding, data, progress
from accoil.doctor.several import is_receiver
from accoil.receive.examining import examine, last_number
from accoil.store import looking

MOST_BLOCKS_BEHIND = 1_000
LEFT_OUT_NAMED = 5


def journal() -> Finding:
    path = data() / "journal.sqlite3"
    if not path.exists():
        return True, "There is no journal yet: nothing was received."
    return examine(path, in_use=progress() is not None, is_whole=not is_receiver())


def store() -> Finding:
    told = progress()
    if told is None:
        return _at_rest()
    if wrong := told.get("wrong"):
        return False, " ".join(wrong)
    if left_out := told.get("left_out"):
        return _left_out(left_out)
    behind = told["received"] - told["counted"]
    if behind > MOST_BLOCKS_BEHIND:
        return False, f"The store is {behind:,} blocks behind the journal: see the server's log."
    return True, f"Everything up to block {told['counted']:,} is in every number."


def _left_out(blocks: list[dict[str, object]]) -> Finding:
    named = ", ".join(f"{each['block']} ({each['reason']})" for each in blocks[:LEFT_OUT_NAMED])
    one = len(blocks) == 1
    said = f"{len(blocks):,} {'block' if one else 'blocks'} of the journal can't be read, or not be counted as a whole"
    return False, (
        f"{said}: {named}. What is there stays: if you have a backup of journal.sqlite3 that holds more, put it back; "
        "where there was no room, give the store more with ACCOIL_STORE_MEMORY. Then run accoil rebuild."
    )


def _at_rest() -> Finding:
    received = last_number(data() / "journal.sqlite3")
    try:
        counted = looking.last_block(data())
    except looking.Unreadable as wrong:
        return False, f"The store can't be read ({wrong}). The server makes it again from the journal when it starts."
    if counted is None:
        return True, "There is no store yet: the server makes it from the journal when it starts."
    behind = received - counted
    if behind > MOST_BLOCKS_BEHIND:
        return False, f"The store is {behind:,} blocks behind the journal: start the server, it counts them."
    if behind > 0:
        return True, f"{behind:,} blocks of the journal are not counted yet; the server does so when it starts."
    return True, f"Everything up to block {counted:,} is in every number."
