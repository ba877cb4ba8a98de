from datetime import date
from textwrap import dedent

import pytest
import yaml

from accoil.refused import Refused
from accoil.score.access import May
from accoil.score.definition import Definition
from accoil.score.files import apply, definitions
from accoil.score.models import Profile, Version
from accoil.team.models import Product, Team, User

pytestmark = pytest.mark.django_db

FILE = """
time_zone: Australia/Sydney
profiles:
  - name: Trial Users
    window: 7
    events: {Report_Created: 9, Dashboard_Viewed: 3}
    benchmark: moving_p90
    curve: exponential
  - name: Everyone
    events: {Login: 1}
    benchmark: {fixed: 200}
"""


@pytest.fixture
def product() -> Product:
    return Product.objects.create(team=Team.objects.create(name="Acme"), name="Web")


def test_a_file_makes_profiles_and_says_so(product):
    plan = apply(FILE, product)
    assert plan.lines == [
        "~ time zone: UTC → Australia/Sydney (every day is counted anew in it)",
        "+ profile Trial Users (window 7, 2 events, benchmark moving_p90, exponential)",
        "+ profile Everyone (window 7, 1 event, benchmark fixed 200, exponential)",
    ]
    assert Product.objects.get().time_zone == "Australia/Sydney"
    assert product.profiles.get(name="Trial Users").current.parsed == Definition(
        events={"Report_Created": 9, "Dashboard_Viewed": 3}
    )
    assert product.profiles.get(name="Everyone").current.parsed.benchmark == 200


def test_a_version_in_force_begins_on_the_day_of_the_new_time_zone(product):
    product.time_zone = "Pacific/Pago_Pago"
    product.save()
    apply(FILE.replace("Australia/Sydney", "Pacific/Kiritimati"), product)
    assert {version.in_force_from for version in Version.objects.all()} == {Product.objects.get().today()}


def test_the_same_file_again_changes_nothing(product):
    apply(FILE, product)
    plan = apply(FILE, product)
    assert plan.is_empty
    assert plan.lines == ["  profile Trial Users: unchanged", "  profile Everyone: unchanged"]
    assert Version.objects.count() == 2


def test_every_kind_of_change_is_shown(product):
    apply(FILE, product)
    plan = apply(
        """
        profiles:
          - name: Trial Users
            window: 30
            events: {Report_Created: 10, Invited: 4}
            benchmark: {fixed: 12.5}
            curve: linear
        """,
        product,
    )
    assert plan.lines == [
        "~ profile Trial Users (version 1 → 2)",
        "    window 7 → 30 days",
        "    benchmark moving → fixed at 12.5",
        "    curve exponential → linear",
        "    Report_Created 9 → 10",
        "    Invited added with weight 4",
        "    Dashboard_Viewed no longer counts (weight was 3)",
    ]
    assert product.profiles.get(name="Trial Users").current.number == 2


def test_what_the_file_leaves_out_stays(product):
    apply(FILE, product)
    apply("profiles: [{name: New, events: {Login: 1}}]", product)
    assert [profile.name for profile in product.profiles.all()] == ["Trial Users", "Everyone", "New"]
    assert Product.objects.get().time_zone == "Australia/Sydney"


def test_prune_deletes_what_the_file_leaves_out(product):
    apply(FILE, product)
    plan = apply("profiles: [{name: Everyone, events: {Login: 2}}]", product, prune=True)
    assert plan.lines[-1] == "- profile Trial Users"
    assert [profile.name for profile in product.profiles.all()] == ["Everyone"]


def test_prune_leaves_a_section_alone_that_the_file_does_not_have(product):
    apply(FILE, product)
    assert apply("time_zone: Australia/Sydney", product, prune=True).is_empty
    assert product.profiles.count() == 2
    apply("profiles: []", product, prune=True)
    assert product.profiles.count() == 0


def test_a_dry_run_shows_and_changes_nothing(product):
    plan = apply(FILE, product, dry_run=True)
    assert len(plan.lines) == 3
    assert Profile.objects.count() == 0
    assert Product.objects.get().time_zone == "UTC"


