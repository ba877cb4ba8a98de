"""What stands in the message of an alert, or of several."""

from collections.abc import Mapping
from typing import Any

from accoil.connect.connection import FEED, Message, Told
from accoil.connect.slack.blocks import ALL, LINE, SECTION, Block, context, fitting, link, section
from accoil.connect.slack.digest import digest

SHOWN = 20  # alerts in one message


def body(told: Told) -> dict[str, Any]:
    """`text` is what notifications and screen readers say; `blocks` what is seen."""
    if told[0][1].type == FEED:
        return digest(told[0][1].data)
    blocks = _one(*told[0]) if len(told) == 1 else _several(told)
    said = [f"{who(message)}: {_text(values, message)}" for values, message in told]
    text = said[0] if len(said) == 1 else f"{len(said)} alerts: {', '.join(who(message) for _, message in told)}"
    return {"text": fitting(text, LINE), "blocks": blocks}


def who(message: Message) -> str:
    """The user or account that it is about."""
    about = message.data.get("user") or message.data.get("account") or {}
    return str(about.get("name") or about.get("id") or "Somebody")


def figures(data: Mapping[str, Any]) -> str:
    """Score 41 ▼14 · activation 67 % · 5 of 12 users active · $1,200 · Everyday"""
    about, account = data.get("user") or data.get("account") or {}, data.get("account") or {}
    told = []
    if about.get("score") is not None:
        change = about.get("change") or 0
        moved = f" {'▲' if change > 0 else '▼'}{abs(change)}" if change else ""
        told.append(f"Score {about['score']}{moved}")
    if about.get("activation") is not None:
        told.append(f"activation {about['activation']} %")
    if data.get("user") and account:
        told.append(str(account.get("name") or account.get("id")))
    elif account.get("total_users"):
        told.append(f"{account.get('active_users') or 0} of {account['total_users']} users active")
    if account.get("mrr"):
        told.append(f"${account['mrr'] / 100:,.2f}".removesuffix(".00"))
    told += [str(data["profile"])] if data.get("profile") else []
    return " · ".join(told)


def _text(values: Mapping[str, str], message: Message) -> str:
    return values.get("text", "").strip() or str(message.data.get("because", ""))


def _one(values: Mapping[str, str], message: Message) -> list[Block]:
    head = f"*{link(who(message), str(message.data.get('link', '')))}*"
    blocks = [section(f"{head}\n{fitting(_text(values, message), SECTION - len(head) - 1)}")]
    small = figures(message.data)
    return [*blocks, context(fitting(small, 1_000))] if small else blocks


def _several(told: Told) -> list[Block]:
    """As a list, whoever had them sent; those that find no room are counted."""
    lines, room = [], ALL - 500
    for values, message in told[:SHOWN]:
        text = " ".join(_text(values, message).split())
        line = f"• *{link(who(message), str(message.data.get('link', '')))}* {fitting(text, LINE)}"
        if len(line) > room:
            break
        room -= len(line)
        lines.append(line)
    blocks, part = [section(f"*{len(told)} alerts*")], ""
    for line in lines:
        if part and len(part) + len(line) + 1 > SECTION:
            blocks.append(section(part))
            part = ""
        part = f"{part}\n{line}" if part else line
    blocks.append(section(part))
    left = len(told) - len(lines)
    return [*blocks, context(f"and {left} more, in the run logs of the automations")] if left else blocks
