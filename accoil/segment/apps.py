from django.apps import AppConfig


class SegmentConfig(AppConfig):
    name = "accoil.segment"

    def ready(self) -> None:
        from accoil.score.carried import followers
        from accoil.segment.keeping import NamesFeatures

        if not any(isinstance(each, NamesFeatures) for each in followers):
            followers.append(NamesFeatures())
