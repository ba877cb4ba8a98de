"""Segments and journeys in definition files."""

from textwrap import dedent
from typing import Any

import pytest
import yaml

from accoil.definition_files import apply, definitions
from accoil.refused import Refused
from accoil.segment.models import Segment
from accoil.team.models import Product, Team

FILE = """
features:
- {name: Reports, events: [Report_Created]}
profiles:
- {name: Trial, events: {Report_Created: 9}}
- {name: Everyone, events: {Invoice_Sent: 1}}
segments:
- {name: Worth a call, profile: Trial, scope: account, rule: {all: [{segment: At risk}, {stage: Paying}]}}
- {name: At risk, profile: Trial, scope: account, rule: {metric: score, below: 25}, stay_days: 3}
- {name: At risk, profile: Everyone, scope: user, rule: {feature: Reports}}
journeys:
- name: Buying
  profile: Trial
  scope: account
  stages:
  - {name: Paying, rule: {account_trait: status, is: Paid}}
  - {name: Trying, rule: {account_trait: status, is: Trial}}
"""


@pytest.fixture
def product(db) -> Product:
    return Product.objects.create(team=Team.objects.create(name="Acme Inc"), name="Web")


def put(product: Product, text: str, **how: Any) -> list[str]:
    return apply(dedent(text), product, **how).lines


def own(product: Product) -> set[str]:
    return set(Segment.objects.filter(profile__product=product, kind="custom").values_list("name", flat=True))


def test_segments_and_journeys_come_in_whatever_order_they_name_each_other(product):
    told = put(product, FILE)
    assert [line for line in told if "segment" in line or "journey" in line] == [
        "+ segment At risk (accounts of Trial)",
        "+ segment At risk (users of Everyone)",
        "+ journey Buying (accounts of Trial): Paying, Trying",
        "+ segment Worth a call (accounts of Trial)",
    ]
    assert apply(FILE, product).is_empty
    assert apply(FILE, product, prune=True).is_empty


def test_what_is_written_makes_the_same_elsewhere(product):
    put(product, FILE)
    written = definitions(product)
    assert apply(written, product).is_empty
    other = Product.objects.create(team=product.team, name="Mobile")
    put(other, written)
    assert yaml.safe_load(definitions(other)) == yaml.safe_load(written)


def test_a_dry_run_makes_nothing(product):
    told = put(product, FILE, dry_run=True)
    assert (own(product), product.profiles.count()) == (set(), 0)
    assert put(product, FILE) == told


def test_what_changed_is_told_in_words(product):
    put(product, FILE)
    told = put(
        product,
        """
        segments:
        - {name: At risk, profile: Trial, scope: account, rule: {metric: score, below: 30}}
        journeys:
        - name: Buying
          profile: Trial
          scope: account
          stages:
          - {name: Trying, rule: {account_trait: status, is: Trial}}
          - {name: Paying, rule: {account_trait: status, is: Customer}}
          - {name: Gone, rule: {account_trait: status, is: Cancelled}}
        """,
    )
    assert told[0] == "~ segment At risk (accounts of Trial)"
    assert "25" in told[1] and "30" in told[1]
    assert told[2:4] == ["    stay_days: 3 → 0", "~ journey Buying (accounts of Trial)"]
    assert told[4] == "    stage Gone added"
    assert "Paid" in told[5] and "Customer" in told[5]
    assert told[6:] == ["    order: Trying, Paying, Gone"]
    assert own(product) == {"At risk", "Worth a call"}


def test_prune_takes_away_what_is_left_out_also_where_one_names_the_other(product):
    put(product, FILE)
    told = put(product, "segments: []\njourneys: []", prune=True)
    assert sorted(told) == [
        "- journey Buying (accounts of Trial)",
        "- segment At risk (accounts of Trial)",
        "- segment At risk (users of Everyone)",
        "- segment Worth a call (accounts of Trial)",
    ]
    assert own(product) == set()


def test_prune_leaves_alone_what_the_file_does_not_speak_of(product):
    put(product, FILE)
    assert put(product, "time_zone: UTC", prune=True) == []
    assert own(product) == {"At risk", "Worth a call"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("segments: {}", "segments must be a list"),
        ("segments: [{profile: Trial}]", "Segment 1 of the file has no name"),
        ("segments: [{name: A, profile: Trial, scope: team, rule: {event: X}}]", 'Segment “A”: scope is "team"'),
        ("segments: [{name: A, profile: None, scope: user, rule: {event: X}}]", "no profile called “None”"),
        (
            "segments: [{name: A, profile: Trial, scope: user, rule: {evnt: X}}]",
            "Segment “A”: “evnt” is not a kind of condition",
        ),
        ("segments: [{name: A, profile: Trial, scope: user, rule: {event: X}, stay: 1}]", "“stay” is not a key"),
        ("segments: [{name: A, profile: Trial, scope: user, rule: {segment: Gone}}]", "Segment “A”:"),
        ("segments: [{name: All Users, profile: Trial, scope: user, rule: {event: X}}]", "name of a built-in segment"),
        ("journeys: [{name: A, profile: Trial, scope: user, stages: [{name: B, rule: {event: X}}]}]", "two to"),
        ("journeys: [{name: A, profile: Trial, scope: user, stages: [B]}]", "a stage has a name and a rule"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(product, text, sentence):
    put(product, "profiles: [{name: Trial, events: {X: 1}}]")
    with pytest.raises(Refused) as refusal:
        apply(text, product)
    assert sentence in str(refusal.value)
    assert own(product) == set()


def test_a_feature_that_a_segment_names_does_not_go(product):
    put(product, FILE)
    with pytest.raises(Refused, match="“Reports” is named by the segment “At risk”"):
        put(product, "features: []", prune=True)