def test_other_products_are_not_touched(product):
    other = Product.objects.create(team=product.team, name="Mobile")
    Profile.create(other, "Trial Users", Definition(events={"Tap": 1}))
    apply(FILE, product, prune=True)
    assert [profile.current.number for profile in other.profiles.all()] == [1]


def test_a_mistake_anywhere_leaves_everything_as_it_was(product):
    broken = FILE + "  - {name: Broken, events: {Login: 11}}\n"
    with pytest.raises(Refused, match=r"^Profile “Broken”: events: the weight of “Login” is 11"):
        apply(broken, product)
    assert Profile.objects.count() == 0
    assert Product.objects.get().time_zone == "UTC"


def test_what_is_printed_can_be_applied(product):
    apply(FILE, product)
    assert apply(definitions(product), product).is_empty
    copy = Product.objects.create(team=product.team, name="Copy")
    apply(definitions(product), copy)
    assert definitions(copy) == definitions(product)


def test_awkward_names_survive_the_way_out_and_back(product):
    odd = {"Yes": 1, "404": 2, "a: b # c": 3, "Été ✓": 4, "null": 5, " leading": 6, "2026-01-01": 7, "'quoted'": 8}
    Profile.create(product, "Odd: names", Definition(events=odd))
    copy = Product.objects.create(team=product.team, name="Copy")
    apply(definitions(product), copy)
    assert copy.profiles.get().current.parsed.events == odd


