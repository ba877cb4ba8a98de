"""What a check says: whether all is well, and a sentence that says what to do if not."""

import os
import pwd
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings

from accoil import control, environment

Finding = tuple[bool, str]


def data() -> Path:
    """Also before the settings are read."""
    return Path(settings.DATA) if settings.configured else environment.data_folder()


def progress() -> dict[str, Any] | None:
    """What a running server says of its counting; None where none answers."""
    try:
        return dict(control.ask(data(), "progress"))
    except ConnectionError:
        return None


def user(number: int) -> str:
    with suppress(KeyError):
        return pwd.getpwuid(number).pw_name
    return str(number)


def me() -> str:
    return user(os.geteuid())
