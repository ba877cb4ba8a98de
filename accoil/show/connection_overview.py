"""What stands on the pages of a connection: its state and tabs, runs, matches, and what is written of which profile."""

import hashlib
from collections import Counter
from typing import Any

from django.utils import timezone

from accoil.connect.connection import Tool
from accoil.connect.models import Connection, Mode, Pass, State, Written
from accoil.connect.names import synced, wanted
from accoil.connect.tools import TOOLS
from accoil.show import connection_words as words
from accoil.show.connection_figures import Figures, hidden_attributes, modes, profiles_of, recent_runs
from accoil.show.connection_lists import MATCHES
from accoil.show.frame import Frame
from accoil.show.words import number

Values = dict[str, Any]


def around(frame: Frame, tool: Tool, joined: Connection, here: str) -> Values:
    """What stands on each page of a connection."""
    tabs = (("connection", "Overview"), ("connection-records", "Who is who"), ("connection-ledger", "Ledger"),
            ("connection-check", "Troubleshooting"))  # fmt: skip
    return {
        "tool": tool,
        "connection": joined,
        "connections_link": frame.link("connections"),
        "again_link": frame.link("connection", tool.key, again=1),
        "check_link": frame.link("connection-check", tool.key),
        "failed_link": frame.link("connection-records", tool.key, match="failed"),
        "ledger_link": frame.link("connection-ledger", tool.key),
        "region": str(joined.options.get("region", "")).upper(),
        "state": words.state(joined, timezone.now(), hidden_attributes(joined, frame.request.user)),
        "needs_reconnect": joined.state == State.NEEDS_RECONNECT,
        "ending": ending(joined),
        "tabs": [
            {"words": said, "link": frame.link(name, tool.key), "here": name.removeprefix("connection-") == here}
            for name, said in tabs
        ],
    }


def ending(joined: Connection) -> Values | None:
    """How far a connection that ends is with archiving, and until when that is tried."""
    if joined.state != State.DISCONNECTING:
        return None
    states = Counter(joined.attributes.values_list("state", flat=True))
    return {"archived": states[Written.Is.ARCHIVED], "of": states.total(), "until": joined.archiving_until}


def making(joined: Connection) -> Values | None:
    """How far the attributes are that the modes ask for; None when all are there, or were refused."""
    if joined.state != State.CONNECTED:
        return None
    asked = {(each.attribute.kind, each.attribute.name) for each in wanted(synced(joined))}
    tried = joined.attributes.filter(state=Written.Is.ACTIVE).exclude(remote_id="", problem="")
    missing = asked - set(tried.values_list("kind", "name"))
    return {"made": len(asked) - len(missing), "of": len(asked)} if missing else None


def runs(frame: Frame, joined: Connection, numbers: Figures) -> Values:
    """The last runs, with the progress of one that is under way. `known` changes when anything about them does."""
    hidden = hidden_attributes(joined, frame.request.user)
    rows: list[Values] = [
        {
            "run": each,
            "words": words.run(each),
            "problem": words.reason(each.problem, hidden),
            "moving": each.ended_at is None,
            "done": done(each),
        }
        for each in recent_runs(joined)
    ]
    told = [(row["run"].pk, row["words"], row["problem"], row["moving"], row["done"]) for row in rows]
    being_made = making(joined)
    known = repr((told, numbers.failed, joined.state, joined.problem, ending(joined), being_made))
    return {
        "making": being_made,
        "runs": rows,
        "figures": numbers,
        "known": hashlib.blake2b(known.encode(), digest_size=8).hexdigest(),
    }


def done(each: Pass) -> int:
    """How many of `of_total` it is through with."""
    return min(int(each.counts.get("compared", 0)), each.of_total or 0)


def matches(frame: Frame, joined: Connection, numbers: Figures) -> list[Values]:
    """Kind by kind, the numbers that open the lists."""
    return [
        {
            "words": said,
            "cells": [
                {
                    "words": name,
                    "number": number(numbers.of(kind, match)),
                    "link": frame.link("connection-records", joined.tool, kind=kind, match=match),
                }
                for match, name in MATCHES.items()
                if match != "failed"
            ],
        }
        for kind, said in (("user", "Users"), ("account", "Accounts"))
    ]


def products(frame: Frame, joined: Connection) -> list[Values]:
    """The team's profiles with what is written of each."""
    chosen = modes(joined)
    return [
        {
            "product": product,
            "rows": [mode_row(frame, joined, profile, chosen.get(profile.pk, Mode.OFF)) for profile in profiles],
        }
        for product, profiles in profiles_of(frame.product.team, frame.request.user)
    ]


def mode_row(frame: Frame, joined: Connection, profile: Any, mode: str) -> Values:
    tool = TOOLS[joined.tool]
    more = [(f"Choose fields in {tool.name}", frame.link("connection-fields", joined.tool, profile.pk))]
    more = more if tool.offers_fields else []
    if tool.segment_list:
        more.append((f"Lists in {tool.name}", frame.link("connection-segment-lists", joined.tool, profile.pk)))
    return {
        "profile": profile,
        "mode": mode,
        "mode_words": Mode(mode).label,
        "modes": [{"value": value, "words": said, "here": value == mode} for value, said in Mode.choices],
        "link": frame.link("connection-mode", joined.tool, profile.pk),
        "more": more if mode != Mode.OFF and frame.may_change else [],
    }
