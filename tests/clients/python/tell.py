"""Told on standard input what to say to whom, says it through the published client of the module that is named, and
reports what the client gave up. Imports nothing of ours: its path is that of the client alone."""

import importlib
import json
import sys
from datetime import datetime


def main() -> None:
    told = json.load(sys.stdin)
    given_up = []
    module = importlib.import_module(sys.argv[1])
    client = module.Client(
        told["key"],
        host=told["address"],
        max_queue_size=1_000_000,
        on_error=lambda error, items: given_up.append({"error": repr(error), "calls": len(items)}),
        **told["options"],
    )
    for item in told["items"]:
        call(client, item)
    client.flush()
    client.join()
    version = importlib.import_module(sys.argv[1].removesuffix("client") + "version").VERSION
    json.dump({"version": version, "given_up": given_up}, sys.stdout)


def call(client, item):
    common = {
        "user_id": item["userId"],
        "message_id": item["messageId"],
        "timestamp": datetime.fromisoformat(item["timestamp"]),
        "context": item.get("context"),
    }
    if item["type"] == "track":
        client.track(event=item["event"], properties=item["properties"], **common)
    elif item["type"] == "page":
        client.page(name=item["name"], **common)
    elif item["type"] == "group":
        client.group(group_id=item["groupId"], traits=item["traits"], **common)
    else:
        client.identify(traits=item["traits"], **common)


main()
