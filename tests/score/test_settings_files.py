"""Features, internal domains and the configuration in definition files; and that a file put back changes nothing."""

import os
from datetime import date
from textwrap import dedent
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accoil.refused import Refused
from accoil.score.configuration import configuration_of
from accoil.score.features import edit, kept, read_all
from accoil.score.files import apply, definitions
from accoil.score.models import Profile, Version
from accoil.team.models import Product, Team
from tests.drawn_definitions import as_product, peopled_definitions
from tests.reference import Definition as Given
from tests.rule.drawn import FEATURES
from tests.strategies import ACCOUNTS, EVENTS, USERS, Case

OWN_FEATURES = {name: list(events) or ["Nobody does it"] for name, events in FEATURES.items()}
# A state that fails tells enough as it is: making it smaller takes minutes with a database.
QUICKLY = (Phase.explicit, Phase.reuse, Phase.generate)
STATES = int(os.environ.get("RANDOM_WORLDS", "60")) // 2

FILE = """
time_zone: Australia/Sydney
internal_domains: [Corp.example, "@acme.example"]
features:
- {name: Reports, description: For boards, events: [Report_Created, Report_Shared]}
- {name: Billing, events: [Invoice_Sent]}
configuration: {account_id: company_id, owner: csm}
summary_profile: Trial
profiles:
- name: Trial
  window: 7
  events: {Report_Created: 9}
  activation:
    user: [{feature: Reports}]
- name: Everyone
  events: {Invoice_Sent: 1}
"""


@pytest.fixture
def product(db) -> Product:
    return Product.objects.create(team=Team.objects.create(name="Acme Inc"), name="Web")


def put(product: Product, text: str, **how: Any) -> list[str]:
    return apply(dedent(text), product, **how).lines


def test_a_whole_file_is_put_into_force(product):
    assert put(product, FILE) == [
        "~ time zone: UTC → Australia/Sydney (every day is counted anew in it)",
        "~ internal domains: none → acme.example, corp.example",
        "+ feature Reports (Report_Created, Report_Shared)",
        "+ feature Billing (Invoice_Sent)",
        "+ profile Trial (window 7, 1 event, benchmark moving_p90, exponential)",
        "+ profile Everyone (window 7, 1 event, benchmark moving_p90, exponential)",
        "~ configuration: account_id as usual → company_id (every call is looked at again)",
        "~ configuration: owner as usual → csm",
        "~ configuration: summary_profile as usual → Trial",
    ]
    trial = product.profiles.get(name="Trial")
    assert trial.current.number == 1
    assert trial.current.parsed.features == {"Reports": ("Report_Created", "Report_Shared")}
    assert trial.current.parsed.internal_domains == ("acme.example", "corp.example")
    assert configuration_of(product).summary_profile == trial
    again = apply(dedent(FILE), product)
    assert again.is_empty
    assert Version.objects.count() == 2


def test_what_is_written_can_be_read_again_and_holds_no_frozen_settings(product):
    put(product, FILE)
    written = yaml.safe_load(definitions(product))
    assert list(written) == [
        "time_zone", "internal_domains", "features", "profiles", "configuration", "summary_profile",
    ]  # fmt: skip
    assert written["features"][1] == {"name": "Billing", "events": ["Invoice_Sent"]}
    assert written["configuration"] == {"account_id": "company_id", "owner": "csm"}
    assert set(written["profiles"][0]) == {"name", "window", "events", "benchmark", "curve", "activation"}


def test_a_dry_run_tells_the_same_and_changes_nothing(product):
    told = put(product, FILE, dry_run=True)
    assert len(told) == 9
    assert (product.time_zone, kept(product), product.profiles.count()) == ("UTC", [], 0)
    assert configuration_of(product).to_yaml_dict() == {}
    assert put(product, FILE) == told


def test_a_changed_feature_is_told_and_every_profile_it_concerns_gets_one_version(product):
    put(product, FILE)
    told = put(
        product,
        """
        internal_domains: [acme.example]
        features:
        - {name: Reports, events: [Report_Created, Report_Exported]}
        """,
    )
    assert told == [
        "~ internal domains: acme.example, corp.example → acme.example",
        "~ feature Reports",
        "    Report_Exported added",
        "    Report_Shared removed",
        "    description: For boards → none",
        "~ profile Trial (version 1 → 2: settings)",
        "~ profile Everyone (version 1 → 2: settings)",
    ]
    assert [each.name for each in kept(product)] == ["Reports", "Billing"], "what is left out stays"
    assert Version.objects.count() == 4


def test_a_profile_and_a_feature_it_needs_come_in_one_file_as_one_version(product):
    put(product, FILE)
    told = put(
        product,
        """
        features:
        - {name: Exports, events: [Report_Exported]}
        profiles:
        - name: Everyone
          events: {Invoice_Sent: 1}
          filter: {feature: Exports}
        """,
    )
    assert told[:2] == ["+ feature Exports (Report_Exported)", "~ profile Everyone (version 1 → 2)"]
    assert product.profiles.get(name="Everyone").current.number == 2
    assert product.profiles.get(name="Trial").current.number == 1


