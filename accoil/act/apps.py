from django.apps import AppConfig


class ActConfig(AppConfig):
    name = "accoil.act"

    def ready(self) -> None:
        from accoil.act.naming import Followers, features_named
        from accoil.score.carried import others
        from accoil.segment.keeping import followers

        if features_named not in others:
            others.append(features_named)
        if not any(isinstance(each, Followers) for each in followers):
            followers.append(Followers())
