"""What a letter is made of."""

from collections.abc import Sequence

import msgspec


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """`name` is linked to `link`, if there is one; `figure` stands at the right, `why` below."""

    name: str = ""
    figure: str = ""
    text: str = ""
    why: str = ""
    link: str = ""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """`total` stands beside the title, `note` below the lines, small, and linked to `link`."""

    title: str = ""
    total: int = 0
    lines: Sequence[Line] = ()
    note: str = ""
    link: str = ""


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What a letter of many parts begins with: of what and when it is, what it comes to, and where all of it is."""

    title: str = ""
    note: str = ""
    news: str = ""
    link: str = ""
