from django.apps import AppConfig


class EraseConfig(AppConfig):
    name = "accoil.erase"
    label = "erase"
    verbose_name = "Deletions"
