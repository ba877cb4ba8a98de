"""What only servers with one part each have: a role, and ClickHouse that they share."""

import sqlite3
from contextlib import closing

from django.conf import settings

from accoil.doctor.finding import Finding, data, progress
from accoil.receive.posting import NAME
from accoil.refused import Refused
from accoil.store.mailbox import Mailbox


def is_receiver() -> bool:
    return (data() / NAME).exists()


def role() -> Finding:
    """By what is in the data folder: a process says it in /health."""
    from accoil.postgresql import home
    from accoil.start import is_postgresql

    if is_receiver():
        return _receiver()
    if not is_postgresql() or home.is_pair(data()):
        return True, "What is counted is in this folder: serve --only work, or serve alone, counts here."
    return True, "Nothing is counted in this folder: it is one of serve --only pages, or of a worker that never counts."


def _receiver() -> Finding:
    told = progress()
    if told is None:
        with closing(sqlite3.connect(f"file:{data() / 'journal.sqlite3'}?mode=ro", uri=True)) as db:
            (kept,) = db.execute("select count(*) from block").fetchone()
        said = f"{kept:,} blocks are kept here until it runs again" if kept else "nothing is kept here"
        return not kept, f"A receiver's (serve --only receive), which does not run; {said}."
    if wrong := told["wrong"]:
        return False, " ".join(wrong)
    return True, f"A receiver's (serve --only receive); {told['waiting']:,} blocks wait to be handed on."


def clickhouse() -> Finding:
    mailbox = Mailbox(settings.CLICKHOUSE)
    try:
        receivers = len(mailbox.taken())
    except Refused as wrong:
        return False, str(wrong)
    except Exception as wrong:  # of whatever kind the driver finds right
        return False, (
            f"ClickHouse can't be asked ({type(wrong).__name__}: {str(wrong)[:200]}). Is it running, and is the "
            "address in ACCOIL_CLICKHOUSE_URL right?"
        )
    finally:
        mailbox.close()
    return True, f"ClickHouse answers; {receivers:,} receivers have handed blocks on through it."
