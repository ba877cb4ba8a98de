"""What `accoil doctor` looks at: a list of (words, check). A check returns whether all is well, and a sentence."""

import shutil
import stat
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from accoil.refused import Refused

Finding = tuple[bool, str]

LEAST_FREE_BYTES = 1_000_000_000
MOST_BLOCKS_BEHIND = 1_000


def examine() -> Iterator[tuple[str, bool, str]]:
    """Yields (words, all is well, sentence) for each check; one that breaks is a finding too."""
    for words, check in CHECKS:
        try:
            good, sentence = check()
        except Exception as problem:  # the point of a doctor is to survive what is broken
            good, sentence = False, f"This check stopped with {type(problem).__name__}: {problem}"
        yield words, good, sentence


def data_folder() -> Finding:
    data = _data()
    probe = data / f"doctor-{uuid.uuid4().hex}"
    try:
        probe.write_bytes(b"here")
        probe.unlink()
    except OSError as problem:
        return False, f"{data} cannot be written to: {problem.strerror}."
    if data.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return True, f"{data} can be written to. Others may read it; chmod 700 keeps it to yourself."
    return True, f"{data} can be written to."


def application_database() -> Finding:
    from accoil.start import check, is_current, is_postgresql, usable

    name = "PostgreSQL" if is_postgresql() else "app.sqlite3"
    try:
        with usable():
            if not is_postgresql() and (answer := _quick_check()) != "ok":
                return False, f"app.sqlite3 is damaged ({answer}); restore it from a backup."
            check(_data())
            current = is_current()
    except Refused as wrong:
        return False, str(wrong)
    if not current:
        return False, f"{name} is older than this program; any other accoil command brings it up to date."
    if is_postgresql():
        return True, _of_postgresql()
    return True, "app.sqlite3 opens, is whole and up to date."


def _quick_check() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("pragma quick_check")
        return str(cursor.fetchone()[0])


def _of_postgresql() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select current_setting('server_version'), pg_database_size(current_database())")
        version, size = cursor.fetchone()
    where = connection.settings_dict["HOST"] or "this computer"
    return f"PostgreSQL {version.split()[0]} at {where} answers and is up to date; it takes {size / 1e6:,.0f} MB."


def secret_key_file() -> Finding:
    from accoil import environment
    from accoil.secret import FILE

    if environment.text("ACCOIL_SECRET_KEY"):
        return True, "The secret key comes from ACCOIL_SECRET_KEY."
    path = _data() / FILE
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return False, f"Others may read {path}; run chmod 600 on it."
    return True, f"{path} can be read by its owner alone."


def signing_in() -> Finding:
    from django.conf import settings

    from accoil.connect.connection import ToolError
    from accoil.connect.openid import asking

    if not settings.OIDC_ISSUER:
        return True, "People sign in with passwords; ACCOIL_OIDC_ISSUER is not set."
    try:
        keys = asking.keys()
    except ToolError as problem:
        return False, f"Nobody can sign in with {settings.OIDC_NAME} ({settings.OIDC_ISSUER}): {problem.reason}"
    if not keys:
        return False, f"Nobody can sign in with {settings.OIDC_NAME}: it has no keys."
    return True, f"{settings.OIDC_NAME} ({settings.OIDC_ISSUER}) answers, and its keys can be read."


def time_zones() -> Finding:
    from accoil.team.models import Product
    from accoil.team.zones import is_zone, zone_names

    unknown = [product for product in Product.objects.all() if not is_zone(product.time_zone)]
    if unknown:
        named = ", ".join(f"{product} ({product.time_zone})" for product in unknown)
        return False, f"The time zone database does not know the zone of: {named}. Install the package tzdata."
    return True, f"{len(zone_names())} time zones are known."


def journal() -> Finding:
    from accoil.receive.examining import examine as examined

    path = _data() / "journal.sqlite3"
    if not path.exists():
        return True, "There is no journal yet: nothing was received."
    return examined(path, in_use=_progress() is not None)


def store() -> Finding:
    progress = _progress()
    if progress is None:
        return True, "No server runs on this data folder, so what is in the store was not asked for."
    if wrong := progress.get("wrong"):
        return False, " ".join(wrong)
    if left_out := progress.get("left_out"):
        named = ", ".join(f"{each['block']} ({each['reason']})" for each in left_out[:5])
        one = len(left_out) == 1
        blocks = f"{len(left_out):,} {'block' if one else 'blocks'} of the journal can't be read"
        return False, (
            f"{blocks} and {'is' if one else 'are'} in no number: {named}. What is there stays: if you have a backup "
            "of journal.sqlite3 that holds more, put it back and run accoil rebuild."
        )
    behind = progress["received"] - progress["counted"]
    if behind > MOST_BLOCKS_BEHIND:
        return False, f"The store is {behind:,} blocks behind the journal: see the server's log."
    return True, f"Everything up to block {progress['counted']:,} is in every number."


def _progress() -> dict[str, Any] | None:
    """What a running server says; None where none runs."""
    from accoil import control

    try:
        return dict(control.ask(_data(), "progress"))
    except ConnectionError:
        return None


def disk_space() -> Finding:
    free = shutil.disk_usage(_data()).free
    sentence = f"{free / 1e9:.1f} GB are free where the data folder is"
    if free < LEAST_FREE_BYTES:
        return False, f"{sentence}; make room, or events will be refused when it is full."
    return True, f"{sentence}."


def _data() -> Path:
    from django.conf import settings

    return Path(settings.DATA)


CHECKS: list[tuple[str, Callable[[], Finding]]] = [
    ("Data folder", data_folder),
    ("Application database", application_database),
    ("Secret key", secret_key_file),
    ("Signing in", signing_in),
    ("Time zones", time_zones),
    ("Journal", journal),
    ("Store", store),
    ("Disk space", disk_space),
]
