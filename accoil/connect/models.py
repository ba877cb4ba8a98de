"""What is connected to a team, what is written there, who is who there, and what was done."""

import json
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accoil.connect.choice import Choice  # noqa: F401  Django looks for models here
from accoil.connect.muted import Muted  # noqa: F401
from accoil.score.models import Profile
from accoil.team.encrypted import EncryptedField
from accoil.team.models import NAME_LENGTH, Product, Team


class State(models.TextChoices):
    CONNECTED = "connected", "Connected"
    NEEDS_RECONNECT = "needs_reconnect", "Needs reconnecting"
    DISCONNECTING = "disconnecting", "Disconnecting"  # what we wrote is being archived
    DISCONNECTED = "disconnected", "Disconnected"


class Connection(models.Model):
    """A tool of a team's, joined to one workspace there. `options` holds what is not secret."""

    FULL_EVERY = 6 * 3600  # seconds

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="connections")
    tool = models.CharField(max_length=20)
    state = models.CharField(max_length=15, choices=State.choices, default=State.CONNECTED)
    problem = models.TextField(blank=True)  # why it needs reconnecting, or why it waits
    workspace = models.CharField(max_length=100, blank=True)  # its id there
    workspace_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    options = models.JSONField(default=dict, blank=True)
    secret = EncryptedField(blank=True)  # JSON; read and write it as `secrets`
    full_every = models.PositiveIntegerField(default=FULL_EVERY)  # seconds
    failures = models.PositiveIntegerField(default=0)  # in a row
    failing_since = models.DateTimeField(null=True, blank=True)  # the first of them
    waits_until = models.DateTimeField(null=True, blank=True)  # the circuit is open
    archiving_until = models.DateTimeField(null=True, blank=True)  # while it ends: then it is given up
    asked_at = models.DateTimeField(null=True, blank=True)  # somebody wants a full pass now
    inbox_asked_at = models.DateTimeField(null=True, blank=True)  # when its inbox widget was last opened
    inbox_refused_at = models.DateTimeField(null=True, blank=True)  # when a call of it had the wrong signature
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tool", "workspace"],
                condition=~Q(state="disconnected") & ~Q(workspace=""),
                name="workspace_connected_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.tool} of {self.team}"

    def is_connected(self) -> bool:
        """At this moment, whoever may have ended it since it was read."""
        return Connection.objects.filter(pk=self.pk, state=State.CONNECTED).exists()

    @property
    def secrets(self) -> dict[str, str]:
        """Empty after the server's secret key was lost."""
        return json.loads(self.secret) if self.secret else {}

    @secrets.setter
    def secrets(self, given: dict[str, str]) -> None:
        self.secret = json.dumps(given)


class Mode(models.TextChoices):
    OFF = "off", "Off"
    SEGMENTS = "segments", "Segment names only"
    ALL = "all", "All traits"


