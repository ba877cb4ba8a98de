"""What a person reads on a page: its words without the markup, its links, its forms."""

import re
from html import unescape
from html.parser import HTMLParser


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._skipping = 0
        self._closed = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._skipping += tag in ("script", "style", "title")
        # What a number says on click is not read before: its spans are counted, to know where it ends.
        if self._closed or ("popover", None) in attrs:
            self._closed += tag == "span"
        self._space(tag)

    def handle_endtag(self, tag: str) -> None:
        self._skipping -= tag in ("script", "style", "title")
        self._closed -= bool(self._closed) and tag == "span"
        self._space(tag)

    def _space(self, tag: str) -> None:
        # Bold words stand within a sentence; everything else is set apart on the page, so it is here.
        if tag != "b":
            self.words.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._skipping and not self._closed:
            self.words.append(data)


def words(response) -> str:
    """The page's text, in one line."""
    reader = _Words()
    reader.feed(response.content.decode())
    return " ".join("".join(reader.words).split())


def main(response) -> str:
    """The text of the page itself, without the frame round it."""
    content = response.content.decode().partition("<main")[2].partition("</main>")[0]
    reader = _Words()
    reader.feed("<main" + content)
    return " ".join("".join(reader.words).split())


def links(response) -> list[str]:
    return [unescape(link) for link in re.findall(r'href="([^"#][^"]*)"', response.content.decode())]


def link_to(response, text: str) -> str:
    """The address of the first link that reads so."""
    for address, inside in re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', response.content.decode(), re.DOTALL):
        reader = _Words()
        reader.feed(inside)
        if " ".join("".join(reader.words).split()) == text:
            return unescape(address)
    raise AssertionError(f"no link reads {text!r}")
