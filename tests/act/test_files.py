"""Automations and sync modes in definition files."""

from textwrap import dedent
from typing import Any

import pytest
import yaml
from django.db import connection

from accoil.act import automations
from accoil.act.models import Automation
from accoil.connect.models import Connection, ProfileSync, State
from accoil.definition_files import apply, definitions
from accoil.refused import Refused
from accoil.segment import keeping
from accoil.segment.models import Segment
from accoil.team.models import Product, Team

FILE = """
profiles:
- {name: Trial Users, events: {Report_Created: 9}, activation: {account: [{event: Report_Created}]}}
segments:
- {name: At risk, profile: Trial Users, scope: account, rule: {metric: score, below: 25}}
automations:
- name: Tag those at risk
  profile: Trial Users
  scope: account
  when: {enters: At risk}
  if: {metric: mrr, above: 10000}
  then: [{intercom_tag: {tag: at-risk, on: company}}]
- name: Tell our own server
  profile: Trial Users
  scope: user
  when: {score: {rises: 10}}
  then: [{webhook: {url: "https://example.com/hook"}}, {intercom_tag: {tag: "hot {{ account.plan }}", on: user}}]
  cool_down_hours: 12
  enabled: false
"""


@pytest.fixture
def product(db) -> Product:
    return Product.objects.create(team=Team.objects.create(name="Acme Inc"), name="Web")


@pytest.fixture
def intercom(product) -> Connection:
    return Connection.objects.create(team=product.team, tool="intercom", workspace="acme1")


def put(product: Product, text: str, **how: Any) -> list[str]:
    return apply(dedent(text), product, **how).lines


def test_automations_come_in_and_are_told_in_words(product):
    plan = apply(FILE, product)
    assert plan.lines[-4:] == [
        "+ automation Tag those at risk (accounts of Trial Users)",
        "    When an account enters the segment At risk, if MRR above $100: Add Tag in Intercom: at-risk, company",
        "+ automation Tell our own server (users of Trial Users) (switched off)",
        "    When a user has a score that rises by 10 points or more: Send a webhook: https://example.com/hook; "
        "Add Tag in Intercom: hot {{ account.plan }}, user",
    ]
    assert plan.warnings == [
        "Intercom is not connected, so “Tag those at risk” can do nothing there until it is.",
        "Intercom is not connected, so “Tell our own server” can do nothing there until it is.",
    ]
    on, off = Automation.objects.order_by("pk")
    assert (on.enabled, off.enabled) == (True, False)
    assert on.segment == Segment.objects.get(name="At risk")
    assert apply(FILE, product, prune=True).is_empty


def test_what_is_written_makes_the_same_elsewhere(product):
    put(product, FILE)
    written = definitions(product)
    other = Product.objects.create(team=product.team, name="App")
    apply(written, other)
    assert definitions(other) == written
    told = yaml.safe_load(written)["automations"]
    assert told[0] == {
        "name": "Tag those at risk",
        "profile": "Trial Users",
        "scope": "account",
        "when": {"enters": "At risk"},
        "if": {"metric": "mrr", "above": 10000},
        "then": [{"intercom_tag": {"tag": "at-risk", "on": "company"}}],
    }
    assert (told[1]["cool_down_hours"], told[1]["enabled"]) == (12, False)


def test_what_changes_is_told_and_one_that_was_switched_off_by_hand_stays_off(product):
    put(product, FILE)
    automations.disable(Automation.objects.get(name="Tag those at risk"))
    text = FILE.replace("{enters: At risk}", "{activation: {reaches: 100}}").replace("above: 10000", "above: 20000")
    told = put(product, text.replace("enabled: false", "enabled: true").replace("tag: at-risk", "tag: lost"))
    at = told.index("~ automation Tag those at risk (accounts of Trial Users)")
    assert told[at:] == [
        "~ automation Tag those at risk (accounts of Trial Users)",
        "    when: enters the segment At risk → reaches 100 % of the activation",
        "    if: MRR above $100 → MRR above $200",
        "    then: Add Tag in Intercom: at-risk, company → Add Tag in Intercom: lost, company",
        "~ automation Tell our own server (users of Trial Users)",
        "    enabled: false → true",
    ]
    assert not Automation.objects.get(name="Tag those at risk").enabled
    assert Segment.every.filter(kind="trigger").count() == 1


