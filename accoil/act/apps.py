from django.apps import AppConfig


class ActConfig(AppConfig):
    name = "accoil.act"
    label = "act"
    verbose_name = "Automations"
