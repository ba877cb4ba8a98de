"""Segments and journeys of a profile, and who was in them from when to when."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone

from accoil.count import days
from accoil.score.models import Profile
from accoil.team.models import NAME_LENGTH


class Scope(models.TextChoices):
    ACCOUNT = "account", "Accounts"
    USER = "user", "Users"


class Kind(models.TextChoices):
    BUILT_IN = "built_in", "Built-in"
    CUSTOM = "custom", "Custom"
    STAGE = "stage", "Stage of a journey"
    TRIGGER = "trigger", "Of an automation's own"  # no list, count or rule knows of it


class Listed(models.Manager["Segment"]):
    """All but those that automations have for themselves."""

    def get_queryset(self) -> models.QuerySet["Segment"]:
        return super().get_queryset().exclude(kind=Kind.TRIGGER)


class Journey(models.Model):
    """An ordered list of stages: everyone is in the first one, from the top, whose rule holds, else in none."""

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="journeys")
    scope = models.CharField(max_length=7, choices=Scope.choices)
    name = models.CharField(max_length=NAME_LENGTH)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("name"), "profile", "scope", name="journey_name_in_profile_and_scope")
        ]

    def __str__(self) -> str:
        return self.name


class Segment(models.Model):
    """A named group of users or accounts. A stage of a journey is one too: it leaves out whoever is in a stage above.

    `rule` is as `accoil.rule.tree.written` gives it; a built-in one has none: it follows from the definition.
    `recorded_from` is the first day on which it was seen who is inside; before it, `filled_from` on, it was worked out
    later from what had been received. `seen` is what it said when that was last looked at.
    """

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="segments")
    scope = models.CharField(max_length=7, choices=Scope.choices)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.CUSTOM)
    name = models.CharField(max_length=NAME_LENGTH)
    key = models.CharField(max_length=10, blank=True, editable=False)  # which of the built-in ones
    rule = models.JSONField(null=True, blank=True)
    stay_days = models.PositiveSmallIntegerField(default=0)
    journey = models.ForeignKey(Journey, null=True, blank=True, on_delete=models.CASCADE, related_name="stages")
    position = models.PositiveSmallIntegerField(default=0)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    seen = models.CharField(max_length=16, blank=True, editable=False)
    recorded_from = models.IntegerField(null=True, editable=False)  # days, as everywhere in the store
    filled_from = models.IntegerField(null=True, editable=False)
    fill_from = models.IntegerField(null=True, editable=False)  # to be filled in from there once it is recorded

    objects = Listed()
    every = models.Manager["Segment"]()

    class Meta:
        ordering: ClassVar = ["kind", "position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("name"),
                "profile",
                "scope",
                condition=Q(kind__in=["built_in", "custom"]),
                name="segment_name_in_profile_and_scope",
            ),
            models.UniqueConstraint(
                Lower("name"), "profile", "scope", condition=Q(kind="stage"), name="stage_name_in_profile_and_scope"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_built_in(self) -> bool:
        return self.kind == Kind.BUILT_IN

    @property
    def is_stage(self) -> bool:
        return self.kind == Kind.STAGE

    @property
    def is_hidden(self) -> bool:
        return self.kind == Kind.TRIGGER

    @property
    def first_day(self) -> int | None:
        """On which anybody looked, or worked out, who was inside."""
        return self.recorded_from if self.filled_from is None else self.filled_from

    @property
    def known_from(self) -> date | None:
        """The first day for which it is kept who was inside."""
        first = self.first_day
        return None if first is None else max(days.day(first), self.profile.product.kept_from or date.min)


class Reason(models.TextChoices):
    """Why people entered and left at one moment. Only the first two are things that happened."""

    FACTS = "facts", "something was received"
    DAY = "day", "a day passed"
    DEFINITION = "definition", "the profile's definition changed"
    RULE = "rule", "the segment's rule changed"
    ZONE = "zone", "the product's time zone changed"
    EXCLUSION = "exclusion", "it was changed who is left out of the profile"
    IMPORT = "import", "a file was imported"
    REBUILD = "rebuild", "everything received was counted anew"
    FILLED_IN = "filled_in", "it was worked out from history"


HAPPENED = (Reason.FACTS, Reason.DAY)  # those that automations act upon


class Round(models.Model):
    """One look at who is where that found somebody moved. Their order is the order of all moves of a product."""

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="rounds")
    at = models.DateTimeField(default=timezone.now)
    day = models.IntegerField()
    reason = models.CharField(max_length=10, choices=Reason.choices)
    # Of a definition: the versions `from` and `to`. Of those inside when a segment was first looked at: `first`.
    data = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.because} on {days.day(self.day)}"

    @property
    def because(self) -> str:
        """The end of a sentence: somebody moved because …"""
        label = str(Reason(self.reason).label)
        if "first" in self.data:
            return "already inside when it was first looked at"
        return f"{label} (version {self.data['from']} → {self.data['to']})" if "from" in self.data else label


class Stays(models.QuerySet["Stay"]):
    def that_were_begun(self) -> "Stays":
        """Without those of whom it is only known that they were inside on the first day that anybody looked at."""
        first = Coalesce("segment__filled_from", "segment__recorded_from")
        return self.exclude(entered_in__reason=Reason.FILLED_IN, entered_day=first)


class Stay(models.Model):
    """Somebody was in a segment: from the day entered to the day left, which is not in it. One that is left and entered
    again on the day it was entered goes on, so nobody begins two stays on one day, however restless; `back_in` is the
    round in which that was found last. Where the past was filled in the stay may begin before the day of `back_in`."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="stays", db_index=False)
    entity = models.BigIntegerField()
    entered_day = models.IntegerField()
    entered_in = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="entered", db_index=False)
    left_day = models.IntegerField(null=True)
    left_in = models.ForeignKey(Round, null=True, on_delete=models.CASCADE, related_name="left", db_index=False)
    back_in = models.ForeignKey(Round, null=True, on_delete=models.SET_NULL, related_name="back", db_index=False)

    objects = Stays.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["segment", "entity", "entered_day"], name="stay_begins_once_a_day"),
            models.UniqueConstraint(fields=["segment", "entity"], condition=Q(left_day=None), name="stay_open_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["segment", "entered_day"], name="stay_entered_day"),
            models.Index(fields=["segment", "left_day"], condition=~Q(left_day=None), name="stay_left_day"),
            models.Index(fields=["segment", "back_in"], condition=~Q(back_in=None), name="stay_back_in"),
        ]

    def __str__(self) -> str:
        return f"{self.entity} in {self.segment_id} from {days.day(self.entered_day)}"

    @property
    def may_be_longer(self) -> bool:
        """Whether it is one of those that are not among `that_were_begun`."""
        return self.entered_in.reason == Reason.FILLED_IN and self.entered_day == self.segment.first_day


