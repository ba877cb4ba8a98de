"""What the style page shows of forms: the editor of rules, an automation, and what a connection writes."""

from types import SimpleNamespace
from typing import Any

from django.utils.html import format_html

from accoil.connect.connection import Field
from accoil.connect.models import Mode
from accoil.rule.tree import EVERYTHING, check
from accoil.show.automations.typed import WHENS, Typed
from accoil.show.rules import drafts, form
from accoil.show.rules.form import Offered

AT_RISK = {
    "all": [
        {"metric": "score", "below": 25},
        {"any": [{"account_trait": "plan", "one_of": ["Business", "Enterprise"]}, {"event": "Report_Created"}]},
    ]
}
OFFER = Offered(
    "account",
    [
        ("Numbers", [("metric:score", "Score"), ("metric:mrr", "MRR, $ a month")]),
        ("Somebody did", [("event:Report_Created", "Report Created")]),
        ("Traits of the account", [("account_trait:plan", "plan")]),
    ],
)
CHANNEL = Field(name="channel", label="Channel", help="Such as #sales.")


def samples_of_forms() -> dict[str, Any]:
    rule = form.shown(drafts.written(check(AT_RISK, "account", EVERYTHING)), "rule", OFFER)
    return {
        "frame": SimpleNamespace(may_change=True, profile=None),
        "rule": rule,
        "rule_post": "",
        "rule_target": "#told",
        "told": {
            "says": "score below 25 and (plan is Business or Enterprise or did Report_Created)",
            "holds": format_html("It holds for <b>{}</b> today.", "12 of 200 accounts"),
            "share": 6,
            "doubts": [],
            "examples": [{"name": "Initech", "score": 22}, {"name": "Umbrella", "score": 9}],
        },
        "automation": automation(),
        "says": {
            "when": "When an account enters the segment At risk",
            "condition": "status is Paid",
            "then": "Slack message: #sales",
        },
        "mode": {
            "link": "#",
            "profile": {"pk": 1, "name": "Trial Users"},
            "modes": [{"value": each, "words": said, "here": each == Mode.ALL} for each, said in Mode.choices],
        },
        "after": Mode.ALL,
        "before": Mode.OFF,
        "plan": {
            "lines": ["412 contacts and 38 companies would change.", "19 attributes are made."],
            "made": ["Accoil_TrialUsers_Score", "Accoil_TrialUsers_Segments"],
            "button": "Write all traits",
        },
    }


def automation() -> dict[str, Any]:
    """The form of one, as its editor has it."""
    channel = {
        "field": CHANNEL, "id": "then-0-channel", "value": "#sales",
        "offered": {"wrong": "", "choices": [("#sales", "#sales", False)]},
    }  # fmt: skip
    return {
        "typed": Typed(named="At risk"),
        "whens": WHENS.items(),
        "named": {"label": "Which segment", "choices": [("At risk", "At risk"), ("Red Hot", "Red Hot")]},
        "actions": [{"number": 0, "key": "slack", "fields": [channel], "missing": "Slack is not reached just now."}],
        "offered": [("slack", "Slack message"), ("email", "Send an e-mail")],
        "may_add": True,
        "known_names": ["account.name", "account.score"],
    }
