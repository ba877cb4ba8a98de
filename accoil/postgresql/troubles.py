"""Why PostgreSQL can't be used, in a sentence that says what to do. The password is in none."""

import re
from typing import Any

from django.db import NotSupportedError

SETTING = "ACCOIL_DATABASE_URL"

# What PostgreSQL or its client writes, and what it means. The first that is found counts.
MEANINGS: list[tuple[str, str]] = [
    ("password authentication failed", "{where} refuses the password of {user}; correct it in " + SETTING + "."),
    ("no password supplied", "{where} asks {user} for a password; put one into " + SETTING + "."),
    ('role ".*" does not exist', "{where} knows no user {user}; make one, or name another in " + SETTING + "."),
    (
        'database ".*" does not exist',
        "{where} has no database {name}; make it with createdb --owner={user} {name}.",
    ),
    ("no pg_hba.conf entry", "{where} lets {user} not in from here; add a line to its pg_hba.conf."),
    ("permission denied for database", "{user} may not use the database {name}; GRANT ALL ON DATABASE {name} to it."),
    (
        "permission denied for schema|no schema has been selected",
        "{user} may not make tables in the database {name}; let somebody who may say there: "
        "GRANT ALL ON SCHEMA public TO {user};",
    ),
    (
        "permission denied|must be owner",
        "{user} may not use tables that somebody else made in the database {name}; make {user} their owner ({reason}).",
    ),
    ("read-only transaction", "{where} is a copy that can only be read; name the server it follows."),
    ("too many (connections|clients)|connection slots", "{where} has no connection left; raise its max_connections."),
    ("certificate|SSL", "{where} can't be spoken to encrypted as asked ({reason}); see sslmode in the guide."),
    ("starting up|shutting down", "{where} is not ready yet ({reason}); try again."),
    (
        "refused|translate|resolve|timeout|timed out|unreachable|no route|No such file|not known|name resolution",
        "{where} can't be reached ({reason}); is it running, and is the address in " + SETTING + " right?",
    ),
]


def sentence(problem: BaseException, settings: dict[str, Any]) -> str:
    """`settings`: of the connection, as Django has them."""
    told = {
        "where": f"PostgreSQL at {settings['HOST'] or 'this computer'}:{settings['PORT'] or 5432}",
        "user": settings["USER"] or "this user",
        "name": settings["NAME"],
        "reason": _reason(problem),
    }
    if isinstance(problem, NotSupportedError):
        return "{where} is too old: {reason}.".format(**told)
    for pattern, meaning in MEANINGS:
        if re.search(pattern, str(problem), re.IGNORECASE):
            return meaning.format(**told)
    return "{where}, database {name}, can't be used: {reason}.".format(**told)


def _reason(problem: BaseException) -> str:
    """The last of what was tried, without the address in front and the advice behind."""
    first = str(problem).strip().splitlines()[0] if str(problem).strip() else type(problem).__name__
    return first.rsplit("failed: ", 1)[-1].removeprefix("FATAL:").strip().rstrip(".")