class Waiting(models.Model):
    """Somebody a segment's rule holds for, who has not stayed long enough to count as entered."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="waiting", db_index=False)
    entity = models.BigIntegerField()
    since_day = models.IntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["segment", "entity"], name="waiting_once")]

    def __str__(self) -> str:
        return f"{self.entity} for {self.segment_id} since {days.day(self.since_day)}"


class Size(models.Model):
    """How many were in a segment at the end of a day (so far, today), what they pay and how they score."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="sizes", db_index=False)
    day = models.IntegerField()
    members = models.IntegerField()
    value = models.BigIntegerField()  # cents
    score = models.FloatField(null=True)  # the mean of those active

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["segment", "day"], name="size_once_a_day")]

    def __str__(self) -> str:
        return f"{self.members} in {self.segment_id} on {days.day(self.day)}"


class Standing(models.Model):
    """What the last look at a profile was based on, so that the next one can say why somebody moved."""

    profile = models.OneToOneField(Profile, on_delete=models.CASCADE, related_name="standing")
    day = models.IntegerField()
    zone = models.CharField(max_length=64)
    store = models.CharField(max_length=100)  # the name of its file: another one was counted anew
    version = models.IntegerField()  # number
    at = models.DateTimeField(default=timezone.now)  # when it began

    def __str__(self) -> str:
        return f"{self.profile} on {days.day(self.day)}"


class Filling(models.Model):
    """Past membership of segments of one profile that is being worked out, day by day, oldest first."""

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="fillings")
    segments = models.ManyToManyField(Segment, related_name="fillings")
    round = models.ForeignKey(Round, on_delete=models.CASCADE)
    first = models.IntegerField()
    until = models.IntegerField()  # the day it ends before
    done = models.IntegerField()  # the last day done; first - 1 at the beginning
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.days_done} of {self.days_in_all} days"

    @property
    def days_done(self) -> int:
        return self.done - self.first + 1

    @property
    def days_in_all(self) -> int:
        return self.until - self.first
