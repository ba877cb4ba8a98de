"""What `accoil serve --only` makes of a server, and what all of them need."""

from enum import StrEnum

from accoil import environment
from accoil.database import URL as DATABASE
from accoil.refused import Refused

CLICKHOUSE = "ACCOIL_CLICKHOUSE_URL"
SECRET = "ACCOIL_SECRET_KEY"  # noqa: S105  a name


class Role(StrEnum):
    EVERYTHING = "everything"
    RECEIVE = "receive"
    PAGES = "pages"
    WORK = "work"


E, R, P, W = Role
ONLY = (R, P, W)


def role_of(only: str | None) -> Role:
    """Raises Refused, also where something is missing that such servers share."""
    if only is None:
        return E
    if only not in ONLY:
        raise Refused(f"--only {only} is not known; write one of: {', '.join(ONLY)}.")
    if missing := [name for name in (DATABASE, CLICKHOUSE, SECRET) if not environment.text(name)]:
        *first, last = missing
        named = f"{', '.join(first)} and {last}" if first else last
        raise Refused(
            f"--only {only} needs {named}: servers with one part each share their state in PostgreSQL, their numbers "
            "in ClickHouse, and the key that secrets are encrypted with."
        )
    return Role(only)
