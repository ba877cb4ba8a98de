from django.apps import AppConfig


class ShowConfig(AppConfig):
    name = "accoil.show"
    label = "show"
