"""Automations, when they fired and why not, and the queue of what is to be done elsewhere."""

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from accoil.connect.models import Connection
from accoil.score.models import Profile
from accoil.segment.models import Scope, Segment
from accoil.team.models import NAME_LENGTH, Product

TOO_LATE = timedelta(hours=24)  # what could not be done for so long is not done any more


class Automation(models.Model):
    """When somebody enters or leaves `segment` and `condition` holds, `actions` are done, at most once in
    `cool_down_hours` to the same user or account. A trigger that names no segment has one
    of its own, which lists do not show."""

    class Way(models.TextChoices):
        ENTERED = "entered", "Enters"
        LEFT = "left", "Leaves"

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="automations")
    scope = models.CharField(max_length=7, choices=Scope.choices)
    name = models.CharField(max_length=NAME_LENGTH)
    trigger = models.JSONField()  # as `when` in definition files
    condition = models.JSONField(null=True, blank=True)  # a rule, as `if` in definition files
    actions = models.JSONField(default=list)  # as `then` in definition files
    cool_down_hours = models.PositiveIntegerField(default=24)
    enabled = models.BooleanField(default=False)
    segment = models.ForeignKey(Segment, null=True, on_delete=models.SET_NULL, related_name="automations")
    way = models.CharField(max_length=7, choices=Way.choices, default=Way.ENTERED)
    watermark = models.BigIntegerField(default=0)  # the last round of moves that was acted upon
    problem = models.TextField(blank=True)  # why it could not act, as long as it can't
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("name"), "profile", name="automation_name_in_profile"),
        ]

    def __str__(self) -> str:
        return self.name


class Firing(models.Model):
    """A line of the run log: somebody moved, and what became of it."""

    class Became(models.TextChoices):
        FIRED = "fired", "Fired"
        CONDITION = "condition", "The condition did not hold"
        COOLING = "cooling", "Too soon after the last time"
        LATE = "late", "Too late"  # it could not act when it happened

    automation = models.ForeignKey(Automation, on_delete=models.CASCADE, related_name="firings", db_index=False)
    move = models.CharField(max_length=80)  # id of the move: the same whoever asks
    entity = models.BigIntegerField()
    at = models.DateTimeField(default=timezone.now)
    became = models.CharField(max_length=9, choices=Became.choices)
    because = models.TextField(blank=True)  # in words

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["automation", "move"], name="firing_once")]
        indexes: ClassVar = [
            models.Index(fields=["automation", "entity", "at"], name="firing_cool_down"),
            models.Index(fields=["automation", "at"], name="firing_lately"),  # the run log, newest first
        ]

    def __str__(self) -> str:
        return f"{self.automation}: {self.became}"


class Feed(models.Model):
    """Cards that say what changed, to be looked at and, if `every` says so, sent at an hour of the product's day.
    A personal one is its author's alone. `sent_on`: the last day on which it was looked whether there is something;
    `quiet_on` the same day, if there was nothing."""

    class Every(models.TextChoices):
        NEVER = "", "Never"
        DAY = "day", "Every day"
        WEEK = "week", "Every Monday"

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="feeds")
    name = models.CharField(max_length=NAME_LENGTH)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    is_shared = models.BooleanField(default=False)
    cards = models.JSONField(default=list)  # as accoil.act.feed_cards reads them
    every = models.CharField(max_length=4, choices=Every.choices, default=Every.NEVER, blank=True)
    hour = models.PositiveSmallIntegerField(default=8)  # of the product's day
    channel = models.CharField(max_length=100, blank=True)  # of Slack
    mail_to = models.TextField(blank=True)  # e-mail addresses of members, with commas between
    sent_on = models.DateField(null=True)
    quiet_on = models.DateField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Batch(models.Model):
    """An action that a person had done to ticked rows of a list."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="batches")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    action = models.CharField(max_length=40)
    values = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"{self.action} by hand"


class Delivery(models.Model):
    """One action for one user or account: the table is the queue. Taken by one conditional update, with a lease; whose
    lease ran out is taken again, so an action must do no harm when it is done twice."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        TAKEN = "taken", "Being done"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="deliveries")
    firing = models.ForeignKey(Firing, null=True, on_delete=models.CASCADE, related_name="deliveries")
    batch = models.ForeignKey(Batch, null=True, on_delete=models.CASCADE, related_name="deliveries")
    feed = models.ForeignKey(Feed, null=True, on_delete=models.CASCADE, related_name="deliveries")
    connection = models.ForeignKey(Connection, null=True, on_delete=models.SET_NULL, related_name="deliveries")
    action = models.CharField(max_length=40)
    kind = models.CharField(max_length=7, choices=Scope.choices)
    entity = models.BigIntegerField()
    values = models.JSONField(default=dict)
    told = models.JSONField(default=dict)  # of an action that goes to no record: what it says
    key = models.CharField(max_length=120, unique=True)  # the same for what must be done once
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)  # when it was to be tried first, or anew
    next_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)  # what happened, or why it did not, in words
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["state", "next_at"], name="delivery_due")]

    def __str__(self) -> str:
        return f"{self.action} for {self.kind} {self.entity}"
