"""The feeds that somebody at the company reads: two that are shared, and one of the owner's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accoil.demo.memory import EMAIL

if TYPE_CHECKING:
    from accoil.team.models import Product

# As in definition files; `channel`, `every` and `hour` hold once there is a Slack to write to.
FEEDS: tuple[dict[str, Any], ...] = (
    {
        "name": "Success, every morning",
        "is_shared": True,
        "cards": [
            {"card": "movers", "scope": "account", "what": "10"},
            {"card": "entered", "scope": "account", "what": "At risk"},
            {"card": "inactive", "scope": "account"},
        ],
        "channel": "#customer-success",
        "every": "day",
        "hour": 8,
    },
    {
        "name": "Sales, on Mondays",
        "is_shared": True,
        "cards": [
            {"card": "movers", "scope": "account", "what": "10"},
            {"card": "new", "scope": "account"},
            {"card": "activated", "scope": "account"},
            {"card": "changed", "scope": "account", "what": "status"},
            {"card": "changed", "scope": "account", "what": "plan"},
        ],
        "channel": "#sales",
        "every": "week",
        "hour": 9,
    },
    {
        "name": "Who picks up reports",
        "cards": [
            {"card": "first_time", "scope": "user", "what": "Report_Shared"},
            {"card": "entered", "scope": "user", "what": "Reporters"},
        ],
    },
)
CHANNELS = tuple(feed["channel"] for feed in FEEDS if "channel" in feed)
UNSENT = {"channel": "", "every": ""}


def feed(product: Product) -> None:
    """Once, in the first profile; to be looked at, as there is nowhere to send them to yet."""
    from accoil.act.feeds import Draft, save
    from accoil.act.models import Feed
    from accoil.team.models import User

    first = product.profiles.all()[0]
    if not first.feeds.exists():
        for each in FEEDS:
            save(Feed(profile=first, author=User.objects.get(email=EMAIL)), Draft(**each | UNSENT))


def send_to_slack(product: Product) -> None:
    """Those that are there, from now on; today's too, if its hour is over."""
    from accoil.act.models import Feed

    for each in FEEDS:
        if "channel" in each:
            when = {key: each[key] for key in ("channel", "every", "hour")}
            Feed.objects.filter(profile__product=product, name=each["name"]).update(**when, sent_on=None)


def send_letters(product: Product) -> None:
    """The shared ones to the owner too, at the same hours."""
    from accoil.act.models import Feed

    for each in FEEDS:
        if "every" in each:
            when = {key: each[key] for key in ("every", "hour")}
            own = Feed.objects.filter(profile__product=product, name=each["name"])
            own.update(**when, mail_to=EMAIL, sent_on=None)


def no_letters(product: Product) -> None:
    from accoil.act.models import Feed

    own = Feed.objects.filter(profile__product=product, mail_to=EMAIL)
    own.filter(name__in=[each["name"] for each in FEEDS]).update(mail_to="", every="")


def keep_unsent(product: Product) -> None:
    """Since the channels are gone."""
    from accoil.act.models import Feed

    own = Feed.objects.filter(profile__product=product, channel__in=CHANNELS)
    own.filter(name__in=[each["name"] for each in FEEDS]).update(**UNSENT)
