"""Where messages go, and when."""

from accoil.act.models import Feed
from accoil.connect.connection import Action, Tool


def told_by(tool: Tool) -> Action | None:
    """The action that sends a message to a place that its first field names."""
    return next((each for each in tool.actions if tool.sending and not each.needs_match and each.together), None)


def when(feed: Feed) -> str:
    """every Monday at 8:00 to #sales and 2 members"""
    if not feed.every:
        return "not sent"
    members = [each for each in feed.mail_to.split(",") if each.strip()]
    people = [f"{len(members)} member{'s' if len(members) > 1 else ''} by e-mail"] if members else []
    to = " and ".join([*([feed.channel] if feed.channel else []), *people])
    return f"{feed.get_every_display().lower().replace('monday', 'Monday')} at {feed.hour}:00 to {to}"
