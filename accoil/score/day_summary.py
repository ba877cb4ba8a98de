"""What was reported of a day that is over: one small row for the version that was in force, never changed."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone


class DaySummary(models.Model):
    """Averages of scores are over the active, `average_active_percent` (a fraction) over accounts with a user in 90
    days; None where there was nobody. A late event never changes a row: what was reported stays reported."""

    version = models.ForeignKey("Version", on_delete=models.CASCADE, related_name="day_summaries")
    day = models.DateField()
    benchmark = models.FloatField(null=True)
    users = models.PositiveIntegerField()  # scored: all who counted
    accounts = models.PositiveIntegerField()
    active_users = models.PositiveIntegerField()
    active_accounts = models.PositiveIntegerField()
    average_user_score = models.FloatField(null=True)
    average_account_score = models.FloatField(null=True)
    average_total_score = models.FloatField(null=True)  # of accounts
    average_active_percent = models.FloatField(null=True)
    filled_in = models.BooleanField(default=False)  # of a day before the profile was made: nobody was told it then
    time_zone = models.CharField(max_length=64)  # the day's
    computed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["version", "day"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["version", "day"], name="day_summary_once")]

    def __str__(self) -> str:
        return f"{self.version} on {self.day}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A day that is over was reported; its summary never changes.")
        super().save(*args, **kwargs)
