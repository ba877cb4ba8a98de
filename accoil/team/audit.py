"""Who did what in a team, when, from where. Lines are only ever added; the oldest go after two years."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from accoil.team.models import Product, Team, User

KEPT = timedelta(days=730)
LONGEST = 500  # characters of a sentence


class AuditLine(models.Model):
    """One thing that somebody did. `who` stays readable when the person is gone; "" is nobody who is known. `product`:
    the one that it was done in; None where it concerns the whole team, and in lines of before products were noted."""

    team = models.ForeignKey("team.Team", on_delete=models.CASCADE, related_name="audit")
    product = models.ForeignKey("team.Product", on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)
    user = models.ForeignKey("team.User", on_delete=models.SET_NULL, null=True, related_name="+")
    who = models.CharField(max_length=254, blank=True)  # the e-mail address then
    action = models.CharField(max_length=60)  # as the table of permissions calls it
    what = models.CharField(max_length=LONGEST, blank=True)  # a sentence, as the person was told it
    address = models.GenericIPAddressField(null=True)  # None: on the server itself

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["team", "-id"], name="audit_of_team")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.who or 'somebody'}: {self.what or self.action}"


def write(
    teams: "Iterable[Team]", who: "User | None", action: str, what: str, address: str | None = None,
    product: "Product | None" = None,
) -> None:  # fmt: skip
    """One line in each of the teams."""
    text = what if len(what) <= LONGEST else what[: LONGEST - 1] + "…"
    AuditLine.objects.bulk_create(
        AuditLine(
            team=team,
            product=product,
            user=who,
            who=who.email if who else "",
            action=action,
            what=text,
            address=address,
        )
        for team in teams
    )


def forget_old() -> None:
    AuditLine.objects.filter(at__lt=timezone.now() - KEPT).delete()