def test_the_order_of_features_is_that_of_the_file(product):
    put(product, FILE)
    told = put(product, "features: [{name: Billing, events: [Invoice_Sent]}, {name: Reports, description: For boards, "
                        "events: [Report_Created, Report_Shared]}]")  # fmt: skip
    assert told == [
        "  feature Billing: unchanged", "  feature Reports: unchanged", "~ order of features: Billing, Reports",
    ]  # fmt: skip
    assert [each.name for each in kept(product)] == ["Billing", "Reports"]


def test_prune_deletes_what_the_file_leaves_out_and_resets_the_configuration(product):
    put(product, FILE)
    told = put(
        product,
        """
        features: []
        profiles:
        - name: Everyone
          events: {Invoice_Sent: 1}
        configuration: {owner: csm}
        """,
        prune=True,
    )
    assert told == [
        "- feature Reports",
        "- feature Billing",
        "  profile Everyone: unchanged",
        "- profile Trial",
        "~ configuration: account_id company_id → as usual (every call is looked at again)",
    ]
    assert configuration_of(product).to_yaml_dict() == {"owner": "csm"}


def test_a_feature_that_a_rule_still_names_is_not_pruned_and_nothing_else_happens(product):
    put(product, FILE)
    with pytest.raises(Refused, match="“Reports” is named by a rule of the profile Trial"):
        put(product, "time_zone: UTC\nfeatures: [{name: Billing, events: [Invoice_Sent]}]", prune=True)
    assert len(kept(product)) == 2
    product.refresh_from_db()
    assert product.time_zone == "Australia/Sydney"


def test_events_never_received_are_warned_of(product):
    plan = apply(dedent(FILE), product, known_events={"Report_Created", "Invoice_Sent"})
    assert plan.warnings == ["No event called “Report_Shared” has been received yet (feature Reports)."]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("features: {}\n", "features must be a list"),
        ("features: [{events: [A]}]", "Feature 1 of the file has no name"),
        ("features: [{name: A, events: A}]", "Feature “A”: events must be a list"),
        ("features: [{name: A, event: [A]}]", "Feature “A”: “event” is not a key"),
        ("features: [{name: A, events: [X]}, {name: B, events: [X]}]", "“X” is in A and in B"),
        ("features: [{name: A, events: [X], description: 5}]", "description must be a text"),
        ("internal_domains: acme.example", 'internal_domains is "acme.example"; write a list'),
        ("internal_domains: [acme]", 'internal_domains holds "acme", which is no e-mail domain'),
        ("configuration: [a]", "configuration holds keys"),
        ("configuration: {nam: x}", "configuration: “nam” is not a key"),
        ("summary_profile: Nobody", "no profile of that name"),
        ("summary_profile: A\nconfiguration: {summary_profile: B}", "write it once"),
        (
            "profiles: [{name: A, events: {X: 1}, filter: {feature: Gone}}]",
            "Profile “A”: There is no feature called “Gone”",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(product, text, sentence):
    with pytest.raises(Refused) as refusal:
        apply(text, product)
    assert sentence in str(refusal.value)
    assert kept(product) == [] and product.profiles.count() == 0


def definition() -> st.SearchStrategy[Given]:
    plain = st.builds(
        Given,
        events=st.dictionaries(st.sampled_from(EVENTS), st.integers(1, 10), min_size=1),
        window=st.sampled_from((1, 7, 90)),
        benchmark=st.sampled_from((None, 7.5, 200.0)),
        curve=st.sampled_from(("exponential", "linear")),
    )
    nowhere = plain.map(lambda each: Case([], "UTC", 0, each, date(2026, 3, 31)))
    return nowhere.flatmap(lambda case: peopled_definitions(case, list(USERS), list(EVENTS)))


CONFIGURATIONS = st.fixed_dictionaries(
    {}, optional={key: st.sampled_from(ACCOUNTS) for key in ("account_id", "name", "created_at", "owner")}
)


@pytest.mark.django_db(transaction=False)
@settings(max_examples=STATES, deadline=None, suppress_health_check=list(HealthCheck), phases=QUICKLY)
@given(
    st.lists(definition(), max_size=3),
    st.lists(st.sampled_from(sorted(FEATURES)), unique=True),
    st.lists(st.sampled_from(("acme.example", "corp.example")), unique=True),
    CONFIGURATIONS,
    st.booleans(),
)
def test_definitions_put_back_change_nothing_and_make_the_same_product_elsewhere(
    given_profiles: list[Given], order: list[str], domains: list[str], means: dict[str, str], summary: bool
) -> None:
    product, other = (_product() for _ in range(2))
    features = [*order, *(name for name in OWN_FEATURES if name not in order)]
    edit(product, lambda _: read_all([{"name": name, "events": OWN_FEATURES[name]} for name in features]))
    apply(yaml.safe_dump({"internal_domains": domains, "configuration": means}, allow_unicode=True), product)
    for place, each in enumerate(given_profiles):
        Profile.create(product, f"P{place}", as_product(each))
    if summary and given_profiles:
        apply("summary_profile: P0", product)
    written, versions = definitions(product), Version.objects.count()
    for prune in (False, True):
        assert apply(written, product, prune=prune).is_empty
    assert (definitions(product), Version.objects.count()) == (written, versions)
    apply(written, other)
    assert definitions(other) == written
    for profile in product.profiles.all():
        assert other.profiles.get(name=profile.name).current.parsed == profile.current.parsed


def _product() -> Product:
    team, _ = Team.objects.get_or_create(name="Round trips")
    return Product.objects.create(team=team, name=f"P{Product.objects.count()}")
