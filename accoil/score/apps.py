from django.apps import AppConfig


class ScoreConfig(AppConfig):
    name = "accoil.score"
    label = "score"
    verbose_name = "Scores"
