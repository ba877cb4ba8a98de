"""Who uses the program, and the products they look at: teams, members, products, keys and tokens."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone

from accoil.team.audit import AuditLine  # noqa: F401  Django looks for models here
from accoil.team.encrypted import EncryptedField
from accoil.team.ingest import SourceDay, Upkeep, Watched  # noqa: F401
from accoil.team.invitations import Invitation  # noqa: F401
from accoil.team.roles import Role
from accoil.team.second_factor import SecondFactor  # noqa: F401
from accoil.team.zones import check_zone

NAME_LENGTH = 100
MOST_EVENTS = 2_000
MOST_TRAITS = 500
KEEP_MONTHS = 24
FIRST_DAYS = 12  # on which activation may look for the day on which something had been done so often (score/reached)
KEEP_CHOICES = (6, 12, 18, 24, 36, 48, 60)
STAGING = "stg_"  # what keys of a staging product begin with
SCOPES = ("accounts", "users", "counts")  # what a token may be kept to; profiles and segments every token reads
TOKEN_START = "accoil_"  # noqa: S105  what every token begins with, so that people and scanners know it


class Users(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, name: str = "") -> "User":
        """Saves a person who can sign in. Without a password he sets one through "Forgot password"."""
        user = self.model(email=email, name=name)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person who signs in. The e-mail address, in lower case, is the user name."""

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=NAME_LENGTH, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[Users] = Users()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        # One address is one person, however it was typed.
        self.email = self.email.strip().lower()
        super().save(*args, **kwargs)


class Team(models.Model):
    """The organisation that runs products here. Nothing of one team is ever seen by another."""

    name = models.CharField(max_length=NAME_LENGTH, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    users = models.ManyToManyField(User, through="Member", related_name="teams")

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """A person in a team, with what he may do there."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MEMBER)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["team", "user"], name="member_once_a_team")]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"


class Product(models.Model):
    """One tracked app: its time zone says where its days begin."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="products")
    name = models.CharField(max_length=NAME_LENGTH)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[check_zone])
    # Its keys begin with stg_.
    staging_of = models.OneToOneField("self", on_delete=models.CASCADE, null=True, blank=True, related_name="staging")
    most_events = models.PositiveIntegerField(default=MOST_EVENTS)  # different names; more are refused
    most_traits = models.PositiveIntegerField(default=MOST_TRAITS)  # different keys, of users and of accounts
    keep_months = models.PositiveSmallIntegerField(null=True, default=KEEP_MONTHS)  # of daily counts; None: for ever
    kept_from = models.DateField(null=True)  # daily counts before it are gone; None: none are
    first_days = models.PositiveIntegerField(default=FIRST_DAYS)  # of everybody and each event, that stay of gone ones
    gone_before = models.BigIntegerField(default=0)  # ms: that it was `kept_since` in an earlier time zone
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["team", "name"], name="product_name_in_team")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_staging(self) -> bool:
        return self.staging_of_id is not None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def today(self) -> date:
        """The day it is now in the product's time zone."""
        return datetime.now(self.zone).date()

    @property
    def kept_since(self) -> int:
        """The moment (ms) at which the first day begins that is kept; 0 where all are. It never goes back, whatever
        the time zone: ids of before are gone."""
        return 0 if self.kept_from is None else max(self.gone_before, self._begins(self.kept_from))

    @property
    def whole_from(self) -> date | None:
        """The first kept day that has all its events in the time zone of now; None where all have."""
        if self.kept_from is None:
            return None
        day = datetime.fromtimestamp(self.kept_since / 1000, self.zone).date()
        return day if self._begins(day) >= self.kept_since else day + timedelta(days=1)

    def change_zone(self, name: str) -> None:
        self.gone_before = self.kept_since
        self.time_zone = name
        self.save(update_fields=["gone_before", "time_zone"])

    def _begins(self, day: date) -> int:
        return int(datetime.combine(day, time(), self.zone).timestamp() * 1000)


def new_key() -> str:
    return secrets.token_hex(16)


class IngestKey(models.Model):
    """Lets events in. Kept as plain text: it only writes, browsers show it anyway, and people read it again."""

    OWN_NAME = "API key"  # of the product's first key, and of those that took over from it

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="ingest_keys")
    key = models.CharField(max_length=64, unique=True, default=new_key)
    name = models.CharField(max_length=NAME_LENGTH, default=OWN_NAME)
    origins = models.TextField(blank=True)  # of web pages that may use it, one a line; empty: of any
    calls_a_second = models.PositiveIntegerField(default=0)  # 0: as many as come
    secret = EncryptedField(blank=True)  # the sender signs bodies with it
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        # However it is made: nobody takes a staging key for one of the real product.
        if self._state.adding and self.product.is_staging and not self.key.startswith(STAGING):
            self.key = STAGING + self.key
        super().save(*args, **kwargs)

    @property
    def enabled(self) -> bool:
        return self.disabled_at is None


class Mapping(models.Model):
    """What becomes of some of a product's calls before they count; accoil.receive.mapping says what it means. A product
    without any has the five presets."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="mappings")
    name = models.CharField(max_length=NAME_LENGTH)
    trigger = models.TextField()
    action = models.CharField(max_length=20)
    fields = models.JSONField(default=dict, blank=True)
    enabled = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["product", "name"], name="mapping_name_in_product")]

    def __str__(self) -> str:
        return self.name


class ApiToken(models.Model):
    """Lets numbers out. Shown once when issued; only its SHA-256 is kept."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=NAME_LENGTH)
    digest = models.CharField(max_length=64, unique=True)
    last4 = models.CharField(max_length=4)
    scopes = models.CharField(max_length=100, blank=True)  # what it may read, with commas between; empty: everything
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.name} (…{self.last4})"

    @classmethod
    def issue(
        cls, product: Product, name: str, scopes: Collection[str] = (), expires_at: datetime | None = None
    ) -> str:
        """Saves a new token and returns it: the only time it can be read. `scopes`: some of SCOPES, or none for all."""
        token = TOKEN_START + secrets.token_hex(20)
        cls.objects.create(
            product=product, name=name, digest=_digest(token), last4=token[-4:],
            scopes=",".join(scope for scope in SCOPES if scope in scopes), expires_at=expires_at,
        )  # fmt: skip
        return token

    @classmethod
    def of(cls, token: str) -> "ApiToken | None":
        """None when it is unknown, revoked or expired."""
        found = cls.objects.select_related("product").filter(digest=_digest(token), revoked_at=None).first()
        return None if found is None or found.is_expired else found

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def reads(self) -> frozenset[str]:
        """What it may read, of SCOPES."""
        return frozenset(self.scopes.split(",") if self.scopes else SCOPES)


def _digest(token: str) -> str:
    # A plain hash is enough: the token itself is 160 random bits, nothing a dictionary could find.
    return hashlib.sha256(token.encode()).hexdigest()
