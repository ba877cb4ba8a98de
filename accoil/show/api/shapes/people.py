"""Accounts and users: in lists, and everything about one."""

from datetime import date, datetime
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from accoil.show.api.shapes.answer import Fraction, Paged, Provenance, SelfLink
from accoil.show.meanings import plain


class LeanMetrics(Schema):
    engagement_score: Fraction
    score: int = Field(description=plain("score"))
    raw_score: float = Field(description=plain("raw"))
    change: int = Field(description=plain("change"))
    last_seen: datetime | None = Field(description="Of any event, scored or not.")


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
    benchmark: float | None = Field(description="The points that score 90; null when nobody was active.")
    score_yesterday: Fraction
    score_last_period: Fraction
    score_change: Fraction
    activation_rate: Fraction | None = Field(description="Steps met of all; null without steps.")
    activated_on: date | None
    adoption_rate: Fraction = Field(description=plain("adoption"))
    lifetime_adoption_rate: Fraction = Field(description=plain("lifetime_adoption"))
    frequency: int = Field(description=plain("frequency"))
    overall_scored_events: int
    recently_scored_events: int
    last_active: date | None = Field(description=plain("last_active"))
    tenure: int = Field(description="Days.")


class AccountMetrics(Metrics):
    total_score: int = Field(description="The scores of its active users, added up.")
    active_users: int = Field(description=plain("active_users"))
    total_users: int
    active_users_percentage: Fraction = Field(description=plain("active_percent"))


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
