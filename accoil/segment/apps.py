from django.apps import AppConfig


class SegmentConfig(AppConfig):
    name = "accoil.segment"
    label = "segment"
    verbose_name = "Segments"

    def ready(self) -> None:
        from accoil.score import carried
        from accoil.segment.keeping import features_named

        carried.others.append(features_named)
