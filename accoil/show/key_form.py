"""The form of an ingest key: its name, who may use it, how often, and whether calls must be signed."""

import secrets
from typing import Any

from django import forms

from accoil.receive import origins
from accoil.team.models import NAME_LENGTH, IngestKey, Product

MOST_ORIGINS = 50
MOST_CALLS = 1_000_000
SECRET_LENGTHS = (8, 200)

UNSIGNED, KEEP, MAKE, GIVEN = "no", "keep", "make", "given"


class KeyForm(forms.Form):
    """What a person types; `save` returns the key and the shared secret if a new one was made or given."""

    name = forms.CharField(
        label="Name",
        max_length=NAME_LENGTH,
        help_text="Who sends with it: Website, Segment, Backend.",
        error_messages={
            "required": "Say who sends with it, so that you know later which one to switch off.",
            "max_length": f"Use at most {NAME_LENGTH} characters.",
        },
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    origins = forms.CharField(
        label="Web pages that may use it",
        required=False,
        help_text="One a line: https://app.example.com, http://localhost:3000, *.example.com. Empty: any page, and "
        "servers. With a list, whoever names no page, as servers do, is refused too.",
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )
    calls_a_second = forms.IntegerField(
        label="Calls a second, at most",
        required=False,
        min_value=1,
        max_value=MOST_CALLS,
        help_text="More are asked to come again a moment later. Empty: no limit.",
        error_messages={
            "invalid": "Write a whole number of calls, or nothing for no limit.",
            "min_value": "Write at least 1, or nothing for no limit.",
            "max_value": f"Write at most {MOST_CALLS:,}, or nothing for no limit.",
        },
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    signed = forms.ChoiceField(
        label="Signature",
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": "Choose one of these: there is no secret to keep."},
    )
    secret = forms.CharField(
        label="The sender's shared secret",
        required=False,
        min_length=SECRET_LENGTHS[0],
        max_length=SECRET_LENGTHS[1],
        error_messages={
            "min_length": f"Use at least {SECRET_LENGTHS[0]} characters: a short secret can be guessed.",
            "max_length": f"Use at most {SECRET_LENGTHS[1]} characters.",
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, product: Product, key: IngestKey | None = None, data: Any = None) -> None:
        signed = bool(key and key.secret)
        start = {
            "name": key.name if key else "",
            "origins": key.origins if key else "",
            "calls_a_second": (key.calls_a_second or None) if key else None,
            "signed": KEEP if signed else UNSIGNED,
        }
        super().__init__(data, initial=start)
        self.product, self.key = product, key
        choices = [(UNSIGNED, "Not signed"), (MAKE, "Make a secret"), (GIVEN, "Use the sender's secret")]
        self.fields["signed"].choices = [(KEEP, "Keep the secret"), *choices] if signed else choices  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if self.key and name.lower() == self.key.name.lower():
            return name
        if self.product.ingest_keys.filter(name__iexact=name).exists():
            raise forms.ValidationError(f"Another key is called “{name}”; give this one a name of its own.")
        return name

    def clean_origins(self) -> str:
        lines = [line for line in str(self.cleaned_data["origins"]).replace(",", "\n").split() if line]
        if len(lines) > MOST_ORIGINS:
            raise forms.ValidationError(f"Name at most {MOST_ORIGINS} origins; *.example.com stands for many.")
        kept, wrong = [], []
        for line in lines:
            try:
                kept.append(origins.pattern(line))
            except ValueError as problem:
                wrong.append(str(problem))
        if wrong:
            raise forms.ValidationError(wrong)
        return "\n".join(dict.fromkeys(kept))

    def clean_signed(self) -> str:
        return self.cleaned_data["signed"] or self.initial["signed"]  # type: ignore[no-any-return]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("signed") == GIVEN and not given.get("secret") and "secret" not in self.errors:
            self.add_error("secret", "Paste the secret that is set at the sender.")
        return given

    def save(self) -> tuple[IngestKey, str]:
        """The key, and its shared secret if that is a new one: the only time it can be read."""
        given = self.cleaned_data
        key = self.key or IngestKey(product=self.product)
        key.name, key.origins = given["name"], given["origins"]
        key.calls_a_second = given["calls_a_second"] or 0
        new = {MAKE: secrets.token_urlsafe(24), GIVEN: given["secret"]}.get(given["signed"], "")
        if given["signed"] != KEEP:
            key.secret = new
        key.save()
        return key, new
