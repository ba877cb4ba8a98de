from django.apps import AppConfig


class ConnectConfig(AppConfig):
    name = "accoil.connect"
    label = "connect"
    verbose_name = "Connections"
