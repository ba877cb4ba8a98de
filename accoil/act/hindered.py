"""Why an automation that is on can do nothing, or not all of it: each reason is a sentence that says what to do."""

from collections.abc import Iterator, Mapping, Sequence

from accoil.act.actions import actions_in, all_actions, patience
from accoil.act.models import TOO_LATE, Automation
from accoil.connect.connection import Tool
from accoil.connect.models import Connection, State
from accoil.team.models import Team

HOURS = int(TOO_LATE.total_seconds() // 3600)


def hindrances(team: Team, automations: Sequence[Automation]) -> dict[int, list[str]]:
    """Automation → why, of those of a team that are hindered."""
    connections = list(team.connections.exclude(state=State.DISCONNECTED))
    found = {each.pk: list(dict.fromkeys(_reasons(each, connections))) for each in automations if each.enabled}
    return {key: reasons for key, reasons in found.items() if reasons}


def _reasons(automation: Automation, connections: Sequence[Connection]) -> Iterator[str]:
    if automation.segment_id is None:
        yield "What it waits for is gone, so it never fires. Edit it, and choose something else."
    elif automation.problem:
        yield automation.problem
    for key, values in actions_in(automation.actions):
        days = patience(key).days
        known = all_actions().get(key)
        if known is None:
            yield f"No tool knows the action {key} any more. Edit it, and choose another one."
        else:
            yield from _of_tool(known[0], values, connections, days)


def _of_tool(tool: Tool, values: Mapping[str, str], connections: Sequence[Connection], days: int) -> Iterator[str]:
    if tool.missing():
        yield tool.missing()
    own = [each for each in connections if each.tool == tool.key]
    if tool.connection_of is not None:  # a connection for each address, made when it is first sent to
        if any(each.state == State.NEEDS_RECONNECT for each in own if values.items() <= each.options.items()):
            yield (
                f"{tool.name}: the address is switched off, so what is for it waits, for some {days} days. Owners "
                "and managers switch it on again here."
            )
    elif not own or own[0].state == State.DISCONNECTING:
        yield f"{tool.name} is not connected, so what is to be done there fails. Connect it in Settings > Connections."
    elif own[0].state == State.NEEDS_RECONNECT:
        yield (
            f"{tool.name} needs to be connected again, in Settings > Connections. Until then what is to be done there "
            f"waits, {HOURS} hours at most."
        )