def test_a_dry_run_changes_nothing_and_pruning_takes_away_also_what_they_name(product):
    told = put(product, FILE, dry_run=True)
    assert any("automation Tag those at risk" in line for line in told)
    assert not Automation.objects.exists()
    put(product, FILE)
    less = (
        "profiles: [{name: Trial Users, events: {Report_Created: 9}, activation: {account: [{event: Report_Created}]}}]"
    )
    assert put(product, f"{less}\nsegments: []\nautomations: []", prune=True)[-3:] == [
        "- automation Tag those at risk (accounts of Trial Users)",
        "- automation Tell our own server (users of Trial Users)",
        "- segment At risk (accounts of Trial Users)",
    ]
    assert not Automation.objects.exists()
    assert not Segment.every.filter(kind="trigger").exists()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("enters: At risk", "enters: At rsk", "when: Trial Users has no segment of accounts called “At rsk”; did you"),
        ("tag: at-risk", "tga: at-risk", "then: intercom_tag: “tga” is not a field; there are: tag, on."),
        ("tag: at-risk, ", "", "then: intercom_tag: tag is missing"),
        ("on: company", "on: user", "on is user, but the automation is about accounts"),
        ("on: company", "on: everybody", "then: intercom_tag: on is “everybody”; write user or company."),
        (
            "tag: at-risk",
            'tag: "{{ account.nme }}"',
            "{{ account.nme }} is not a name that can stand there; did you mean",
        ),
        ("tag: at-risk", 'tag: "{{ user.name }}"', "then: intercom_tag: tag: {{ user.name }} is not a name"),
        ("intercom_tag", "intercom_tags", "“intercom_tags” is no action; did you mean intercom_tag?"),
        ("metric: mrr", "metric: mrrr", "if: "),
        ("cool_down_hours: 12", "cool_down_hours: -1", "cool_down_hours is -1; write a whole number"),
        ("enabled: false", "enabled: perhaps", 'enabled is "perhaps"; write true or false.'),
        ("https://example.com", "ftp://example.com", "then: webhook: url: The address must be one such as https://"),
        ("example.com/hook", "{{account.name}}/hook", "url: names such as {{ account.name }} can't stand in an"),
        (
            "profile: Trial Users\n  scope: user",
            "profile: Nobody\n  scope: user",
            "there is no profile called “Nobody”.",
        ),
    ],
)
def test_what_is_wrong_is_refused_with_its_place_and_nothing_is_changed(product, old, new, told):
    assert old in FILE
    with pytest.raises(Refused) as no:
        put(product, FILE.replace(old, new))
    assert told in str(no.value)
    assert str(no.value).startswith("Automation “")
    assert not product.profiles.exists()


def test_a_renamed_segment_is_followed_and_one_that_is_named_is_not_deleted(product):
    put(product, FILE)
    put(
        product,
        """
        automations:
        - name: Twice
          profile: Trial Users
          scope: account
          when: {becomes: {all: [{segment: At risk}, {metric: mrr, above: 0}]}}
          if: {segment: At risk, in: true}
          then: [{intercom_tag: {tag: x}}]
        """,
    )
    segment = Segment.objects.get(name="At risk")
    with pytest.raises(Refused, match="the automation “Tag those at risk” names it"):
        keeping.delete(segment)
    keeping.change(segment, "In danger", segment.rule, 0)
    assert Automation.objects.get(name="Tag those at risk").trigger == {"enters": "In danger"}
    twice = Automation.objects.get(name="Twice")
    assert twice.condition == {"segment": "In danger", "in": True}
    named = {"all": [{"segment": "In danger", "in": True}, {"metric": "mrr", "above": 0}]}
    assert twice.trigger == {"becomes": named}
    assert twice.segment.rule == named


