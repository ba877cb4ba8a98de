"""Deletions, as rows that survive a kill, and the list of those whose calls are refused."""

import json
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from accoil.segment.models import Scope
from accoil.team.encrypted import EncryptedField
from accoil.team.models import Product


class Erasure(models.Model):
    """One user or account that is to be deleted, how far that is, and in the end the receipt. What names them is kept,
    encrypted, until it is done; then only the keyed hash is left."""

    class State(models.TextChoices):
        JOURNAL = "journal", "Taking it out of what was received"
        NUMBERS = "numbers", "Counting anew"
        RECORDS = "records", "Clearing what is kept beside the facts"
        TOOLS = "tools", "Clearing connected tools"
        DONE = "done", "Deleted"

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="erasures")
    kind = models.CharField(max_length=7, choices=Scope.choices)
    digest = models.CharField(max_length=32)  # keyed hash of the id that the customer sent
    secret = EncryptedField(blank=True)  # until it is done: that id, and what people call them
    entities = models.JSONField(default=list)  # until it is done: our ids, the person's own first
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    who = models.CharField(max_length=254, blank=True)  # the e-mail address of whoever asked
    state = models.CharField(max_length=7, choices=State.choices, default=State.JOURNAL)
    since = models.DateTimeField(default=timezone.now)  # it is in that state
    done = models.BigIntegerField(default=0)  # of the step that is being done: blocks
    total = models.BigIntegerField(default=0)
    problem = models.TextField(blank=True)  # why it can't go on just now
    parts = models.JSONField(default=list)  # of the receipt: what was removed where, when
    sent = models.JSONField(default=list)  # of the receipt: what was sent elsewhere before
    left = models.JSONField(default=list)  # rows of `connect.Left` that are to be emptied
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["product", "kind", "digest"],
                condition=models.Q(finished_at=None),
                name="erasure_once_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"Deletion {self.pk} of a {self.kind}: {self.get_state_display()}"

    @property
    def is_done(self) -> bool:
        return self.finished_at is not None

    @property
    def told(self) -> dict[str, Any]:
        """`id` and `names`; empty once it is done, and after the server's secret key was lost."""
        return dict(json.loads(self.secret)) if self.secret else {"id": "", "names": []}

    @property
    def is_refused(self) -> bool:
        """Whether calls are refused since; else that was lifted."""
        return bool(self.suppressions.all())

    @property
    def seconds_in_state(self) -> float:
        return (timezone.now() - self.since).total_seconds()

    def note(self, where: str, **what: Any) -> None:
        """A part of the receipt; said again, it takes the place of what was said."""
        kept = [part for part in self.parts if part["where"] != where]
        self.parts = [*kept, {"where": where, "at": timezone.now().isoformat(timespec="seconds"), **what}]

    def part(self, where: str) -> dict[str, Any]:
        return next((part for part in self.parts if part["where"] == where), {})


class Retention(models.Model):
    """Daily counts of a product that go because they are too old: how far that is."""

    class State(models.TextChoices):
        JOURNAL = "journal", "Condensing what was received"
        NUMBERS = "numbers", "Counting anew"
        DONE = "done", "Done"

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="retentions")
    until = models.DateField()  # the first day that stays
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    who = models.CharField(max_length=254, blank=True)  # the e-mail address of whoever asked; "": its time had come
    days = models.PositiveIntegerField(default=0)  # that went, and the events on them
    events = models.BigIntegerField(default=0)
    state = models.CharField(max_length=7, choices=State.choices, default=State.JOURNAL)
    done = models.BigIntegerField(default=0)  # of the step that is being done: blocks
    total = models.BigIntegerField(default=0)
    problem = models.TextField(blank=True)  # why it can't go on just now
    before = models.BigIntegerField(default=0)  # bytes of the journal's blocks, of all products
    after = models.BigIntegerField(default=0)
    store = models.CharField(max_length=40, blank=True)  # that has to go
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["product"], condition=models.Q(finished_at=None), name="retention_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"Daily counts of {self.product} before {self.until}: {self.get_state_display()}"


class SuppressionKey(models.Model):
    """What a product's hashes are keyed with, kept since the server's secret key that it was made of may be changed."""

    product = models.OneToOneField(Product, primary_key=True, on_delete=models.CASCADE, related_name="suppression_key")
    secret = EncryptedField(blank=True)  # hex; "": of an older version, made of the secret key of then

    def __str__(self) -> str:
        return f"Of {self.product}"


class OtherKey(models.Model):
    """What hashes of a product were keyed with while its own key could not be read, under another secret key."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="other_suppression_keys")
    secret = EncryptedField()  # hex

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"Of {self.product}"


class Suppression(models.Model):
    """Somebody whose calls are refused, by a keyed hash of an id."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="suppressions")
    kind = models.CharField(max_length=7, choices=Scope.choices)
    digest = models.CharField(max_length=32)
    erasure = models.ForeignKey(Erasure, on_delete=models.CASCADE, related_name="suppressions")
    is_other_id = models.BooleanField(default=False)  # one that the user had before, or had in a browser
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "kind", "digest"], name="suppressed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:8]}"


class Holding(models.Model):
    """All that is held of one user or account, asked for on a server without the journal: the one that counts puts it
    together, and it goes after an hour. One for each person who asks."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="holdings")
    kind = models.CharField(max_length=7, choices=Scope.choices)
    entity = models.BigIntegerField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    made_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "kind", "entity", "asked_by"], name="holding_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.entity}, for {self.asked_by}"


class HoldingPart(models.Model):
    """A piece of the file."""

    holding = models.ForeignKey(Holding, on_delete=models.CASCADE, related_name="parts")
    text = EncryptedField()

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"Of {self.holding}"
