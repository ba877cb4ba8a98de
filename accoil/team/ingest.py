"""What is known of what came in, beside the facts: how much from where, and what fell silent."""

from typing import ClassVar

from django.db import models

HOURS = 24
SOURCE, EVENT = "source", "event"


def no_hours() -> list[int]:
    return [0] * HOURS


class SourceDay(models.Model):
    """What one source (a key, and the library that sent by it) brought on one day of its product.

    Counted in memory and written every few seconds. The library "" stands for what is known of the key alone: its
    duplicates, and what had to be read back from the journal after a crash."""

    key = models.ForeignKey("team.IngestKey", on_delete=models.CASCADE, related_name="days")
    library = models.CharField(max_length=60, blank=True)
    day = models.DateField()
    accepted = models.PositiveBigIntegerField(default=0)  # calls on disk, duplicates among them
    duplicates = models.PositiveBigIntegerField(default=0)
    refused = models.PositiveBigIntegerField(default=0)  # whole requests
    reasons = models.JSONField(default=dict)  # why calls were rejected or requests refused → how many
    hours = models.JSONField(default=no_hours)  # accepted in each hour of the day
    last_seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["key", "library", "day"], name="source_once_a_day")]
        indexes: ClassVar = [models.Index(fields=["day"])]

    def __str__(self) -> str:
        return f"{self.library or self.key_id} on {self.day}"


class Watched(models.Model):
    """A source or an event that fell silent, or that nobody wants to hear of. Without a row all is as usual."""

    product = models.ForeignKey("team.Product", on_delete=models.CASCADE, related_name="watched")
    kind = models.CharField(max_length=10, choices=[(SOURCE, "source"), (EVENT, "event")])
    name = models.CharField(max_length=300)  # of the event; of a source its key's id and its library
    silent_since = models.DateTimeField(null=True)
    usual = models.PositiveIntegerField(default=0)  # in such a time: hours with calls, or people by day
    told_at = models.DateTimeField(null=True)  # owners and managers were written to
    muted_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "kind", "name"], name="watched_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def usual_words(self) -> str:
        """What is there in the same time of other weeks."""
        if self.kind == EVENT:
            who = "1 person does" if self.usual == 1 else f"{self.usual:,} people do"
            return f"in the same time of other weeks {who} it, counted day by day"
        hours = "1 hour" if self.usual == 1 else f"{self.usual:,} different hours"
        return f"in the same time of other weeks it sends in {hours}"


def source_name(key_id: int, library: str) -> str:
    return f"{key_id} {library}"


def source_of(name: str) -> tuple[int, str]:
    """Key id and library of a source's name."""
    key_id, _, library = name.partition(" ")
    return int(key_id), library


class Upkeep(models.Model):
    """What a server must remember of itself; one row for each that receives."""

    receiver = models.CharField(max_length=32, blank=True, default="", unique=True)  # "": the one that counts
    block = models.BigIntegerField(default=0)  # of the journal: sources are written down up to here
    alive_at = models.DateTimeField(null=True)
    up_since = models.DateTimeField(null=True)  # the end of the last time it was down for long

    def __str__(self) -> str:
        return f"written up to block {self.block}"
