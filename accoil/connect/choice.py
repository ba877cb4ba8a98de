"""What a teammate of the other tool looked at last in its inbox."""

from typing import ClassVar

from django.db import models


class Choice(models.Model):
    """The tab and the profiles that somebody chose last. `profiles`: product → profile, both as text; neither is
    trusted when it is read."""

    connection = models.ForeignKey("connect.Connection", on_delete=models.CASCADE, related_name="+", db_index=False)
    teammate = models.CharField(max_length=100)  # their id there
    tab = models.CharField(max_length=10, blank=True)
    profiles = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["connection", "teammate"], name="choice_once")]

    def __str__(self) -> str:
        return f"{self.teammate}: {self.tab}"
