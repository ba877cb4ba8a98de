"""Where Slack is, and what somebody who has to act is told."""

from django.conf import settings

GONE = {  # events that say that we are let in no more
    "app_uninstalled": "The app was removed from the workspace in Slack;",
    "tokens_revoked": "The token was revoked in Slack;",
}
AGAIN = "connect Slack again."


def api_address() -> str:
    return f"{settings.SLACK_URL or 'https://slack.com'}/api"


def pages_address() -> str:
    """Where people let the app in."""
    return f"{settings.SLACK_URL or 'https://slack.com'}/oauth/v2/authorize"


def hooks_address() -> str:
    """What every incoming webhook begins with: nothing is sent anywhere else."""
    return f"{settings.SLACK_URL or 'https://hooks.slack.com'}/services/"
