from django.apps import AppConfig


class SegmentConfig(AppConfig):
    name = "accoil.segment"

    def ready(self) -> None:
        from accoil.score.carried import others
        from accoil.segment.keeping import features_named

        if features_named not in others:
            others.append(features_named)
