#!/usr/bin/env python3
"""Scores the people behind a git repository: sends its history with Segment's own Python library.

    pip install segment-analytics-python
    python examples/git_history.py ~/code/my-project --key INGEST_KEY

author → user (by e-mail) · mail domain → account · kind of commit → event · commit time → time of the event.
A commit's hash is its message id, so running this again, or after new commits, counts every commit once.
"""

import argparse
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import requests  # comes with the library below
from segment.analytics.client import Client

# Behind these addresses stands a person and no organisation: they become users without an account.
PUBLIC_MAIL = """
gmail.com googlemail.com yahoo.com hotmail.com outlook.com live.com msn.com icloud.com me.com mac.com aol.com gmx.de
gmx.net web.de mail.ru yandex.ru qq.com 163.com 126.com foxmail.com naver.com free.fr proton.me protonmail.com pm.me
fastmail.com hey.com zoho.com posteo.de mailbox.org users.noreply.github.com users.noreply.gitlab.com
"""

# The first that the subject starts with names the event: a conventional commit's prefix, or plain words.
KINDS = {
    "Commit_Reverted": r"revert",
    "Release_Tagged": r"release|(version |v)?\d+\.\d\S*$|(bump|prepare|set)(ed|d)? .*(version|release)",
    "Test_Added": r"tests?\b|(add|improve)(ed|s|d)? .*\btests?\b",
    "Docs_Written": r"(docs?|readme|changelog|typos?)\b|(add|fix|update)(ed|s|d)? .*\b(docs?|typos?|readme)\b",
    "Bug_Fixed": r"(hot)?fix(e[sd])?\b|bug\b|(correct|prevent|repair)(s|ed)?\b",
    "Refactoring_Done": r"refactor|refs\b|style\b|perf\b|clean|simplif|renam|moved?\b|remov|optimi[sz]",
    "Chore_Done": r"chore|build|ci\b|deps\b|bump|upgrad",
    "Feature_Added": r"feat|add(ed|s|ing)?\b|implement|introduc|support|allow|enabl|creat|new\b|initial",
}


class Commit(NamedTuple):
    hash: str
    parents: str
    seconds: str  # since 1970
    tags: str
    email: str
    name: str
    subject: str

    @property
    def event(self) -> str:
        if "tag: " in self.tags:
            return "Release_Tagged"
        if " " in self.parents:
            return "Merge_Made"
        words = re.sub(r"^\[[^]]*\]\s*", "", self.subject.lower())  # without the [branch] that some put in front
        return next((event for event, start in KINDS.items() if re.match(start, words)), "Commit_Made")

    @property
    def user(self) -> str:
        return self.email.lower() or self.name or "somebody"

    @property
    def account(self) -> str | None:
        _, at, domain = self.user.rpartition("@")
        known = at and re.fullmatch(r"[\w-]+(\.[\w-]+)+", domain) and domain not in PUBLIC_MAIL.split()
        return domain if known else None

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(min(int(self.seconds), time.time()), UTC)  # some clocks were ahead of ours


def commits(repository: str, since: str | None) -> Iterator[Commit]:
    """Oldest first, one at a time. `%aE` and `%aN` follow the repository's .mailmap."""
    command = ["git", "-C", repository, "log", "--reverse", "--encoding=UTF-8", "--decorate-refs=refs/tags/*"]
    command += ["--format=" + "%x1f".join(["%H", "%P", "%ct", "%D", "%aE", "%aN", "%s"])]
    command += [f"--since={since}"] if since else []
    with subprocess.Popen(command, stdout=subprocess.PIPE) as log:
        for line in log.stdout or ():
            yield Commit(*line.decode("utf-8", "replace").rstrip("\n").split("\x1f", 6))
    if log.returncode:
        sys.exit(f"git log ended with status {log.returncode}: what it told before that has been sent.")


def send(client: Client, history: Iterator[Commit], failures: list[str]) -> None:
    """Sends everything and says what it was. Stops early when the server refuses."""
    names, accounts, events = dict[str, str](), set[str](), Counter[str]()
    try:
        for number, commit in enumerate(history, 1):
            call = {"user_id": commit.user, "timestamp": commit.at}
            if names.get(commit.user) != commit.name:
                names[commit.user] = commit.name
                traits = {"name": commit.name, "email": commit.email}
                client.identify(**call, traits=traits, message_id=f"{commit.hash}-identify")
                if org := commit.account:
                    accounts.add(org)
                    client.group(**call, group_id=org, traits={"name": org}, message_id=f"{commit.hash}-group")
            client.track(**call, event=commit.event, message_id=commit.hash)
            events[commit.event] += 1
            if number % 5_000 == 0:
                client.flush()  # waits until all of it is answered
                print(f"{number:,} commits …", file=sys.stderr)
                if failures:
                    break
    finally:
        client.shutdown()  # sends the rest and waits for the answer
    if failures:
        sys.exit(f"Not all of it arrived: {failures[0]}\nRun this again: what has arrived is counted once.")
    print(f"Sent {events.total():,} commits of {len(names):,} people in {len(accounts):,} organisations:")
    for event, count in events.most_common():
        print(f"{count:>10,}  {event}")


def check(repository: str, host: str) -> None:
    """Ends here, with a sentence, when there is nothing to read or nobody to send it to."""
    ask = ["git", "-C", repository, "rev-parse", "-q", "--verify", "HEAD"]
    head = subprocess.run(ask, capture_output=True, text=True)
    if head.stderr:
        sys.exit(f"{repository} cannot be read as a git repository. Git says: {head.stderr.strip()}")
    if head.returncode:
        print(f"{repository} has no commits yet, so there is nothing to send.")
        sys.exit()
    try:
        requests.get(host, timeout=10, allow_redirects=False)
    except requests.RequestException:
        sys.exit(f"Nothing answers at {host}. Start it with `accoil serve`, or say with --host where it runs.")


def main() -> None:
    parser = argparse.ArgumentParser(description="Send the history of a git repository to Accoil.")
    parser.add_argument("repository", metavar="REPO", help="folder of a local git repository")
    parser.add_argument("--host", default="http://127.0.0.1:8000", help="where Accoil runs; %(default)s")
    parser.add_argument("--key", required=True, help="ingest key of the product, from Settings")
    parser.add_argument("--since", help='only commits after this day, as git reads it: 2025-01-01, "2 years ago"')
    given = parser.parse_args()
    check(given.repository, given.host)
    # The library drops messages when its queue is full, also those that it puts back to try again later. So the
    # queue has no limit here, and `send` waits for it to empty now and then.
    failures: list[str] = []
    client = Client(given.key, given.host, max_queue_size=0, on_error=lambda error, _: failures.append(str(error)))
    send(client, commits(given.repository, given.since), failures)
    print(f"Next: give these events weights, with `accoil apply examples/git_history.yaml` or at {given.host}")


if __name__ == "__main__":
    main()