def test_events_never_received_are_pointed_out(product):
    plan = apply(FILE, product, known_events={"Report_Created", "Login"})
    assert plan.warnings == ["No event called “Dashboard_Viewed” has been received yet (profile Trial Users)."]
    assert apply(FILE, product).warnings == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The file is empty"),
        ("- a\n- b", "The file must hold keys: time_zone, keep_months, internal_domains"),
        ("just words", "The file must hold keys: time_zone, keep_months, internal_domains"),
        ("a: b: c", "Line 1: this is not YAML"),
        ("time_zone: UTC\nprofiles: [", "Line 2: this is not YAML"),
        ("time_zone: !!python/object:os.system ls", "this is not YAML"),
        ("time_zone: \x00", "The file is not YAML that can be read"),
        (
            "profile: []",
            "“profile” is not a key of a definitions file; there are: time_zone, keep_months, internal_domains",
        ),
        ("segments: []", "“segments” is not a key of a definitions file"),
        ("automations: []", "“automations” is not a key of a definitions file"),
        ("time_zone: Sydney", 'time_zone: "Sydney" is not a time zone'),
        (f"keep_months: 0x{'f' * 5000}", "Line 1: a number is longer than 300 digits."),
        ("keep_months: 7", "keep_months is 7; choose one of 6, 12, 18, 24, 36, 48, 60, or for_ever."),
        ("keep_months: [12]", "keep_months is [12]; choose"),
        ("time_zone: 10", "time_zone: 10 is not a time zone"),
        ("profiles: {name: A}", "profiles must be a list"),
        ("profiles: [{events: {A: 1}}]", "Profile 1 of the file has no name"),
        ("profiles: [{name: A, events: {A: 1}}, words]", "Profile 2 of the file has no name"),
        ("profiles: [{name: 7, events: {A: 1}}]", "Profile 1 of the file has no name"),
        ("profiles: [{name: A, events: {A: 1}}, {name: ' A ', events: {A: 1}}]", "Two profiles are called “A”"),
        ("profiles: [{name: A, events: {A: 1, A: 2}}]", "Line 1: “A” is written twice"),
        ("profiles: [{name: A}]", "Profile “A”: events must name at least one event"),
        ("profiles: [{name: A, events: {Yes: 1}}]", "Profile “A”: events holds the name true, which is not text"),
        ("profiles: [{name: A, events: {A: 1}, filter: {}}]", "Profile “A”: filter: A condition begins with one of"),
        (
            "profiles: [{name: A, events: {A: 1}, features: {}}]",
            "Profile “A”: “features” stands at the top of the file",
        ),
        ("profiles: [{name: A, events: {A: 1}, sync: {}}]", "Profile “A”: “sync” is not a key of a profile"),
        ("profiles: [{name: A, events: {? [x] : 1}}]", "Line 1: a key must be a text"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(product, text, sentence):
    with pytest.raises(Refused) as refusal:
        apply(dedent(text), product)
    assert sentence in str(refusal.value)
    assert Profile.objects.count() == 0


def test_a_name_too_long_is_refused_before_anything_changes(product):
    with pytest.raises(Refused, match="longer than 100 characters"):
        apply(f"time_zone: Asia/Tokyo\nprofiles: [{{name: {'x' * 101}, events: {{A: 1}}}}]", product)
    assert Product.objects.get().time_zone == "UTC"


OPENED = "profiles: [{name: Trial Users, events: {Report_Created: 9}, open_to_inbox: %s}]"


def test_a_profile_is_opened_to_the_inbox_and_closed_and_left_as_it_is_where_the_file_says_nothing(product):
    plan = apply(OPENED % "true", product)
    assert plan.lines[-1] == "~ profile Trial Users open to the inbox: as the summary profile → yes"
    assert yaml.safe_load(definitions(product))["profiles"][0]["open_to_inbox"] is True
    assert apply(OPENED % "true", product).is_empty
    apply("profiles: [{name: Trial Users, events: {Report_Created: 8}}]", product, prune=True)
    assert Profile.objects.get().open_to_inbox is True
    assert apply(OPENED % "false", product).lines[-1] == "~ profile Trial Users open to the inbox: yes → no"
    apply(OPENED % "", product)
    assert Profile.objects.get().open_to_inbox is None
    assert "open_to_inbox" not in definitions(product)


def test_nonsense_about_the_inbox_is_refused_with_its_place(product):
    with pytest.raises(Refused, match='Profile “Trial Users”: open_to_inbox is "often"; write true or false'):
        apply(OPENED % "often", product)
    assert not Profile.objects.exists()


def test_people_are_in_no_file(product):
    apply(OPENED % "true", product)
    member = product.team.members.create(user=User.objects.create(email="bob@example.com"))
    member.access.create(profile=Profile.objects.get(), may=May.NONE)
    assert "bob" not in definitions(product) and "access" not in definitions(product)
    with pytest.raises(Refused, match="access"):
        apply("profiles: [{name: Trial Users, events: {Report_Created: 9}, access: {bob@example.com: none}}]", product)
    apply(OPENED % "false", product, prune=True)
    assert member.access.get().may == May.NONE


def test_how_long_daily_counts_are_kept_is_said_and_nothing_goes(product):
    plan = apply("keep_months: 12", product)
    assert plan.lines == ["~ keep_months: 24 → 12 (what is older goes once somebody has said so on Settings > Privacy)"]
    kept = Product.objects.get()
    assert (kept.keep_months, kept.kept_from) == (12, None)
    assert "keep_months: 12" in definitions(kept)
    apply("keep_months: for_ever", kept)
    assert (kept.keep_months, "keep_months: for_ever" in definitions(kept)) == (None, True)
    apply("keep_months: 24", kept)
    assert "keep_months" not in definitions(kept), "the usual is not written"


def test_a_file_shortens_nothing_once_days_go_by_themselves(product):
    product.keep_months, product.kept_from = 24, date(2024, 1, 1)
    product.save()
    with pytest.raises(Refused, match="kept for 24 months, and fewer would let days go"):
        apply("keep_months: 6", product)
    assert Product.objects.get().keep_months == 24
    assert apply("keep_months: 36", Product.objects.get()).lines == ["~ keep_months: 24 → 36"]
    apply("keep_months: for_ever", Product.objects.get())
    with pytest.raises(Refused, match="are kept for ever"):
        apply("keep_months: 60", Product.objects.get())
    assert Product.objects.get().keep_months is None
