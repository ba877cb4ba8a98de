"""The small forms of the settings page. What a profile says is typed into `drafts`."""

from datetime import datetime, timedelta

from django import forms
from django.utils import timezone

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


# What a token may read: its words, and the scopes they mean (none: all).
READS: dict[str, tuple[str, tuple[str, ...]]] = {
    "all": ("Everything", ()),
    "accounts": ("Accounts, but no people", ("accounts",)),
    "people": ("Accounts and users", ("accounts", "users")),
    "counts": ("Counts alone", ("counts",)),
}
LASTS = [("", "As long as it is not revoked"), (30, "30 days"), (90, "90 days"), (365, "A year")]


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
    reads = forms.ChoiceField(
        label="It may read", choices=[(name, said) for name, (said, _) in READS.items()], required=False
    )
    days = forms.TypedChoiceField(label="It works for", choices=LASTS, coerce=int, empty_value=None, required=False)

    @property
    def scopes(self) -> tuple[str, ...]:
        """As `ApiToken.issue` takes them."""
        return READS[self.cleaned_data["reads"] or "all"][1]

    @property
    def expires_at(self) -> datetime | None:
        days = self.cleaned_data["days"]
        return timezone.now() + timedelta(days=days) if days else None


class Caps(forms.Form):
    most_events = forms.IntegerField(label="Event names", min_value=1, max_value=100_000)
    most_traits = forms.IntegerField(label="Traits of users, and of accounts", min_value=1, max_value=10_000)
