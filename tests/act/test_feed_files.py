"""Feeds in definition files."""

import pytest
import yaml

from accoil.act.models import Feed
from accoil.definition_files import apply, definitions
from accoil.refused import Refused
from accoil.team.models import Member, Product, Team, User

FILE = """
profiles:
- {name: Trial Users, events: {Report_Created: 9}}
segments:
- {name: At risk, profile: Trial Users, scope: account, rule: {metric: score, below: 25}}
feeds:
- name: Morning
  profile: Trial Users
  cards:
  - {card: entered, scope: account, what: At risk}
  - {card: movers, scope: user, what: 10}
  every: day
  hour: 7
  channel: "#sales"
  mail_to: [ann@example.com]
- name: To read
  profile: Trial Users
  cards: [{card: new}]
"""


@pytest.fixture
def product(db) -> Product:
    team = Team.objects.create(name="Acme Inc")
    ann = User.objects.create_user("ann@example.com", "a long walk home", "Ann")
    Member.objects.create(team=team, user=ann, role="owner")
    return Product.objects.create(team=team, name="Web")


def test_feeds_come_in_with_the_segments_they_name_and_are_told_in_words(product):
    plan = apply(FILE, product)
    assert plan.lines[-6:] == [
        "+ feed Morning (of Trial Users)",
        "    Accounts that entered At risk; Users whose score moved by 10 points or more",
        "    sent: Every day at 7:00, to #sales, to ann@example.com",
        "+ feed To read (of Trial Users)",
        "    New accounts",
        "    sent: never",
    ]
    assert plan.warnings == ["Slack is not connected, so “Morning” can't be told there until it is."]
    assert apply(FILE, product, prune=True).is_empty


def test_what_is_written_makes_the_same_elsewhere(product):
    apply(FILE, product)
    written = definitions(product)
    other = Product.objects.create(team=product.team, name="App")
    apply(written, other)
    assert definitions(other) == written
    assert yaml.safe_load(written)["feeds"][1] == {
        "name": "To read", "profile": "Trial Users", "cards": [{"card": "new", "scope": "account"}],
    }  # fmt: skip


def test_what_changes_is_told_and_a_dry_run_changes_nothing(product):
    apply(FILE, product)
    text = FILE.replace("what: 10", "what: 20").replace("  hour: 7\n", "").replace("every: day", "every: week")
    told = apply(text, product, dry_run=True).lines
    assert told[told.index("~ feed Morning (of Trial Users)") :] == [
        "~ feed Morning (of Trial Users)",
        "    cards: Accounts that entered At risk; Users whose score moved by 10 points or more → "
        "Accounts that entered At risk; Users whose score moved by 20 points or more",
        "    sent: Every day at 7:00, to #sales, to ann@example.com → "
        "Every Monday at 8:00, to #sales, to ann@example.com",
        "  feed To read (of Trial Users): unchanged",
    ]
    assert Feed.objects.get(name="Morning").every == "day"
    assert apply(text, product).lines == told and Feed.objects.get(name="Morning").every == "week"


def test_pruning_takes_shared_ones_of_this_product_that_the_file_leaves_out(product):
    apply(FILE, product)
    other = Product.objects.create(team=product.team, name="App")
    apply(FILE, other)
    profile = product.profiles.get()
    Feed.objects.create(profile=profile, name="Mine", author=User.objects.get(), cards=[{"card": "new"}])
    assert apply("feeds: []", product).is_empty
    lines = apply("feeds: []", product, prune=True).lines
    assert lines == ["- feed Morning (of Trial Users)", "- feed To read (of Trial Users)"]
    assert [each.name for each in profile.feeds.all()] == ["Mine"]
    assert Feed.objects.filter(profile__product=other).count() == 2
    assert "feeds" not in yaml.safe_load(definitions(product))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("every: day", "every: hour", 'Feed “Morning”: every is "hour"; write day or week'),
        ("hour: 7", "hour: 24", "Feed “Morning”: hour is 24; write a whole number from 0 to 23."),
        ("hour: 7", "colour: red", "Feed “Morning”: “colour” is not a key; there are: name, profile, cards"),
        ("what: At risk", "what: At rsk", "Feed “Morning”: Entered a segment: “At rsk” is no segment of accounts"),
        ("what: At risk", "who: At risk", "Feed “Morning”: cards: “who” is not a key; there are: card, scope, what."),
        ("card: new", "card: gossip", 'Feed “To read”: {"card": "gossip"} is no card; there are: movers'),
        ("ann@", "eve@", "Feed “Morning”: to: eve@example.com is not a member of the team"),
        ('"#sales"', "sales", "Feed “Morning”: channel is “sales”; write #sales"),
        ("[ann@example.com]", "ann@example.com", "mail_to must be a list of e-mail addresses of members."),
        ("To read\n  profile: Trial Users", "To read\n  profile: Nobody", "there is no profile called “Nobody”."),
        ("name: To read", "name: Morning", "Two feeds of Trial Users are called “Morning”; rename one."),
        ("name: To read", "name: morning", "A feed called “morning” is shared already; choose another name."),
    ],
)
def test_a_mistake_is_told_with_its_place_and_nothing_takes_effect(product, old, new, told):
    with pytest.raises(Refused) as caught:
        apply(FILE.replace(old, new), product)
    assert told in str(caught.value)
    assert not Feed.objects.exists() and not product.profiles.exists()
