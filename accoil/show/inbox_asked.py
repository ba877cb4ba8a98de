"""What is known of the widget in the other tool's inbox: when it asked, and what it may show."""

from datetime import datetime
from typing import NamedTuple

from accoil.connect.models import Connection
from accoil.score.models import Profile
from accoil.team.models import Product, Team


class Asked(NamedTuple):
    """`secret`: whether its calls can be told from anybody's; `at`: the last time that one came."""

    secret: bool
    at: datetime | None


def last_asked(joined: Connection) -> Asked:
    return Asked(bool(joined.secrets.get("client_secret")), None)


def open_profiles(team: Team) -> list[tuple[Product, list[Profile]]]:
    return [(product, list(product.profiles.all()[:1])) for product in team.products.all()]
