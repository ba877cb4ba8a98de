"""What an admin does on the pages of Settings > Connections, done beside a running server: one act in a process.

python -m tests.journey.arranging connect TOKEN SECRET | switch MODE | sync_now | disconnect
"""

from __future__ import annotations

import sys

from accoil.start import start


def connect(token: str, secret: str) -> None:
    from accoil.connect.intercom.connecting import by_token
    from accoil.team.models import Team, User

    by_token(Team.objects.get(), User.objects.first(), token, secret)  # type: ignore[arg-type]


def switch(mode: str) -> None:
    from accoil.connect.models import Connection, Mode
    from accoil.connect.sync import set_mode
    from accoil.score.models import Profile

    set_mode(Connection.objects.get(), Profile.objects.get(), Mode(mode))


def sync_now() -> None:
    from accoil.connect import sync
    from accoil.connect.models import Connection

    sync.sync_now(Connection.objects.get())


def disconnect() -> None:
    from accoil.connect import ending
    from accoil.connect.models import Connection

    ending.begin(Connection.objects.get())


if __name__ == "__main__":
    start()
    {"connect": connect, "switch": switch, "sync_now": sync_now, "disconnect": disconnect}[sys.argv[1]](*sys.argv[2:])
