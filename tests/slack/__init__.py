"""A stand-in for Slack over real HTTP on this machine: it keeps channels and messages, and refuses as Slack does."""

from tests.slack.server import running
from tests.slack.workspace import Slack

__all__ = ["Slack", "running"]
