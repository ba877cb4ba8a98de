"""Every address of the site. Ingest paths never come here: the front door answers them."""

from django.urls import include, path

urlpatterns = [
    path("sign-in/", include("accoil.team.sign_in")),
    path("", include("accoil.show.urls")),
]
