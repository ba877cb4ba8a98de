"""The bottom of the widget: which product, account and profile it shows, and how to see another."""

from collections.abc import Sequence

from accoil.show import words
from accoil.show.inbox import parts
from accoil.show.inbox.choosing import Listed
from accoil.show.inbox.looked import Looked
from accoil.show.inbox.parts import MOST, Part, plain

A_PAGE = 8  # of a list

Choices = Sequence[tuple[str, str]]


def bottom(looked: Looked) -> list[Part]:
    """A dropdown where there are two to ten; where there are more, a button that leads to a list; the name of the
    profile where there is one only."""
    view = looked.view
    accounts = [] if view.tab == "info" else looked.accounts
    account = looked.account
    made = [
        *_choice("product", "Product", str(view.product.pk), products(looked)),
        *_choice(
            "account", "Account", str(account["id"] if account else ""), [(str(a["id"]), a["name"]) for a in accounts]
        ),
        *_choice("profile", "Profile", str(view.profile.pk), profiles(looked)),
    ]
    drops = any(part["type"] == "dropdown" for part in made)
    by = (
        []
        if len(view.profiles) >= parts.FEWEST or view.tab == "info"
        else [parts.text(f"Profile: {plain(view.profile.name)}", "muted")]
    )
    return [parts.DIVIDER, *_notes(looked), *made, *([parts.press("switch", "Switch")] if drops else []), *by]


def products(looked: Looked) -> Choices:
    return [(str(who.product), looked.products[who.product].name) for who in looked.view.whos]


def profiles(looked: Looked) -> Choices:
    return [(str(profile.pk), profile.name) for profile in looked.view.profiles]


def listing(looked: Looked, what: Listed, page: int) -> list[Part]:
    """A page of a list whose items submit."""
    choices = products(looked) if what == "product" else profiles(looked)
    last = max(0, (len(choices) - 1) // A_PAGE)
    page = min(page, last)
    shown = choices[page * A_PAGE : (page + 1) * A_PAGE]
    now = str(looked.view.product.pk if what == "product" else looked.view.profile.pk)
    items = [(f"pick:{what}:{id}", name, "shown now" if id == now else "") for id, name in shown]
    of = f"{page * A_PAGE + 1} to {page * A_PAGE + len(shown)} of {words.count(len(choices), what)}"
    return [
        parts.header(f"Choose a {what}"),
        parts.text(of, "muted"),
        parts.pick(items),
        *([parts.press(f"list:{what}:{page + 1}", "More")] if page < last else []),
        *([parts.press(f"list:{what}:{page - 1}", "Before")] if page else []),
        parts.press("back", "Back"),
    ]


def _choice(what: str, label: str, chosen: str, choices: Choices) -> list[Part]:
    if len(choices) < parts.FEWEST:
        return []
    if len(choices) <= MOST:
        return [parts.dropdown(what, label, chosen, choices)]
    now = next((name for id, name in choices if id == chosen), "")
    return [parts.text(f"{label}: {plain(now)}", "muted"), parts.press(f"list:{what}:0", f"Another {what}")]


def _notes(looked: Looked) -> list[Part]:
    notes = [looked.view.note]
    if looked.view.who.others:
        others = words.count(looked.view.who.others, "other user has", "other users have")
        notes.append(f"{others} this e-mail address; shown is the one seen last.")
    if looked.contact.is_lead:
        notes.append("Known by the e-mail address that a lead typed; nobody has checked that it is theirs.")
    return [parts.text(note, "muted") for note in notes if note]
