"""The application's database: whether it is whole, of this version, and its secrets can be read."""

from collections import Counter
from collections.abc import Iterator

from accoil import environment
from accoil.doctor.finding import Finding, data
from accoil.refused import Refused
from accoil.roles import CLICKHOUSE


def application_database() -> Finding:
    from accoil.start import check, check_version, is_current, is_postgresql, usable

    name = "PostgreSQL" if is_postgresql() else "app.sqlite3"
    try:
        with usable():
            if not is_postgresql() and (answer := _quick_check()) != "ok":
                return False, f"app.sqlite3 is damaged ({answer}); restore it from a backup."
            if not environment.text(CLICKHOUSE):  # else others than the one that counts have folders of their own
                check(data())
            check_version()
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


def secrets() -> Finding:
    counts, lost = Counter[str](), list[str]()
    for words, is_readable in _secrets():
        counts[words] += 1
        if not is_readable:
            lost.append(words)
    if lost:
        named = ", ".join(f"{n:,} of {counts[words]:,} {words}" for words, n in Counter(lost).items())
        return False, (
            f"The secret key is not the one that these secrets were encrypted with: {named}. Put the earlier key back "
            "(secret_key in the data folder, or ACCOIL_SECRET_KEY), from a backup for instance. If it is lost: connect "
            "the tools again, make new signing secrets, and run accoil reset-password EMAIL --without-codes."
        )
    return True, f"{counts.total():,} secrets can be read with this secret key."


def _secrets() -> Iterator[tuple[str, bool]]:
    """Of each secret kept: what has it, and whether it can be read."""
    from accoil.team.encrypted import decrypted, kept

    for words, _, _, text in kept():
        yield words, bool(decrypted(text))


def time_zones() -> Finding:
    from accoil.team.models import Product
    from accoil.team.zones import is_zone, zone_names

    unknown = [product for product in Product.objects.all() if not is_zone(product.time_zone)]
    if unknown:
        named = ", ".join(f"{product} ({product.time_zone})" for product in unknown)
        return False, f"The time zone database does not know the zone of: {named}. Install the package tzdata."
    return True, f"{len(zone_names())} time zones are known."
