"""Features of a product, its internal domains, and the versions of profiles that carry them."""

from dataclasses import dataclass

import msgspec
import pytest
from django.db import IntegrityError, transaction

from accoil.refused import Refused
from accoil.score import features as keeping
from accoil.score.carried import change_domains, change_features, who_names
from accoil.score.configuration import Said as Meant
from accoil.score.configuration import check, configuration_of, configurations, configure
from accoil.score.definition import Definition
from accoil.score.diff import sentence
from accoil.score.features import FeatureEvent, Said, check_all, kept
from accoil.score.models import Profile
from accoil.score.reading import internal_domains
from accoil.team.models import Product, Team

REPORTS = Said(name="Reports", events=("Report_Created", "Report_Shared"))
BILLING = Said(name="Billing", events=("Invoice_Sent",), description="What is paid for")
STEPS = {"user": [{"feature": "Reports", "did": True}]}


@dataclass
class Home:
    product: Product
    other: Product

    def profile(self, name: str, **more: object) -> Profile:
        return Profile.create(self.product, name, Definition.check({"events": {"Report_Created": 9}, **more}))


@pytest.fixture
def home(db) -> Home:
    team = Team.objects.create(name="Acme Inc")
    product, other = (Product.objects.create(team=team, name=name) for name in ("Web", "Mobile"))
    keeping.edit(product, lambda _: [REPORTS, BILLING])
    return Home(product, other)


def said(product: Product) -> list[tuple[str, tuple[str, ...]]]:
    return [(each.name, each.events) for each in kept(product)]


def test_features_stay_in_the_order_they_are_given(home):
    keeping.edit(home.product, lambda before: keeping.moved(before, before[1], -1))
    assert said(home.product) == [("Billing", ("Invoice_Sent",)), ("Reports", ("Report_Created", "Report_Shared"))]
    assert kept(home.product)[0].description == "What is paid for"
    assert said(home.other) == []


def test_two_features_can_swap_their_names_and_events_and_stay_who_they_are(home):
    ids = {each.name: each.id for each in kept(home.product)}

    def swapped(before: list[Said]) -> list[Said]:
        one, two = before
        return [Said(id=one.id, name=two.name, events=two.events), Said(id=two.id, name=one.name, events=one.events)]

    keeping.edit(home.product, swapped)
    assert {each.name: each.id for each in kept(home.product)} == {"Billing": ids["Reports"], "Reports": ids["Billing"]}


