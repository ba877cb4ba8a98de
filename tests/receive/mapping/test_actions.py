"""The actions as the catalog page of the Segment destination lists them."""

import pytest

from accoil.receive.mapping.actions import ACTIONS
from accoil.receive.mapping.rules import PRESETS

# label, type, description; a star: required
GROUP = """
Anonymous ID | STRING | Anonymous id
User ID | STRING | The ID associated with the user
Group ID * | STRING | The group id
Name | STRING | The name of the account. Without providing a name, accounts are displayed using a numeric ID, making them harder to identify. (Highly Recommended)
Created at | STRING | Helps calculate account tenure. If no createdAt is provided, the earliest createdAt from the associated users will be used. (Highly Recommended)
Status | STRING | The overall status of the account subscription. Possible options include: Free, Trial, Paid, Cancelled (Highly Recommended)
Plan | STRING | The plan type helps in segmenting accounts by their subscription tier (e.g., starter, pro, enterprise). (Recommended)
MRR | NUMBER | Monthly recurring revenue (MRR) is important for segmenting accounts by value. It also allows Accoil to show the dollar value of different segments. Ideally this is passed in cents eg $99 becomes 9900. (Highly Recommended)
Traits | OBJECT | Optionally send all traits to associate with the user or the group
Timestamp * | STRING | The timestamp of the event
"""  # noqa: E501
PAGE = """
User ID | STRING | The ID associated with the user
Page Name | STRING | The name of the page
Timestamp * | STRING | The timestamp of the event
"""
TRACK = """
Event Name * | STRING | The event name
User ID * | STRING | The ID associated with the user
Timestamp * | STRING | The timestamp of the event
"""
SCREEN = """
User ID | STRING | The ID associated with the user
Screen Name | STRING | The name of the screen
Timestamp * | STRING | The timestamp of the event
"""
IDENTIFY = """
User ID * | STRING | The ID associated with the user
Email | STRING | Email addresses are highly recommended as they are often used to identify users across multiple platforms. (Highly Recommended)
Name | STRING | Providing a name helps display users in Accoil. If no name is provided, the email address is displayed instead. (Highly Recommended)
Role | STRING | Describes the user's role in your product such as Admin, Owner, Team Member. (Suggested)
Account Status | STRING | Capturing the account status on the user can be helpful to segment users. Possible options include: Free, Trial, Paid, Cancelled (Suggested)
Created at | STRING | When was the user created, including this ensures that tenure tracking is accurate. (Highly Recommended)
Traits | OBJECT | Optionally send all traits to associate with the user or the group
Timestamp * | STRING | The timestamp of the event
"""  # noqa: E501


@pytest.mark.parametrize(
    ("key", "label", "description", "trigger", "table"),
    [
        ("group", "Group", "Identify Accounts (groups) in Accoil", 'type = "group"', GROUP),
        ("page", "Page", "Send page events to Accoil", 'type = "page"', PAGE),
        ("track", "Track", "Track a user action in Accoil", 'type = "track"', TRACK),
        ("screen", "Screen", "Send screen events to Accoil", 'type = "screen"', SCREEN),
        ("identify", "Identify", "Identify a user in Accoil", 'type = "identify"', IDENTIFY),
        ("postToAccoil", "Post to Accoil", "Send Data to Accoil Analytics", 'type = "track"', ""),
    ],
)
def test_an_action_is_as_the_catalog_lists_it(key: str, label: str, description: str, trigger: str, table: str):
    action = ACTIONS[key]
    assert (action.label, action.description, action.trigger) == (label, description, trigger)
    assert [
        f"{field.label}{' *' * field.required} | {field.shown_type} | {field.description}" for field in action.fields
    ] == table.strip().splitlines()


def test_there_are_six_actions():
    assert len(ACTIONS) == 6


@pytest.mark.parametrize(
    ("key", "places", "traits"),
    [
        ("identify", "userId traits timestamp", "email name role accountStatus createdAt"),
        ("group", "anonymousId userId groupId traits timestamp", "name createdAt status plan mrr"),
        ("track", "event userId timestamp", ""),
        ("page", "userId name timestamp", ""),
        ("screen", "userId name timestamp", ""),
        ("postToAccoil", "", ""),
    ],
)
def test_a_field_takes_its_own_place_unless_told_otherwise(key: str, places: str, traits: str):
    fields = ACTIONS[key].fields
    assert [(each.key, each.default) for each in fields if not each.is_trait] == [(p, f"$.{p}") for p in places.split()]
    assert [(each.key, each.default) for each in fields if each.is_trait] == [
        (t, f"$.traits.{t}") for t in traits.split()
    ]


def test_the_presets():
    assert {(preset.name, preset.trigger, ACTIONS[preset.action].label) for preset in PRESETS} == {
        ("Identify Calls", 'type = "identify"', "Identify"),
        ("Page Calls", 'type = "page"', "Page"),
        ("Track Calls", 'type = "track"', "Track"),
        ("Screen Calls", 'type = "screen"', "Screen"),
        ("Group Calls", 'type = "group"', "Group"),
    }
