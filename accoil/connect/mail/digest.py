"""The letter of a feed."""

from collections.abc import Mapping
from typing import Any

from accoil.connect.connection import FEED, Message
from accoil.connect.mail.letter import Letter
from accoil.connect.mail.parts import Head, Line, Part
from accoil.connect.muted import Link
from accoil.score.wording import joined
from accoil.team.models import Team


def digest(team: Team, to: str, message: Message, stop: Link) -> Letter:
    data = message.data
    return Letter(
        key=message.key,
        to=to,
        subject=data.get("subject") or data["title"],
        head=_head(data),
        parts=[_card(each, data["link"]) for each in data["cards"]] + _quiet(data),
        why=f"You get this as a member of {team}, who was chosen to get the feed “{data[FEED]}”.",
        stop=stop,
    )


def _head(data: Mapping[str, Any]) -> Head:
    news = list(data.get("news") or ())
    place = " · ".join(str(data[key]) for key in ("when", "product", "profile") if data.get(key))
    listed = f"{joined(news)}." if len(news) > 1 else ""
    return Head(title=data["title"], note=place, news=listed, link=data["link"])


def _card(card: Mapping[str, Any], url: str) -> Part:
    lines = [
        Line(
            name=each["name"], figure=each["text"], text=each.get("about", ""), why=each.get("why", ""),
            link=each["link"],
        )
        for each in card["lines"]
    ]  # fmt: skip
    more = f"and {card['more']:,} more" if card["more"] else ""
    return Part(title=card["title"], total=card.get("total", 0), lines=lines, note=more, link=url if more else "")


def _quiet(data: Mapping[str, Any]) -> list[Part]:
    quiet = data.get("quiet")
    return [Part(note=f"Nothing new in: {'; '.join(quiet)}.")] if quiet else []
