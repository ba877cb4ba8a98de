from typing import Any

from django.apps import AppConfig
from django.db.models.signals import pre_save


class ConnectConfig(AppConfig):
    name = "accoil.connect"

    def ready(self) -> None:
        pre_save.connect(_check_profile, sender="score.Profile", dispatch_uid="names of attributes")


def _check_profile(instance: Any, update_fields: Any = None, **others: Any) -> None:
    """A profile's name is in the names of its attributes, whoever renames it. Raises Refused."""
    from accoil.connect.names import check_renamed

    if instance.pk and (update_fields is None or "name" in update_fields):
        check_renamed(instance)