class ProfileSync(models.Model):
    """What of a profile is written to a connection; without a row, nothing. `fields`: kind → trait → the field of the
    tool's that it goes into, NOWHERE when it is not written (see names.py); what is not named goes where it always
    does."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="profiles")
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="syncs")
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.OFF)
    fields = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["connection", "profile"], name="profile_sync_once")]

    def __str__(self) -> str:
        return f"{self.profile}: {self.mode}"


class Written(models.Model):
    """An attribute that we made in the other tool, and whether it is in use there."""

    class Is(models.TextChoices):
        ACTIVE = "active", "In use"
        ARCHIVING = "archiving", "To be archived"
        ARCHIVED = "archived", "Archived"

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="attributes")
    profile = models.ForeignKey(Profile, null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=7)  # user or account
    name = models.CharField(max_length=190)
    remote_id = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=9, choices=Is.choices, default=Is.ACTIVE)
    problem = models.TextField(blank=True)  # why it could not be made or archived
    tried_at = models.DateTimeField(null=True)  # when that was

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["connection", "kind", "name"], name="attribute_once")]

    def __str__(self) -> str:
        return self.name


class Record(models.Model):
    """A user or an account, and what stands for it in the other tool. `confirmed` is what the tool last said it keeps
    of ours: name → value. `unsure` are the names of which nobody knows what stands there now: they were sent and no
    answer came, or their attribute was archived in between. `rests_on` decides whether another score is the entity's
    own doing: profile → [raw score, version] of what was last sent."""

    class Is(models.TextChoices):
        MATCHED = "matched", "Matched"
        UNMATCHED = "unmatched", "Not found"
        AMBIGUOUS = "ambiguous", "Several found"

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="records", db_index=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=7)
    entity = models.BigIntegerField()
    match = models.CharField(max_length=9, choices=Is.choices, default=Is.UNMATCHED)
    remote_id = models.CharField(max_length=100, blank=True)
    matched_by = models.CharField(max_length=60, blank=True)
    matched_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)  # why nobody was matched
    rematch = models.BooleanField(default=False)  # to be looked for again at once
    confirmed = models.JSONField(default=dict)
    unsure = models.JSONField(default=list)
    rests_on = models.JSONField(default=dict)
    confirmed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)  # not before
    problem = models.TextField(blank=True)  # why the last write failed
    refused = models.JSONField(default=dict)  # name → value, of what is not sent again before it is another one

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["connection", "product", "kind", "entity"], name="record_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["connection", "remote_id"], name="record_remote"),
            models.Index(fields=["connection", "next_at"], condition=~Q(next_at=None), name="record_next"),
            models.Index(fields=["connection"], condition=Q(rematch=True), name="record_rematch"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.entity}"


class Left(models.Model):
    """What we wrote on a record of the other tool's that is no longer matched with whom it was of: to be emptied, each
    name once its attribute is in use."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="left", db_index=False)
    kind = models.CharField(max_length=7)
    remote_id = models.CharField(max_length=100)
    names = models.JSONField(default=list)
    next_at = models.DateTimeField(null=True)  # not before
    problem = models.TextField(blank=True)  # why it could not be emptied

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["connection", "kind", "remote_id"], name="left_record_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.remote_id}"


class Pass(models.Model):
    """One run of the sync over a connection."""

    class Of(models.TextChoices):
        MATCH = "match", "Matching"
        FULL = "full", "Full pass"
        CHANGES = "changes", "Changes"
        DRIFT = "drift", "Look for drift"
        CLEANING = "cleaning", "Archiving"

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="passes")
    of = models.CharField(max_length=8, choices=Of.choices)
    began_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)  # written, failed, unchanged, unmatched …
    of_total = models.PositiveIntegerField(null=True)  # for the progress
    problem = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.of} of {self.connection}"


class Entry(models.Model):
    """A line of the ledger: what was written to a record, or why nothing was."""

    class What(models.TextChoices):
        WRITTEN = "written", "Written"
        FAILED = "failed", "Failed"
        SKIPPED = "skipped", "Nothing sent"
        MATCHED = "matched", "Matched"
        MOVED = "moved", "Follows a merge"

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="ledger", db_index=False)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="ledger")
    at = models.DateTimeField(default=timezone.now)
    what = models.CharField(max_length=8, choices=What.choices)
    changes = models.JSONField(default=dict)  # name → [before, after]
    reason = models.TextField(blank=True)
    status = models.PositiveSmallIntegerField(null=True)  # HTTP
    request_id = models.CharField(max_length=100, blank=True)  # the tool's

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["connection", "-id"], name="ledger_newest")]

    def __str__(self) -> str:
        return f"{self.what}: {self.record}"


class Heard(models.Model):
    """A notification of the other tool's that was acted upon, so that one that comes twice is not."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="heard", db_index=False)
    notification = models.CharField(max_length=100)
    topic = models.CharField(max_length=60)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["connection", "notification"], name="heard_once")]

    def __str__(self) -> str:
        return self.topic


def ended(team: Team, tool: str) -> Connection | None:
    """The one that was disconnected last, while none is connected."""
    return None if live(team, tool) else team.connections.filter(tool=tool).last()


def live(team: Team, tool: str) -> Connection | None:
    """The team's connection to a tool, unless it was disconnected."""
    return team.connections.filter(tool=tool).exclude(state=State.DISCONNECTED).first()