@pytest.mark.parametrize(
    ("features", "reason"),
    [
        ([Said(name=" ", events=("A",))], "Give the feature a name"),
        ([Said(name="A", events=())], "holds no event"),
        ([Said(name="A", events=(" ",))], "holds no event"),
        ([Said(name="A", events=("X",)), Said(name="a", events=("Y",))], "Two features are called"),
        ([Said(name="A", events=("X",)), Said(name="B", events=("X",))], "“X” is in A and in B"),
        ([Said(name="A" * 101, events=("X",))], "longer than 100"),
        ([Said(name="A", events=("X" * 256,))], "longer than 255"),
        ([Said(name="A", events=("X",), description="d" * 501)], "longer than 500"),
        ([Said(name=f"F{n}", events=(f"E{n}",)) for n in range(101)], "at most 100"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(features, reason):
    with pytest.raises(Refused, match=reason):
        check_all(features)


def test_a_refused_change_leaves_everything_as_it_was(home):
    before = kept(home.product)
    with pytest.raises(Refused):
        keeping.edit(home.product, lambda all: [*all, Said(name="More", events=("Invoice_Sent",))])
    assert kept(home.product) == before


def test_the_database_itself_keeps_an_event_to_one_feature(home):
    first, second = home.product.features.all()
    with pytest.raises(IntegrityError), transaction.atomic():
        FeatureEvent.objects.create(product=home.product, feature=second, event="Report_Created", position=5)
    assert [each.event for each in first.events.all()] == ["Report_Created", "Report_Shared"]


def test_a_changed_feature_gives_a_new_version_to_the_profiles_whose_rules_name_it(home):
    using, without = home.profile("Using", activation=STEPS), home.profile("Without")
    assert using.current.parsed.features == {"Reports": ("Report_Created", "Report_Shared")}
    assert who_names(home.product) == {"Reports": [using]}
    wider = Said(name="Reports", events=(*REPORTS.events, "Report_Exported"))

    def change(before: list[Said]) -> list[Said]:
        return [Said(id=before[0].id, name=wider.name, events=wider.events), *before[1:]]

    made = change_features(home.product, change, None).versions
    assert [(version.profile.name, version.number, version.note) for version in made] == [
        ("Using", 2, "Features changed in Settings")
    ]
    assert using.current.parsed.features == {"Reports": ("Report_Created", "Report_Exported", "Report_Shared")}
    assert using.versions.get(number=1).parsed.features == {"Reports": REPORTS.events}, "what was, stays"
    assert without.current.number == 1
    assert change_features(home.product, lambda before: before, None) == ([], [])


def test_a_feature_that_a_rule_names_is_not_deleted(home):
    home.profile("Using", activation=STEPS)
    with pytest.raises(Refused, match="“Reports” is named by a rule of the profile Using"):
        change_features(home.product, lambda before: before[1:], None)
    assert len(kept(home.product)) == 2
    change_features(home.product, lambda before: before[:1], None)
    assert [each.name for each in kept(home.product)] == ["Reports"]


def called(*names: str) -> keeping.Edit:
    return lambda before: [msgspec.structs.replace(one, name=name) for one, name in zip(before, names, strict=True)]


def test_a_new_name_of_a_feature_is_carried_into_the_rules_of_profiles(home):
    asks = {
        "any": [
            {"feature": "Reports"},
            {"feature": "Billing", "did": False},
            {"user_trait": "feature", "is": "Reports"},
        ]
    }
    using = home.profile("Using", activation={**STEPS, "account": [{"feature": "Billing"}]}, filter=asks)
    before = using.current.parsed
    made = change_features(home.product, called("Reporting", "Billing"), None)
    assert [(version.profile, version.number) for version in made.versions] == [(using, 2)]
    now = using.current.parsed
    assert now.features == {"Billing": BILLING.events, "Reporting": REPORTS.events}
    assert "Reporting" in str(now.activation.user) and "is', 'Reports'" not in str(now.filter)
    assert sentence(before, now) == "feature Reports is called Reporting"
    assert using.versions.get(number=1).parsed == before, "what was, stays"


def test_features_that_swap_their_names_swap_them_in_rules(home):
    using = home.profile("Using", activation={**STEPS, "account": [{"feature": "Billing"}]})
    change_features(home.product, called("Billing", "Reports"), None)
    steps = using.current.parsed.to_yaml_dict()["activation"]
    assert steps == {"user": [{"feature": "Billing"}], "account": [{"feature": "Reports"}]}


def test_a_rule_that_names_no_feature_of_the_product_is_refused(home):
    with pytest.raises(Refused, match="no feature called “Rockets”"):
        home.profile("Wrong", activation={"user": [{"feature": "Rockets", "did": True}]})


def test_internal_domains_are_carried_by_every_profile_from_then_on(home):
    profile = home.profile("Everyone")
    made = change_domains(home.product, internal_domains([" @Example.com", "acme.CO.uk", "example.com"]), None)
    assert [(version.number, version.note) for version in made] == [(2, "Internal domains changed in Settings")]
    assert profile.current.parsed.internal_domains == ("acme.co.uk", "example.com")
    assert change_domains(home.product, ["acme.co.uk", "example.com"], None) == []
    assert home.profile("Later").current.parsed.internal_domains == ("acme.co.uk", "example.com")


@pytest.mark.parametrize("domain", ["", "nodot", "a b.com", "user@example.com", "-a.com", ".com", "a..b", 5, None])
def test_what_is_no_domain_is_refused(domain):
    with pytest.raises(Refused, match="no e-mail domain"):
        internal_domains([domain])


def test_a_configuration_says_only_what_differs_from_the_usual(home):
    profile = home.profile("Everyone")
    assert configurations() == {}
    saved = configure(
        home.product, check({"account_id": " company_id ", "name": "name", "summary_profile": "Everyone"})
    )
    assert saved.to_yaml_dict() == {"account_id": "company_id", "summary_profile": "Everyone"}
    assert configurations()[home.product.pk].account_id == "company_id"
    assert configuration_of(home.other).to_yaml_dict() == {}
    profile.delete()
    assert configuration_of(home.product).to_yaml_dict() == {"account_id": "company_id"}
    configure(home.product, Meant())
    assert configurations() == {}


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ([], "holds keys: account_id"),
        ({"accountId": "x"}, "“accountId” is not a key"),
        ({"name": 5}, "name is 5"),
        ({"owner": "x" * 256}, "longer than 255"),
    ],
)
def test_a_configuration_that_makes_no_sense_is_refused(raw, reason):
    with pytest.raises(Refused, match=reason):
        check(raw)


def test_a_summary_profile_must_be_one_of_the_product(home):
    with pytest.raises(Refused, match="no profile of that name"):
        configure(home.product, check({"summary_profile": "Nobody"}))
