"""Which tools send messages to places."""

from accoil.connect.connection import Action, Tool


def told_by(tool: Tool) -> Action | None:
    """The action that sends a message to a place that its first field names."""
    return next((each for each in tool.actions if tool.sending and not each.needs_match and each.together), None)
