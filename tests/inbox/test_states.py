"""Every state of the widget is a file in `states/`, valid by Canvas Kit's description. After a change that is meant,
write them anew with WRITE_STATES=1, and read what git shows."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from accoil.rule import tree
from accoil.score.access import May
from accoil.score.definition import Activation, Definition
from accoil.score.models import Profile
from accoil.segment.models import Kind, Segment
from accoil.segment.rounds import Rounds
from accoil.show.inbox import states
from tests.inbox.conftest import Widget
from tests.inbox.settled import settled
from tests.intercom.canvas import check_canvas
from tests.show.conftest import EVERYDAY, World, product, receive
from tests.small_worlds import at, did, identified, joins

FILES = Path(__file__).with_name("states")
WRITE = os.environ.get("WRITE_STATES") == "1"
NOBODY_PASSES = {"user_trait": "role", "is": "Pilot"}

State = Callable[..., Widget]
STATES: dict[str, State] = {}


def state(make: State) -> State:
    STATES[make.__name__] = make
    return make


@state
def summary(widget, **_):
    return widget().open()


@state
def account(widget, **_):
    return widget().open().tab("account")


@state
def user(widget, **_):
    return widget().open().tab("user")


@state
def info(widget, **_):
    return widget().open().tab("info")


def with_steps(busy: World) -> None:
    """The profile has activation steps, and a segment of its own; somebody has looked who is inside."""
    steps = [
        {"event": "Report_Created", "did": True},
        {"event": "Dashboard_Viewed", "did": True},
        {"user_trait": "role", "is_set": True},
    ]
    own = (tree.check(steps[0], "account"), tree.check({"account_trait": "phone", "is_set": True}, "account"))
    activation = Activation(user=tuple(tree.check(step, "user") for step in steps), account=own)
    busy.profile.save_definition(Definition(events=EVERYDAY.events, activation=activation), busy.ann)
    rule = tree.written(tree.check({"metric": "score", "above": 10}, "account"))
    Segment.objects.create(profile=busy.profile, scope="account", kind=Kind.CUSTOM, name="Worth a call", rule=rule)
    Rounds().look(busy.profile)


@state
def summary_with_steps_and_segments(widget, busy, **_):
    with_steps(busy)
    return widget().open()


@state
def account_with_steps_and_segments(widget, busy, **_):
    with_steps(busy)
    return widget().open().tab("account")


@state
def user_with_steps_and_segments(widget, busy, **_):
    with_steps(busy)
    return widget().open().tab("user")


def profiles(busy: World, number: int) -> None:
    for each in range(2, number + 1):
        Profile.create(busy.web, f"Profile {each}", Definition(events={"Dashboard_Viewed": 5}), busy.ann)
    Profile.objects.filter(product=busy.web).update(open_to_inbox=True)


@state
def two_profiles(widget, busy, **_):
    profiles(busy, 2)
    return widget().open()


@state
def two_profiles_switched(widget, busy, **_):
    profiles(busy, 2)
    other = Profile.objects.get(name="Profile 2")
    return widget().open().press("switch", profile=str(other.pk))


@state
def ten_profiles(widget, busy, **_):
    profiles(busy, 10)
    return widget().open()


@state
def eleven_profiles(widget, busy, **_):
    profiles(busy, 11)
    return widget().open()


@state
def eleven_profiles_listed(widget, busy, **_):
    profiles(busy, 11)
    return widget().open().press("list:profile:0")


@state
def eleven_profiles_listed_on(widget, busy, **_):
    profiles(busy, 11)
    return widget().open().press("list:profile:0").press("list:profile:1")


@state
def eleven_profiles_picked(widget, busy, **_):
    profiles(busy, 11)
    last = Profile.objects.get(name="Profile 11")
    return widget().open().press("list:profile:1").press(f"pick:profile:{last.pk}")


@state
def several_products(widget, busy, engine, **_):
    app = product(busy.web.team, "Phone app")
    Profile.create(app, "Phones", EVERYDAY, busy.ann)
    receive(engine, app, [identified("ann-2", at(2), email="ann@acme.example", name="Ann on the phone")])
    return widget().open()


@state
def several_accounts(widget, busy, engine, **_):
    receive(engine, busy.web, [did("ann", "Report_Created", at(27), 2, account="globex")])
    return widget().open().tab("account")


@state
def several_users_of_one_address(widget, busy, engine, **_):
    receive(engine, busy.web, [identified("ann-old", at(2), email="ann@acme.example", name="Ann before")])
    return widget().open().tab("user")


@state
def a_lead(widget, **_):
    return widget().open(id="c-1", email="ann@acme.example", name="Ann?", role="lead")


@state
def a_name_that_would_be_a_link(widget, busy, engine, **_):
    name = "[**Pay here**](https://evil.example) <b>now</b>"
    receive(
        engine,
        busy.web,
        [joins("mal", "mal-co", at(30), name=name), identified("mal", at(30), name=name, email="mal@m.example")],
    )
    return widget().open(id="c-mal", email="mal@m.example")


@state
def unknown(widget, **_):
    return widget().open(id="c-2", email="stranger@example.com", name="Stran Ger")


@state
def no_address(widget, **_):
    return widget().open(id="c-3")


@state
def no_product(widget, busy, **_):
    busy.evil.delete()
    return widget(workspace="w2").open(id="c-4", email="x@example.com")


@state
def no_profile(widget, busy, engine, **_):
    receive(engine, busy.evil, [identified("x", at(30), email="x@example.com")])
    return widget(workspace="w2").open(id="c-4", email="x@example.com", name="Xa")


@state
def no_access_of_a_member(widget, busy, **_):
    busy.web.team.members.get(user=busy.bob).access.create(profile=busy.profile, may=May.NONE)
    return widget(teammate="bob@example.com").open()


@state
def no_access_of_others(widget, busy, **_):
    Profile.objects.update(open_to_inbox=False)
    return widget().open()


@state
def profile_deleted(widget, busy, **_):
    profiles(busy, 3)
    gone = Profile.objects.get(name="Profile 3")
    seen = widget().open().press("switch", profile=str(gone.pk))
    gone.delete()
    return seen.press("tab", tab="user")


@state
def not_in_the_profile(widget, busy, **_):
    profiles(busy, 2)
    filtered = Definition(events=EVERYDAY.events, filter=tree.check(NOBODY_PASSES, "user"))
    busy.profile.save_definition(filtered, busy.ann)
    return widget().open().tab("user")


@state
def no_data_yet(widget, busy, engine, **_):
    receive(engine, busy.web, [identified("new", at(31), name="Newton", email="new@acme.example")])
    return widget().open(id="c-5", email="new@acme.example").tab("user")


@state
def no_data_yet_summary(widget, busy, engine, **_):
    receive(engine, busy.web, [identified("new", at(31), name="Newton", email="new@acme.example")])
    return widget().open(id="c-5", email="new@acme.example")


@state
def without_account(widget, busy, engine, **_):
    receive(engine, busy.web, [identified("una", at(31), name="Una", email="una@solo.example")])
    return widget().open(id="c-6", email="una@solo.example").tab("account")


@state
def inactive_account(widget, **_):
    return widget().open(id="c-7", external_id="ivy")


@state
def computing(widget, **_):
    made = widget()
    made.shown = states.computing()
    return made


@state
def try_again(widget, **_):
    made = widget()
    made.shown = states.try_again()
    return made


@pytest.mark.parametrize("name", STATES)
def test_the_state_is_shown_as_its_file_says(name, widget, busy, engine):
    made = STATES[name](widget, busy=busy, engine=engine)
    file, told = FILES / f"{name}.json", settled(made.shown)
    if WRITE:
        file.write_text(told)
    assert told == file.read_text()


@pytest.mark.parametrize("name", STATES)
def test_the_file_is_what_intercom_takes(name):
    check_canvas("submit_response", json.loads((FILES / f"{name}.json").read_text()))


def test_no_file_is_left_over():
    assert {file.stem for file in FILES.iterdir()} == set(STATES)
