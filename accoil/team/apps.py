from django.apps import AppConfig


class TeamConfig(AppConfig):
    name = "accoil.team"
    label = "team"
    verbose_name = "Teams"
