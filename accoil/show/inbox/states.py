"""What is shown where there are no numbers to show: what is so, and what to do. Pure."""

from collections.abc import Callable

from accoil.show.inbox import parts
from accoil.show.inbox.asked import Contact
from accoil.show.inbox.choosing import Empty
from accoil.show.inbox.parts import Part, plain

AGAIN = "again"


def empty(which: Empty, contact: Contact) -> Part:
    title, said, do = EMPTY[which](plain(contact.called))
    return parts.canvas([parts.header(title), parts.text(said), parts.text(do, "muted"), _again("Look again")])


def computing() -> Part:
    return parts.canvas(
        [
            parts.header("Still counting"),
            parts.text("The numbers are just being made, as after a start of the server. It takes seconds."),
            _again("Look again"),
        ]
    )


def try_again() -> Part:
    return parts.canvas(
        [
            parts.header("That took too long"),
            parts.text("Accoil did not answer in time. Nothing is lost."),
            parts.text("If it happens again and again, tell whoever runs Accoil.", "muted"),
            _again("Try again"),
        ]
    )


def _again(label: str) -> Part:
    return parts.press(AGAIN, label)


EMPTY: dict[Empty, Callable[[str], tuple[str, str, str]]] = {
    "no_address": lambda called: (
        "Nobody known yet",
        "This person has given no e-mail address, and Intercom knows no user id of theirs.",
        "Once Intercom knows their e-mail address, their numbers appear here.",
    ),
    "unknown": lambda called: (
        called,
        "They are no user of the product, as far as Accoil knows.",
        "Perhaps they use another e-mail address there. They appear here once the product has told Accoil this one.",
    ),
    "no_product": lambda called: (
        called,
        "The team has no product in Accoil yet.",
        "An owner or manager makes one.",
    ),
    "no_profile": lambda called: (
        called,
        "They are known, but nothing is scored yet: the product has no profile.",
        "An owner or manager makes one in Accoil, under Profiles.",
    ),
    "no_access": lambda called: (
        called,
        "They are known, but no profile is open to you.",
        "An owner or manager opens one: in Accoil under Profiles > the profile > Who sees it.",
    ),
}
