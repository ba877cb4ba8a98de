"""What pages remember of a person: no more than how he wants to see them."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accoil.team.models import Product


class ListColumns(models.Model):
    """The columns that somebody chose for the lists of accounts or users of a product, by their keys."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=7)
    keys = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "product", "kind"], name="columns_once")]

    def __str__(self) -> str:
        return f"{self.user}: {', '.join(self.keys)}"


class Visit(models.Model):
    """When somebody last looked at the dashboard of a product, and when the time before: a new visit begins after a
    pause."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    last_at = models.DateTimeField()
    before = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "product"], name="visit_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.last_at:%Y-%m-%d}"
