"""What an assistant may ask: the functions behind the read API, each with the words that say what it is good for."""

from collections.abc import Callable
from typing import Any

import msgspec
from ninja import Schema
from pydantic import Field

from accoil.count.ids import Kind
from accoil.show.api import counts, drafted, explained, people, segments, usage, workspaces
from accoil.show.api.asked import Asked, Asker, Id, Row
from accoil.show.api.expanded import AskedOne, AskedUser


class Tool(msgspec.Struct, frozen=True):
    name: str
    words: str
    asked: type[Schema]  # what it takes
    answer: Callable[[Asker, Any], Row]


class One(Schema):
    kind: Kind
    id: Id = Field(description="Our id, out of the lists of accounts and users.")


class OneAccount(AskedOne):
    id: Id = Field(description="Our id, out of the list of accounts.")


class OneUser(AskedUser):
    id: Id = Field(description="Our id, out of the list of users.")


class Explained(One, Asked):
    pass


class History(One, explained.AskedDays):
    pass


class OfSegment(segments.AskedMembers):
    id: Id = Field(description="The segment's id.")


class WhatIf(Schema):
    workspace_id: Id
    profile: drafted.Draft


def _by_kind(account: Callable[..., Row], user: Callable[..., Row]) -> Callable[[Asker, Any], Row]:
    return lambda asker, asked: (account if asked.kind == "account" else user)(asker, asked.id, asked)


TOOLS = {
    tool.name: tool
    for tool in (
        Tool(
            "profiles",
            "The engagement profiles (workspaces) of the product: how it is scored. Their ids are `workspace_id`s.",
            workspaces.AskedWorkspaces,
            workspaces.workspaces,
        ),
        Tool(
            "accounts",
            "Accounts (companies), ranked by engagement score 0–100 or sorted otherwise; searched by name, or the one"
            " that `match_type` and `match_value` know.",
            people.AskedList,
            people.accounts,
        ),
        Tool(
            "users",
            "Users, ranked by engagement score 0–100 or sorted otherwise; searched by name or e-mail, of one account,"
            " or the one that `match_type` and `match_value` know.",
            people.AskedUsers,
            people.users,
        ),
        Tool(
            "account",
            "Everything about one account; `expand=insights,traits,segments` adds what to do, what is known of it, and"
            " the segments it is in.",
            OneAccount,
            lambda asker, asked: people.account(asker, asked.id, asked),
        ),
        Tool(
            "user",
            "Everything about one user; `expand=traits,segments` with `traits=role,plan` adds up to 8 traits and the"
            " segments it is in.",
            OneUser,
            lambda asker, asked: people.user(asker, asked.id, asked),
        ),
        Tool(
            "explain",
            "Why a score is what it is: the events, count × weight = points, that add up to its points (`raw`); of an"
            " account also its users.",
            Explained,
            _by_kind(explained.explain_account, explained.explain_user),
        ),
        Tool(
            "why",
            "Why a score changed from one day to another (one window, unless `from` and `to` say otherwise): whole"
            " parts that sum to the change, the events that moved points, and a sentence.",
            History,
            _by_kind(explained.why_account, explained.why_user),
        ),
        Tool(
            "history",
            "Score and points (`raw`) of one account or user, day by day, and the score that was reported then.",
            History,
            _by_kind(explained.account_history, explained.user_history),
        ),
        Tool(
            "segments",
            "The segments of accounts and users, with their rule in words, size, value and score.",
            segments.AskedSegments,
            segments.segments,
        ),
        Tool(
            "segment_members",
            "The accounts or users in one segment, ranked by score.",
            OfSegment,
            lambda asker, asked: segments.members_of(asker, asked.id, asked),
        ),
        Tool(
            "what_if",
            "What would change today if the profile were written as `profile` says (window, events with weights,"
            " filter …): bands, biggest movers, segments entered and left. Nothing is saved.",
            WhatIf,
            lambda asker, asked: drafted.what_if(asker, asked.workspace_id, asked.profile),
        ),
        Tool(
            "events",
            "Every event, and who takes it up: which share of the active accounts or users did it in a range of days,"
            " against the range before.",
            usage.AskedUsage,
            usage.events,
        ),
        Tool(
            "features",
            "The product's features (named sets of events), and who takes each up.",
            usage.AskedUsage,
            usage.features,
        ),
        Tool(
            "counts",
            "Exactly how often what was done, by user, account, event and local day (any of them): every message"
            " received, whatever a profile scores.",
            counts.AskedCounts,
            counts.counts,
        ),
    )
}


def takes(tool: Tool) -> dict[str, Any]:
    """The JSON schema of its parameters. A profile need not be named: the first one is meant then."""
    schema: dict[str, Any] = tool.asked.model_json_schema()
    schema["required"] = [name for name in schema.get("required", []) if name != "workspace_id"]
    if "workspace_id" in schema["properties"]:
        schema["properties"]["workspace_id"]["description"] = "The profile's id; else the product's first profile."
    return schema
