"""Profiles."""

from ninja import Schema
from pydantic import Field

from accoil.show.api.shapes.answer import Paged, Provenance


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
