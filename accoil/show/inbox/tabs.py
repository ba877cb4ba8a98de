"""What stands in the tabs about somebody: the answer first, then what it rests on."""

from functools import cache

from django.urls import reverse

from accoil.count.ids import Kind
from accoil.score.not_scored import not_scored
from accoil.show import words
from accoil.show.inbox import parts, said
from accoil.show.inbox.looked import Looked, Row
from accoil.show.inbox.parts import Part, plain

LONGEST_NAME = 40  # on a button


def summary(looked: Looked) -> list[Part]:
    """The account's health, then the person; the person alone where there is no account."""
    account, user = looked.account, looked.user
    if account is None and user is None:
        return _nobody(looked)
    if account is None:
        return [parts.header(looked.name), *_person(looked), *_user_table(looked), *_links(looked)]
    definition, today = looked.figures.definition, looked.today
    advice = said.advice(account, today)
    return [
        parts.header(account["name"]),
        parts.text(said.account(account, looked.window, today)),
        *([parts.text(advice)] if advice else []),
        *parts.table(
            [
                ("Engagement", said.engagement(account)),
                ("Band", said.band(account)),
                ("Last active", said.last_active(account, today)),
                ("Activation", said.activation(account, definition, "account", today)),
                ("Plan", account["plan"] or ""),
                ("Pays", said.pays(account)),
            ]
        ),
        *_segments(looked, "account", account),
        *(_person(looked) if user else [parts.text(_why_not(looked), "muted")]),
        *_links(looked),
    ]


def account(looked: Looked) -> list[Part]:
    row = looked.account
    if row is None:
        return _without_account(looked)
    definition, today = looked.figures.definition, looked.today
    left = said.missing(row, definition, "account")
    return [
        parts.header(row["name"]),
        *parts.table(
            [
                ("Engagement", said.engagement(row)),
                ("Band", said.band(row)),
                ("Users active", f"{row['active_users']} of {row['total_users']}"),
                ("Last active", said.last_active(row, today)),
                ("Activation", said.activation(row, definition, "account", today)),
                ("Adoption", said.adoption(row["recently_scored_events"], definition)),
                ("Adoption, ever", said.adoption(row["overall_scored_events"], definition)),
                ("Active on", said.frequency(row, looked.window)),
                ("Status", row["status"] or ""),
                ("Plan", row["plan"] or ""),
                ("Pays", said.pays(row)),
                ("Customer", words.tenure(row["tenure"])),
            ]
        ),
        *([parts.text(f"Still to do: {left}.")] if left else []),
        *_segments(looked, "account", row),
        *_links(looked, user=False),
    ]


def user(looked: Looked) -> list[Part]:
    row = looked.user
    if row is None:
        return _nobody(looked)
    left = said.missing(row, looked.figures.definition, "user")
    zone, today = looked.view.product.zone, looked.today
    names = looked.figures.events
    did = [(words.event(names[event]), said.when(at, zone, today)) for event, at in looked.view.who.did.events]
    return [
        parts.header(row["name"]),
        *_user_table(looked),
        *([parts.text(f"Still to do: {left}.")] if left else []),
        *_segments(looked, "user", row),
        parts.text("**The last things they did**" if did else "They have done nothing yet."),
        *parts.table(did),
        *_links(looked, account=False),
    ]


def _segments(looked: Looked, kind: Kind, row: Row) -> list[Part]:
    return [parts.text(f"**Segments**: {plain(said.segments(looked.segments(kind, row)))}.")]


def _person(looked: Looked) -> list[Part]:
    row = looked.user
    return [parts.text(said.user(row, looked.window, looked.today))] if row else []


def _user_table(looked: Looked) -> list[Part]:
    row, definition, today = looked.user, looked.figures.definition, looked.today
    assert row is not None
    account = looked.account
    return parts.table(
        [
            ("Engagement", said.engagement(row)),
            ("Band", said.band(row)),
            ("Last active", said.last_active(row, today)),
            ("Active on", said.frequency(row, looked.window)),
            ("Activation", said.activation(row, definition, "user", today)),
            ("Adoption", said.adoption(row["recently_scored_events"], definition)),
            ("Adoption, ever", said.adoption(row["overall_scored_events"], definition)),
            ("Role", row["role"] or ""),
            ("Account", account["name"] if account else ""),
        ]
    )


def _nobody(looked: Looked) -> list[Part]:
    """The person is known, and is not in this profile."""
    return [parts.header(looked.name), parts.text(_why_not(looked)), *_elsewhere(looked)]


def _why_not(looked: Looked) -> str:
    view = looked.view
    why = not_scored(view.product.pk, looked.figures.definition, "user", view.who.user, looked.today)
    reason = plain(why) if why else "Nothing of them has been counted yet; look again in a moment."
    return f"{plain(looked.name)} is not in the profile {plain(view.profile.name)}. {reason}"


def _elsewhere(looked: Looked) -> list[Part]:
    if len(looked.view.profiles) < parts.FEWEST:
        return []
    return [parts.text("Another profile, below, may know more.", "muted")]


def _without_account(looked: Looked) -> list[Part]:
    why = (
        "No account of theirs is in this profile." if looked.view.who.did.accounts else "They belong to no account yet."
    )
    return [
        parts.header(looked.name),
        parts.text(why),
        parts.text("The product says with a group call which account a user belongs to.", "muted"),
        *_elsewhere(looked),
    ]


def _links(looked: Looked, account: bool = True, user: bool = True) -> list[Part]:
    rows: list[tuple[Kind, Row]] = []
    if account and looked.account:
        rows.append(("account", looked.account))
    if user and looked.user:
        rows.append(("user", looked.user))
    if not looked.origin:
        return []
    return [parts.link(f"open-{kind}", _open(row), _address(looked, kind, row)) for kind, row in rows]


def _open(row: Row) -> str:
    return f"Open {parts.cut(row['name'], LONGEST_NAME)} in Accoil"


def _address(looked: Looked, kind: Kind, row: Row) -> str:
    path = _pattern(kind).replace("/0/", f"/{looked.view.product.pk}/", 1)[:-1]
    return f"{looked.origin}{path}{row['id']}?profile={looked.view.profile.pk}"


@cache
def _pattern(kind: Kind) -> str:
    """/p/0/accounts/0: finding an address takes as long as all else that is said of somebody."""
    return reverse(kind, args=[0, 0])
