"""Every address of the site. Ingest paths never come here: the front door answers them."""

from django.urls import include, path, re_path

from accoil.show.api import at_the_root, below_api, nothing_here
from accoil.show.views.api_docs import api_docs

handler429 = "accoil.show.views.too_often.too_often"  # allauth asks for it

urlpatterns = [
    path("api/docs", api_docs, name="api-docs"),
    path("api/", nothing_here, name="api-unknown"),
    path("api/", below_api),
    re_path(
        r"^api/(?P<path>(?s:.*))\Z", nothing_here, name="api-unknown"
    ),  # "path" of Django's own stops at a line break
    path("sign-in/", include("accoil.team.sign_in")),
    path("", include("accoil.show.urls")),
    path("", at_the_root),
]
