"""What answers look like, for the OpenAPI document. Scores and rates are fractions 0–1; beside a score stands its whole
number. A field that may be null can't be told: no steps are set, nothing happened yet."""

from datetime import date, datetime
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

Fraction = float


class Refusal(Schema):
    class Error(Schema):
        code: str = Field(examples=["missing_workspace_id"])
        message: str = Field(examples=["workspace_id is required"])

    error: Error


class Provenance(Schema):
    as_of: date = Field(description="The local day the numbers are of.")
    version: int | None = Field(description="Of the profile; null where no profile has a say.")
    computed_at: datetime


class Pagination(Schema):
    limit: int
    offset: int
    total: int = Field(description="Rows in all.")


class PageLinks(Schema):
    self: str
    next: str | None = None
    previous: str | None = None


class Paged(Provenance):
    pagination: Pagination
    links: PageLinks | None = Field(None, alias="_links")


class Stats(Schema):
    total_users: int
    total_accounts: int


class WorkspaceLinks(Schema):
    self: str
    users: str
    accounts: str
    segments: str


class Workspace(Schema):
    id: int
    name: str
    lookback_days: int
    version: int = Field(description="The version in force.")
    stats: Stats | None = None
    links: WorkspaceLinks = Field(alias="_links")


class Workspaces(Paged):
    data: list[Workspace]
    expansions: list[str] = Field(alias="_expansions")


class OneWorkspace(Provenance, Workspace):
    version: int = Field(description="The version in force.")
    expansions: list[str] = Field(alias="_expansions")


class LeanMetrics(Schema):
    engagement_score: Fraction
    score: int
    raw_score: float
    change: int
    last_seen: datetime | None = Field(description="Of any event, scored or not.")


class SelfLink(Schema):
    self: str


class AccountLinks(SelfLink):
    users: str
    explain: str
    why: str
    history: str


class UserLinks(SelfLink):
    explain: str
    why: str
    history: str


class Lean(Schema):
    id: int
    tracking_id: str = Field(description="The id you sent.")
    name: str
    workspace_id: int
    metrics: LeanMetrics
    links: SelfLink = Field(alias="_links")


class LeanUser(Lean):
    email: str | None


class Accounts(Paged):
    workspace_id: int
    data: list[Lean]
    expansions: list[str] = Field(alias="_expansions")


class Users(Paged):
    workspace_id: int
    data: list[LeanUser]
    expansions: list[str] = Field(alias="_expansions")


class Metrics(LeanMetrics):
    benchmark: float | None = Field(description="The raw points that score 90; null when nobody was active.")
    score_yesterday: Fraction
    score_last_period: Fraction
    score_change: Fraction
    activation_rate: Fraction | None = Field(description="Steps met of all; null without steps.")
    activated_on: date | None
    adoption_rate: Fraction
    lifetime_adoption_rate: Fraction
    frequency: int = Field(description="Days of the window with a scored event.")
    overall_scored_events: int
    recently_scored_events: int
    last_active: date | None = Field(description="Day of the last scored event.")
    tenure: int = Field(description="Days.")


class AccountMetrics(Metrics):
    total_score: int
    active_users: int
    total_users: int
    active_users_percentage: Fraction


class Insights(Schema):
    summary: str
    health: Literal["healthy", "steady", "cooling", "at_risk", "inactive"]
    recommendations: list[str]
    generated_at: datetime


class InSegment(Schema):
    id: int
    name: str
    default: bool


class One(Provenance):
    id: int
    tracking_id: str
    name: str
    workspace_id: int
    created_at: datetime
    insights: Insights | None = None
    traits: dict[str, Any] | None = None
    segments: list[InSegment] | None = None


class Account(One):
    metrics: AccountMetrics
    status: str | None
    plan: str | None
    mrr: float | None = Field(description="Cents a month.")
    expansions: list[str] = Field(alias="_expansions")
    links: AccountLinks = Field(alias="_links")


class User(One):
    email: str | None
    account_id: int | None = Field(description="The account it belongs to on that day.")
    metrics: Metrics
    expansions: list[str] = Field(alias="_expansions")
    links: UserLinks = Field(alias="_links")


class Counted(Schema):
    """The dimensions grouped by, and `count`."""

    user: str | None = Field(None, description="null: of an anonymous id that is nobody's yet.")
    account: str | None = Field(None, description="null: could not be attributed.")
    event: str | None = None
    day: date | None = None
    count: int


class Counts(Paged):
    data: list[Counted]
    total_count: int = Field(description="The sum of all that match, whatever the page.")


class Part(Schema):
    event: str
    count: float
    weight: int
    points: float
    share: Fraction = Field(description="Of raw.")
    counted: float | None = Field(None, description="Under a daily cap: how many of the count make points.")


