"""What can be wrong with Intercom beside what every tool shares: its widget, and what stands in it."""

from accoil.connect.intercom.signed import secrets_of
from accoil.connect.models import Connection
from accoil.connect.troubles import Check, Sees
from accoil.score.access import inbox_profiles
from accoil.score.wording import count, joined
from accoil.team.models import Product


def checks(connection: Connection, sees: Sees) -> list[Check]:
    return [_widget(connection), _widget_data(connection, sees)]


def _widget(connection: Connection) -> Check:
    question = "Widget isn't showing?"
    where = "In a conversation, expand the sidebar on the right; the widget stands among its apps."
    if not secrets_of(connection):
        why = "No client secret is stored, so what the widget asks is refused."
        return Check(question=question, mark="bad", answers=(why,), mends="connect", how="Add the client secret")
    refused, asked = connection.inbox_refused_at, connection.inbox_asked_at
    if refused and (asked is None or refused > asked):
        why = "It was opened {at}, but Intercom signed it with another client secret than ours."
        how = "Change the client secret"
        return Check(question=question, mark="bad", answers=(why,), at=refused, mends="connect", how=how)
    if asked is None:
        never = "Nobody has opened it yet: Intercom has never asked Accoil what to show."
        app = (
            "If it is not there: in Intercom's Developer Hub, the app's Canvas Kit addresses must end in "
            "`/intercom/initialize` and `/intercom/submit`."
        )
        return Check(question=question, mark="fair", answers=(never, where, app))
    return Check(question=question, mark="good", answers=("It was last opened {at}.", where), at=asked)


def _widget_data(connection: Connection, sees: Sees) -> Check:
    products = list(connection.team.products.order_by("id"))
    told = [f"{product}: teammates who are no members here see {_open(product, sees)}." for product in products]
    good = bool(products) and all(inbox_profiles(product) for product in products)
    hint = "Somebody may be outside of the profile shown: choose another in the list at the bottom of the widget."
    return Check(
        question="No data in the widget?", mark="good" if good else "fair", answers=(hint, *told),
        mends="profiles", how="Profiles",
    )  # fmt: skip


def _open(product: Product, sees: Sees) -> str:
    """“Trial Users”, “Everyday” and 1 profile that you don't see; none"""
    profiles, seen = inbox_profiles(product), sees(product)
    told = [f"“{each.name}”" for each in profiles if each in seen]
    if others := len(profiles) - len(told):
        told.append(f"{count(others, 'profile')} that you don't see")
    return joined(told) or "none"
