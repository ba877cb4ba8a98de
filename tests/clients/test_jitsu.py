"""@jitsu/js on Node. It remembers user and account, takes no time or id for a call, and never tries again."""

from __future__ import annotations

import subprocess
from collections import Counter
from datetime import UTC, datetime

import pytest

from accoil.asgi import Server
from tests.clients.arrived import arrived
from tests.clients.published import NODE, Published, where_here
from tests.door import Door

JITSU = Published("@jitsu/js", "1.11.0", place="@jitsu/js")
SAY = """
const { jitsuAnalytics } = require("@jitsu/js");
const [key, host] = process.argv.slice(1);
(async () => {
  const jitsu = jitsuAnalytics({ writeKey: key + ":any", host });
  for (let user = 0; user < 20; user++) {
    await jitsu.identify("user " + user, { email: user + "@example.com", role: "admin" });
    await jitsu.group("account " + (user % 4), { name: "Account " + (user % 4) });
    for (let n = 0; n < 5; n++) await jitsu.track("Report_Created", { n });
    await jitsu.page({ name: "Pricing" });
    await jitsu.reset();
  }
})();
"""


@pytest.mark.parametrize("client", where_here([JITSU]))
def test_what_jitsu_sends_counts_once(server: Server, door: Door, client: Published) -> None:
    run = subprocess.run(
        ["node", "-e", SAY, door.key, door.address], cwd=NODE, capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 0 and not run.stderr, run.stderr
    assert server.wait_counted()
    today = datetime.now(UTC).date()
    users = {f"user {user}": f"account {user % 4}" for user in range(20)}
    wanted = {(user, account, "Report_Created", today): 5 for user, account in users.items()}
    wanted |= {(user, account, "Viewed Pricing", today): 1 for user, account in users.items()}
    assert door.counts() == Counter(wanted)
    people = arrived(door)
    assert people.memberships == users
    assert people.users["user 7"] == {"email": "7@example.com", "role": "admin"}
    assert people.accounts["account 3"] == {"name": "Account 3"}
