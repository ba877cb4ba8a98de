from django.apps import AppConfig


class ActConfig(AppConfig):
    name = "accoil.act"

    def ready(self) -> None:
        from accoil.act.naming import NamesFeatures, NamesSegments
        from accoil.score import carried
        from accoil.segment import keeping

        if not any(isinstance(each, NamesFeatures) for each in carried.followers):
            carried.followers.append(NamesFeatures())
        if not any(isinstance(each, NamesSegments) for each in keeping.followers):
            keeping.followers.append(NamesSegments())
