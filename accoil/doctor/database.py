"""The application's database: whether it is whole, of this version, and its secrets can be read."""

from collections import Counter
from collections.abc import Iterator

from accoil.doctor.finding import Finding


def application_database() -> Finding:
    from django.db import connection

    from accoil.start import is_current, newer

    with connection.cursor() as cursor:
        cursor.execute("pragma quick_check")
        answer = cursor.fetchone()[0]
    if answer != "ok":
        return False, f"app.sqlite3 is damaged ({answer}); restore it from a backup."
    if unknown := newer():
        return False, (
            f"app.sqlite3 is of a newer version of Accoil ({unknown[0]} is not known here): install that version, or "
            "restore the backup from before it."
        )
    if not is_current():
        return False, "app.sqlite3 is older than this program; any other accoil command brings it up to date."
    return True, "app.sqlite3 opens, is whole and up to date."


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
