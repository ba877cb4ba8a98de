from django.apps import AppConfig


class SegmentConfig(AppConfig):
    name = "accoil.segment"
    label = "segment"
    verbose_name = "Segments"
