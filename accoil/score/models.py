"""Profiles and their versions: how a product is scored, and how it was scored before."""

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from accoil.refused import Refused
from accoil.score.access import ProfileAccess  # noqa: F401
from accoil.score.askable import refuse_gone
from accoil.score.configuration import Configuration, configuration_of  # noqa: F401  Django looks for models here
from accoil.score.day_summary import DaySummary  # noqa: F401
from accoil.score.definition import Definition
from accoil.score.features import Feature, FeatureEvent, events_of  # noqa: F401
from accoil.team.models import NAME_LENGTH, Product, User
from accoil.team.names import tidied


class Profile(models.Model):
    """An engagement profile: one way to look at a product. What it says is in its versions."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="profiles")
    name = models.CharField(max_length=NAME_LENGTH)
    # To teammates of another tool's inbox who are no members here. None: as usual, the summary profile is.
    open_to_inbox = models.BooleanField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["product", "name"], name="profile_name_in_product")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def create(
        cls, product: Product, name: str, definition: Definition, author: User | None = None, note: str = ""
    ) -> "Profile":
        """Saves a profile with its first version. Raises Refused for a name that is empty, too long or taken."""
        with transaction.atomic():
            profile = cls(product=product, name=check_name(product, name))
            profile.save()
            profile.save_definition(definition, author, note)
        return profile

    @property
    def current(self) -> "Version":
        """The version in force. A profile made by `create` always has one."""
        return self.versions.latest("number")

    def version_on(self, day: date) -> "Version":
        """The version in force on a day: the last one begun by then; before all of them, the first."""
        begun = self.versions.filter(in_force_from__lte=day).order_by("-number").first()
        return begun or self.versions.earliest("number")

    def save_definition(self, definition: Definition, author: User | None, note: str = "") -> "Version":
        """Puts a definition into force from today on; an unchanged one makes no new version. It carries the product's
        features and internal domains as they are now.

        Raises Refused when the definition breaks a rule of `Definition.check`, or its rules name a feature that isn't,
        or when it asks for days that are gone.
        """
        settings_now = events_of(self.product), configuration_of(self.product).internal_domains
        checked = Definition.check(definition.with_settings(*settings_now).to_yaml_dict())
        with transaction.atomic():
            latest = self.versions.order_by("-number").first()
            if latest and latest.parsed == checked:
                return latest
            refuse_gone(self.product, checked.to_yaml_dict(), back=2 * checked.window)
            return self.versions.create(
                number=latest.number + 1 if latest else 1,
                definition=checked.to_yaml_dict(),
                note=note.strip()[:NOTE_LENGTH],
                author=author,
                in_force_from=self.product.today(),
            )

    def rename(self, name: str) -> None:
        """Raises Refused for a name that is empty, too long or taken."""
        with transaction.atomic():
            self.name = check_name(self.product, name, itself=self.pk)
            self.save(update_fields=["name"])


NOTE_LENGTH = 500


class Version(models.Model):
    """What a profile said from a day on. Never changed once saved, so what was reported can be told again."""

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    note = models.CharField(max_length=NOTE_LENGTH, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    in_force_from = models.DateField()

    class Meta:
        ordering: ClassVar = ["profile", "number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["profile", "number"], name="version_number_once")]

    def __str__(self) -> str:
        return f"{self.profile} version {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A saved version never changes; save a new definition on its profile instead.")
        super().save(*args, **kwargs)

    @property
    def parsed(self) -> Definition:
        return Definition.stored(self.definition)


def check_name(product: Product, name: str, itself: int | None = None) -> str:
    """The name without surrounding spaces. Raises Refused when it is empty, too long or taken by another profile."""
    tidy = tidied("profile", name)
    namesake = product.profiles.filter(name=tidy).first()
    if namesake and namesake.pk != itself:
        raise Refused(f"{product} already has a profile called “{tidy}”; choose another name.")
    return tidy
