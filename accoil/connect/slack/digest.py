"""What stands in the message of a feed: what it comes to, then a card after the other, then what had nothing to say."""

from collections.abc import Mapping
from typing import Any

from accoil.connect.slack.blocks import ALL, LINE, SECTION, Block, context, fitting, header, link, section
from accoil.score.wording import joined

SENTENCE = 160  # characters of a reason


def digest(data: Mapping[str, Any]) -> dict[str, Any]:
    """`text` is what notifications say."""
    title, url = str(data["title"]), str(data["link"])
    place = [fitting(str(data[key]), LINE) for key in ("when", "product", "profile") if data.get(key)]
    blocks = [header(title)]
    if small := " · ".join([*place, *([link("Open the feed", url)] if url else [])]):
        blocks.append(context(small))
    if len(news := list(data.get("news") or ())) > 1:
        blocks.append(section(f"*{fitting(joined(news), SECTION - 2)}*"))
    shown, left = _cards(data["cards"], url)
    blocks += shown
    if left:
        more = link("the feed", url) if url else "the feed"
        blocks.append(context(fitting(f"Not shown here: {'; '.join(left)}.", 1_000) + f" All of it stands in {more}."))
    if quiet := data.get("quiet"):
        blocks.append(context(fitting(f"Nothing new in: {'; '.join(quiet)}.", 1_000)))
    return {"text": fitting(str(data.get("subject") or title), LINE), "blocks": blocks}


def _cards(cards: list[Mapping[str, Any]], url: str) -> tuple[list[Block], list[str]]:
    """As many as there is room for; the titles of the others."""
    blocks: list[Block] = []
    room = ALL - 3_000
    for place, card in enumerate(cards):
        text = _card(card, url)
        if len(text) > room:
            return blocks, [str(each["title"]) for each in cards[place:]]
        room -= len(text)
        blocks.append(section(text))
    return blocks, []


def _card(card: Mapping[str, Any], url: str) -> str:
    total = f" · {card['total']}" if card.get("total") else ""
    lines = [f"*{fitting(str(card['title']), LINE)}*{total}", *(_line(each) for each in card["lines"])]
    while len("\n".join(lines)) > SECTION - 200:
        del lines[-1]
    more = len(card["lines"]) + card["more"] - (len(lines) - 1)
    if more:
        lines.append(link(f"and {more} more", url) if url else f"and {more} more")
    return "\n".join(lines)


def _line(each: Mapping[str, Any]) -> str:
    """• Acme Ltd  72 ▲12 · $1,200 a month, and below it why."""
    told = [f"*{link(str(each['name']), str(each['link']))}*", fitting(str(each["text"]), LINE)]
    about = f" · {fitting(str(each['about']), SENTENCE)}" if each.get("about") else ""
    why = f"\n      {fitting(str(each['why']), SENTENCE)}" if each.get("why") else ""
    return f"• {'  '.join(filter(None, told))}{about}{why}"
