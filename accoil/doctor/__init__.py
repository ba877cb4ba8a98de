"""`accoil doctor`: looks for what is wrong with a server, whether it runs or not, and says what to do. It changes
nothing. What it looks at is a list of (words, check); a check returns whether all is well, and a sentence."""

import os
import secrets as random
from collections.abc import Callable, Iterator
from functools import partial

from accoil import environment
from accoil.database import is_in_postgresql, is_there
from accoil.doctor import database, facts, folder, outside, several
from accoil.doctor.finding import Finding, data
from accoil.doctor.outside import signing_in as signing_in
from accoil.refused import Refused
from accoil.roles import CLICKHOUSE
from accoil.secret import FILE as SECRET_KEY
from accoil.start import check, load

Checks = list[tuple[str, Callable[[], Finding]]]

# What can be told before the settings are read, which may be what is wrong.
FIRST: Checks = [
    ("Data folder", folder.data_folder),
    ("Disk space", folder.disk_space),
    ("Secret key", folder.secret_key_file),
    ("One server", folder.one_server),
    ("Clock", folder.clock),
]
THEN: Checks = [
    ("Application database", database.application_database),
    ("Secrets", database.secrets),
    ("Time zones", database.time_zones),
    ("Journal", facts.journal),
    ("Store", facts.store),
    ("Address", outside.address),
    ("Mail", outside.mail),
    ("Signing in", outside.signing_in),
    ("Tools", outside.tools),
]


def examine(port: int | None = None) -> Iterator[tuple[str, bool, str]]:
    """Yields (words, all is well, sentence) for each check; one that breaks is a finding too. `port`: is it free?"""
    yield from map(_look, FIRST)
    is_lost = not environment.text("ACCOIL_SECRET_KEY") and not (data() / SECRET_KEY).exists()
    if is_lost:  # none is made by looking: it may be put back
        os.environ["ACCOIL_SECRET_KEY"] = random.token_urlsafe(50)
    try:
        load()
        if not is_in_postgresql():  # else a look would make an empty app.sqlite3, with which servers would start
            check(data())
    except Refused as wrong:
        yield "Settings", False, str(wrong)
        return
    if not is_in_postgresql() and not is_there(data()):  # and none is made by looking
        yield "Application database", False, f"{data()} holds no server's data; name its folder with --data."
        return
    further: Checks = [("Port", partial(outside.port, port))] if port else []
    if environment.text(CLICKHOUSE):
        further += [("Role", several.role), ("ClickHouse", several.clickhouse)]
    left_out = {database.secrets} if is_lost else set()
    if several.is_receiver():
        left_out.add(facts.store)  # it has none
    yield from map(_look, [each for each in THEN + further if each[1] not in left_out])


def _look(each: tuple[str, Callable[[], Finding]]) -> tuple[str, bool, str]:
    words, check = each
    try:
        good, sentence = check()
    except Exception as problem:  # the point of a doctor is to survive what is broken
        good, sentence = False, f"This check stopped with {type(problem).__name__}: {problem}"
    return words, good, sentence