def test_a_feature_that_an_automation_names_is_kept(product):
    put(
        product,
        """
        features: [{name: Reports, events: [Report_Created]}]
        profiles: [{name: Trial Users, events: {Report_Created: 9}}]
        automations:
        - name: Users of reports
          profile: Trial Users
          scope: user
          when: {becomes: {feature: Reports}}
          then: [{intercom_tag: {tag: reports, on: user}}]
        """,
    )
    with pytest.raises(Refused, match="“Reports” is named by the automation “Users of reports”"):
        put(product, "features: []", prune=True)


SYNCED = "profiles: [{name: Trial Users, events: {Report_Created: 9}, sync: {intercom: %s}}]"


def test_what_is_synced_stands_with_its_profile(product, intercom):
    assert put(product, SYNCED % "all")[-1] == "~ sync of Trial Users to Intercom: off → all traits"
    assert ProfileSync.objects.get().mode == "all"
    assert yaml.safe_load(definitions(product))["profiles"][0]["sync"] == {"intercom": "all"}
    assert apply(SYNCED % "all", product).is_empty
    told = put(product, SYNCED % "segments", dry_run=True)
    assert told[-1] == "~ sync of Trial Users to Intercom: all traits → segment names only"
    assert ProfileSync.objects.get().mode == "all"
    put(product, SYNCED % "off")
    assert ProfileSync.objects.get().mode == "off"
    assert "sync" not in yaml.safe_load(definitions(product))["profiles"][0]


def test_a_file_that_says_nothing_of_syncing_leaves_it_as_it_is(product, intercom):
    put(product, SYNCED % "all")
    put(product, "profiles: [{name: Trial Users, events: {Report_Created: 8}}]", prune=True)
    assert ProfileSync.objects.get().mode == "all"


def test_without_a_connection_it_is_told_that_nothing_is_synced(product):
    plan = apply(SYNCED % "all", product)
    assert plan.warnings == ["Intercom is not connected, so Trial Users is not synced; apply again when it is."]
    assert apply(SYNCED % "off", product).warnings == []
    stranger = Team.objects.create(name="Strangers")
    Connection.objects.create(team=stranger, tool="intercom", workspace="other")
    assert apply(SYNCED % "all", product).warnings
    assert not ProfileSync.objects.exists()


@pytest.mark.parametrize(
    ("sync", "told"),
    [
        ("all", 'Profile “Trial Users”: sync is "all"; write {intercom: all}, with all, segments or off.'),
        ("{intrcom: all}", "“intrcom” is no tool that profiles are synced to; there are: intercom, hubspot"),
        ("{webhook: all}", "“webhook” is no tool that profiles are synced to"),
        ("{intercom: some}", 'intercom is "some"; write one of: off, segments, all.'),
    ],
)
def test_a_wrong_mode_is_refused(product, intercom, sync, told):
    with pytest.raises(Refused) as no:
        put(product, f"profiles: [{{name: Trial Users, events: {{A: 1}}, sync: {sync}}}]")
    assert told in str(no.value)


def test_two_profiles_whose_attributes_would_have_one_name_are_not_synced_both(product, intercom):
    text = "profiles:\n"
    for name in ("Trial Users", "trialusers"):
        text += f"- {{name: {name}, events: {{A: 1}}, sync: {{intercom: all}}}}\n"
    with pytest.raises(Refused, match="would both be called Accoil_"):
        put(product, text)
    assert not ProfileSync.objects.exists()
    assert intercom.state == State.CONNECTED


@pytest.mark.django_db(transaction=True)
def test_addresses_are_looked_up_while_others_may_still_write(product, monkeypatch):
    looked_up: list[bool] = []

    def address(url: str) -> str:
        looked_up.append(connection.in_atomic_block)
        return url

    monkeypatch.setattr("accoil.act.actions.check_address", address)
    put(product, FILE)
    put(product, FILE.replace("com/hook", "com/other"), dry_run=True)
    assert looked_up == [False, False]
