"""The small forms of the settings page. What a profile says is typed into `drafts`."""

from django import forms

from accoil.team.models import NAME_LENGTH
from accoil.team.zones import check_zone, zone_names


class TimeZone(forms.Form):
    time_zone = forms.ChoiceField(label="Time zone", validators=[check_zone])

    def __init__(self, *args: object, now: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        # An old spelling that is set stays on offer, so that opening the page never changes it.
        names = zone_names() if now in zone_names() else [now, *zone_names()]
        zone = self.fields["time_zone"]
        zone.choices = [(name, name.replace("_", " ")) for name in names]  # type: ignore[attr-defined]
        zone.initial = now


class NewToken(forms.Form):
    name = forms.CharField(
        label="What is it for?",
        max_length=NAME_LENGTH,
        error_messages={
            "required": "Say what it is for, so that you know later which one to revoke.",
            "max_length": f"Use at most {NAME_LENGTH} characters.",
        },
        widget=forms.TextInput(attrs={"placeholder": "Warehouse export", "autocomplete": "off"}),
    )


class Caps(forms.Form):
    most_events = forms.IntegerField(label="Event names", min_value=1, max_value=100_000)
    most_traits = forms.IntegerField(label="Traits of users, and of accounts", min_value=1, max_value=10_000)
