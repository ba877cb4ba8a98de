"""What an action needs to know beside whom it is done to, asked as a form."""

from functools import cached_property
from typing import Any

from django import forms

from accoil.act.actions import LONGEST, actions_in
from accoil.act.models import Automation, Delivery
from accoil.act.text import has_names
from accoil.connect.connection import Action, Field, ToolError
from accoil.team.models import Team

SUGGESTED = 20  # values of former times that a field offers
LOOKED_AT = 1000  # deliveries
TARGET = "on"  # the field that says to whom; by hand the rows say it


def asked_of(action: Action) -> list[Field]:
    return [each for each in action.fields if each.name != TARGET]


class ActionForm(forms.Form):
    """What an action needs to know beside whom it is done to."""

    def __init__(self, team: Team, action: Action, data: Any = None) -> None:
        super().__init__(data, prefix="with")
        for each in asked_of(action):
            self.fields[each.name] = _field(each)
        self._team, self._action = team, action

    @cached_property
    def suggestions(self) -> dict[str, list[str]]:
        """For a form that is shown: the tool may have to be asked, which can take seconds."""
        return {each.name: suggested(self._team, self._action, each.name) for each in asked_of(self._action)}


def _field(field: Field) -> forms.Field:
    missing = {"required": f"{field.label}: write something here."}
    if field.type == "choice":
        return forms.ChoiceField(
            label=field.label, help_text=field.help, choices=field.choices, required=field.required
        )
    widget = forms.TextInput(attrs={"autocomplete": "off", "list": f"used-{field.name}"})
    return forms.CharField(
        label=field.label, help_text=field.help, required=field.required, max_length=LONGEST, strip=True, widget=widget,
        error_messages=missing | {"max_length": f"{field.label}: use at most {LONGEST} characters."},
    )  # fmt: skip


def suggested(team: Team, action: Action, name: str) -> list[str]:
    """What was used before, then what else the tool knows; one that does not answer just now keeps nobody from it."""
    try:
        offered = [value for value, _ in action.offers(team, name)]
    except ToolError:
        offered = []
    return list(dict.fromkeys([*used(team, action, name), *offered]))


def used(team: Team, action: Action, name: str) -> list[str]:
    """Values that automations have, and that were given before; the newest first."""
    automations = Automation.objects.filter(profile__product__team=team).order_by("-id")
    written = [values for each in automations for key, values in actions_in(each.actions) if key == action.key]
    done = Delivery.objects.filter(product__team=team, action=action.key).order_by("-id")
    told = [*(values.get(name) for values in written), *done.values_list(f"values__{name}", flat=True)[:LOOKED_AT]]
    return list(dict.fromkeys(value for value in told if value and not has_names(str(value))))[:SUGGESTED]