class Step(Schema):
    step: str = Field(description="In words.")
    met: bool
    on: date | None = Field(description="The day on which it was reached; null of steps that are no event.")
    count: int | None = Field(description="So far.")
    at_least: int | None = Field(description="How many it takes.")


class Explained(Provenance):
    workspace_id: int
    id: int
    score: int
    raw: float
    benchmark: float | None
    curve: Literal["exponential", "linear"]
    not_scored: str | None = Field(description="Why one does not count; null for one who does.")
    parts: list[Part]
    steps: list[Step] = Field(description="Of activation.")


class ExplainedAccount(Explained):
    class OfUser(Schema):
        id: int
        name: str
        score: int
        raw: float

    users: list[OfUser] | None = Field(description="null: the token may not read users.")


class Why(Provenance):
    class Parts(Schema):
        definition: int = Field(description="Another version of the profile.")
        membership: int = Field(description="People who joined or left the account.")
        behaviour: int = Field(description="What people did.")
        benchmark: int = Field(description="What everybody else did.")

    class Moved(Schema):
        event: str
        weight: int
        count_before: float
        count_after: float
        gained: float = Field(description="Points that came into the window.")
        aged_out: float = Field(description="Points that left it.")

    workspace_id: int
    id: int
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    change: int = Field(description="The parts sum to it.")
    parts: Parts
    events: list[Moved]
    sentence: str
    score_before: int
    score_after: int
    raw_before: float
    raw_after: float
    benchmark_before: float | None
    benchmark_after: float | None
    definition_changed: bool
    change_alike: int = Field(description="The change as the later version says of both days.")
    version_from: int
    version_to: int
    active_before: int
    active_after: int
    joined: int
    left: int


class History(Provenance):
    class OnDay(Schema):
        day: date
        score: int
        raw: float
        reported_score: int = Field(description="Under the version then in force, against the benchmark kept for it.")
        version: int = Field(description="The one then in force.")
        late: bool = Field(description="Events that belong to its window came after it was reported.")

    workspace_id: int
    id: int
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    data: list[OnDay]


class SegmentLinks(SelfLink):
    members: str


class Segment(Schema):
    id: int
    name: str
    scope: Literal["account", "user"]
    default: bool = Field(description="Every profile has it.")
    size: int
    value: int = Field(description="What its accounts pay a month, in cents.")
    score: float | None = Field(description="The mean of its active members.")
    rule: dict[str, Any]
    words: str = Field(description="The rule, to be read.")
    stay_days: int = Field(description="How many days one must be inside before it counts.")
    links: SegmentLinks = Field(alias="_links")


class Segments(Paged):
    workspace_id: int
    data: list[Segment]


class OneSegment(Provenance, Segment):
    workspace_id: int


class Members(Paged):
    workspace_id: int
    segment_id: int
    scope: Literal["account", "user"]
    data: list[LeanUser | Lean]


class FromTo(Schema):
    before: float | None = Field(alias="from")
    after: float | None = Field(alias="to")


class InBands(Schema):
    most: int
    slightly: int
    passive: int
    least: int


class BandsOfBoth(Schema):
    accounts: InBands
    users: InBands


class WhatIf(Provenance):
    class Bands(Schema):
        before: BandsOfBoth = Field(alias="from", description="As the version in force says.")
        after: BandsOfBoth = Field(alias="to", description="As the draft says.")

    class Mover(Schema):
        type: Literal["account", "user"]
        id: int
        tracking_id: str
        name: str
        before: int | None = Field(alias="from", description="null: does not count.")
        after: int | None = Field(alias="to")
        change: int

    class Passing(Schema):
        name: str
        scope: Literal["account", "user"]
        entered: int
        left: int

    workspace_id: int
    scored: int = Field(description="Users with points under the draft.")
    benchmark: FromTo
    bands: Bands
    movers: list[Mover]
    segments: list[Passing]
    automations: list[str] = Field(description="Those that would fire.")
    writes: int = Field(description="Records in other tools that would be written.")


class Uptake(Schema):
    did: int = Field(description="How many did it in the range.")
    did_before: int = Field(description="In the range before.")
    active: int = Field(description="How many did anything at all.")
    active_before: int
    adoption: Fraction
    adoption_before: Fraction
    change: float = Field(description="Percentage points.")
    times: int = Field(description="How often it happened.")
    average_events: float = Field(description="Per head.")
    average_times: float = Field(description="Per one who did it.")


class Events(Paged):
    class Event(Uptake):
        event: str
        scored: bool = Field(description="It carries weight in the profile.")

    workspace_id: int
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    scope: Literal["account", "user"]
    data: list[Event]


class Features(Paged):
    class Feature(Uptake):
        feature: str
        events: list[str]
        week: Fraction = Field(description="The mean share of the last 7 days.")
        week_before: Fraction
        week_change: float = Field(description="Percentage points.")

    workspace_id: int
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    scope: Literal["account", "user"]
    data: list[Feature]
