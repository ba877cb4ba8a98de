"""What every answer tells browsers about how careful they are to be."""

import pytest
from django.test import Client, override_settings

SAID = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/sign-in/", "/no/such/page", "/api/openapi.json"])
def test_every_page_has_them(address: str) -> None:
    answer = Client().get(address)
    assert {name: answer.headers.get(name) for name in SAID} == SAID
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.django_db
def test_browsers_that_came_encrypted_are_told_to_stay_so() -> None:
    with override_settings(SECURE_HSTS_SECONDS=31_536_000):
        assert Client().get("/sign-in/", secure=True).headers["Strict-Transport-Security"] == "max-age=31536000"
        assert "Strict-Transport-Security" not in Client().get("/sign-in/").headers
