"""By YAML's aliases somebody writes what has no end, or grows tenfold with each line: refused with a sentence, wherever
it stands in a definitions file."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest
import yaml

from accoil.connect.models import Connection
from accoil.definition_files import apply
from accoil.refused import Refused
from accoil.score import file_format
from accoil.team.models import Member, Product, Team, User

FILE = """
time_zone: Australia/Sydney
keep_months: 24
internal_domains: [example.com]
features: [{name: Reports, description: For boards, events: [Report_Created]}]
profiles:
- name: P
  window: 7
  events: {Report_Created: 9}
  benchmark: {fixed: 200}
  curve: exponential
  daily_cap: 3
  filter: {user_trait: role, one_of: [admin]}
  exclude: {users: [bob], accounts: [globex]}
  activation: {user: [{feature: Reports}]}
  sync: {intercom: all}
  fields: {salesforce: {user: {Score: Health__c}}}
  open_to_inbox: true
segments:
- {name: At risk, profile: P, scope: account, rule: {metric: score, below: 25}, stay_days: 2}
journeys:
- {name: J, profile: P, scope: user, stages: [{name: Good, rule: {event: X}}, {name: Bad, rule: {event: Y}}]}
automations:
- name: A
  profile: P
  scope: account
  when: {score: {rises: 10, days: 7}}
  if: {metric: mrr, above: 10000}
  then: [{intercom_tag: {tag: at-risk, on: company}}]
  cool_down_hours: 3
  enabled: true
- {name: B, profile: P, scope: user, when: {activation: {step: 1}}, then: {intercom_tag: {tag: x, on: user}}}
- {name: C, profile: P, scope: user, when: {enters: All Users}, then: [{webhook: {url: "https://example.com"}}]}
- {name: D, profile: P, scope: user, when: {new: user}, then: [{intercom_tag: {tag: x}}]}
feeds:
- name: F
  profile: P
  cards: [{card: entered, scope: account, what: At risk}, {card: movers, what: 10}]
  every: day
  hour: 7
  channel: "#sales"
  mail_to: [ann@example.com]
configuration: {account_id: company_id, name: company_name}
summary_profile: P
mappings:
- {name: M, trigger: type = "track", action: track, fields: {event: [X], userId: {constant: x}}, enabled: true}
- {name: N, action: group, fields: {traits: {plan: {constant: x}, size: $.traits.size}}}
"""


def endless() -> Any:
    held: list[Any] = []
    held.append(held)
    return held


def growing() -> Any:
    held: Any = {"on": "boom"}
    for _ in range(5):
        held = {str(key): held for key in range(10)}
    return held


@pytest.fixture
def product(db: None, monkeypatch: pytest.MonkeyPatch) -> Product:
    monkeypatch.setattr("accoil.act.actions.check_address", lambda url: None)
    team = Team.objects.create(name="Acme Inc")
    ann = User.objects.create_user("ann@example.com", "a long walk home", "Ann")
    Member.objects.create(team=team, user=ann, role="owner")
    for tool in ("intercom", "slack"):
        Connection.objects.create(team=team, tool=tool, workspace="acme1")
    return Product.objects.create(team=team, name="Web")


@pytest.mark.parametrize("make", [endless, growing])
def test_what_has_no_end_is_refused_wherever_it_stands(
    product: Product, monkeypatch: pytest.MonkeyPatch, make: Callable[[], Any]
) -> None:
    good = yaml.safe_load(FILE)
    for *above, last in places(good):
        held = said = deepcopy(good)
        for key in above:
            held = held[key]
        held[last] = make()
        monkeypatch.setattr(file_format, "load", lambda _, said=said: said)
        with pytest.raises(Refused) as refused:
            apply("", product, dry_run=True)
        assert len(str(refused.value)) < 400, (above, last)


def test_without_it_the_file_is_good(product: Product) -> None:
    assert len(apply(FILE, product).warnings) == 1  # Salesforce is not connected


def places(held: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key in held if isinstance(held, dict) else range(len(held)) if isinstance(held, list) else ():
        yield (*above, key)
        yield from places(held[key], (*above, key))
