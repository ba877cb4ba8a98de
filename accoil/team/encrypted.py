"""Secrets that must be read again, encrypted at rest with a key made of the server's secret key."""

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models.functions import Cast


class EncryptedField(models.TextField):  # type: ignore[type-arg]  # not generic when it runs
    """Text that stands encrypted in the database; "" stays "". After the secret key was lost it reads as ""."""

    def get_prep_value(self, value: Any) -> Any:
        return encrypted(value) if value else ""

    def from_db_value(self, value: str | None, *_: Any) -> str:
        return decrypted(value) if value else ""


Kept = tuple[
    str, models.Model, str, str
]  # what has it, the row (its key alone), the field, the text as it stands there


def kept() -> Iterator[Kept]:
    """Every secret of the database, still encrypted."""
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, EncryptedField):
                words = str(model._meta.verbose_name_plural)
                there = model._base_manager.annotate(stands=Cast(field.name, models.TextField())).exclude(stands="")
                for row in there.only("pk"):
                    yield words, row, field.name, row.stands  # type: ignore[attr-defined]


def encrypted(text: str, secret_key: str = "") -> str:
    """`secret_key`: another one than the server's."""
    return _fernet(secret_key).encrypt(text.encode()).decode()


def decrypted(kept: str, secret_key: str = "") -> str:
    """ "" for what was encrypted with another key."""
    try:
        return _fernet(secret_key).decrypt(kept).decode()
    except InvalidToken:
        return ""


def _fernet(secret_key: str) -> Fernet:
    given = (secret_key or settings.SECRET_KEY).encode()
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"encrypted fields:" + given).digest()))
