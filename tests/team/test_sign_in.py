import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from tests.team.conftest import PASSWORD


@pytest.fixture(autouse=True)
def forget_earlier_attempts():
    cache.clear()


def sign_in(client: Client, email: str, password: str, **extra: str):
    return client.post("/sign-in/", {"login": email, "password": password, **extra})


def who(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def test_the_page_is_there_for_strangers(client, db):
    response = client.get("/sign-in/")
    assert response.status_code == 200
    assert b'name="login"' in response.content
    assert b'name="password"' in response.content


@pytest.mark.parametrize("email", ["ann@example.com", "Ann@EXAMPLE.com"])
def test_the_right_password_opens_the_door(client, world, email):
    response = sign_in(client, email, PASSWORD)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert who(client) == str(world.ann.pk)


def test_a_session_is_kept_in_the_database_and_its_cookie_is_safe(client, world):
    cookie = sign_in(client, "ann@example.com", PASSWORD).cookies["accoil_session"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 14 * 24 * 3600)
    assert client.session.model.objects.filter(session_key=cookie.value).exists()


@pytest.mark.parametrize("email", ["ann@example.com", "nobody@example.com"])
def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client, world, email):
    response = sign_in(client, email, "wrong")
    assert who(client) is None
    assert "That e-mail address and that password do not belong together. Type both again." in response.content.decode()


def test_somebody_switched_off_stays_outside(client, world):
    world.ann.is_active = False
    world.ann.save()
    assert sign_in(client, "ann@example.com", PASSWORD)["Location"] == "/sign-in/inactive/"
    assert who(client) is None


def test_guessing_is_stopped_and_others_can_still_sign_in(client, world):
    for _ in range(5):
        sign_in(client, "ann@example.com", "wrong")
    response = sign_in(client, "ann@example.com", PASSWORD)
    assert "That was wrong too often. Wait five minutes, then try again." in response.content.decode()
    assert who(client) is None
    assert sign_in(client, "bob@example.com", PASSWORD).status_code == 302


def test_guesses_for_other_addresses_from_other_places_make_nobody_forget(client, world):
    for _ in range(5):
        sign_in(client, "ann@example.com", "wrong")
    for number in range(400):
        elsewhere = Client(REMOTE_ADDR=f"127.1.{number // 10}.1")
        elsewhere.post("/sign-in/", {"login": f"nobody{number}@example.com", "password": "wrong"})
    assert "That was wrong too often." in sign_in(client, "ann@example.com", PASSWORD).content.decode()


def test_after_signing_in_people_get_where_they_wanted(client, world):
    assert sign_in(client, "ann@example.com", PASSWORD, next="/p/1/users")["Location"] == "/p/1/users"


def test_nobody_is_sent_to_another_site(client, world):
    assert sign_in(client, "ann@example.com", PASSWORD, next="https://evil.example/")["Location"] == "/"


def test_signing_out_needs_a_click_and_ends_the_session(client, world):
    client.force_login(world.ann)
    assert client.get("/sign-in/out/").status_code == 200
    assert who(client) == str(world.ann.pk)
    assert client.post("/sign-in/out/")["Location"] == "/sign-in/"
    assert who(client) is None


def test_a_form_without_its_token_is_refused(world):
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict, "ann@example.com", PASSWORD).status_code == 403


@pytest.mark.parametrize("address", ["/sign-in/up/", "/sign-in/signup/", "/sign-in/email/", "/accounts/signup/"])
def test_nobody_signs_himself_up_or_takes_another_address(client, world, address):
    client.force_login(world.ann)
    assert client.get(address).status_code == 404


def reset_link(client: Client, email: str) -> str:
    response = client.post("/sign-in/password/reset/", {"email": email})
    assert response["Location"] == "/sign-in/password/reset/sent/"
    found = re.search(r"https?://\S+", str(mail.outbox[-1].body))
    assert found
    return found.group()


def test_a_forgotten_password_is_replaced_by_mail(client, world):
    link = reset_link(client, "ann@example.com")
    assert mail.outbox[0].to == ["ann@example.com"]
    form = client.get(link.removeprefix("http://testserver"), follow=True)
    address = form.redirect_chain[-1][0]
    # The one-time key leaves the address bar before anything is shown.
    assert "set-password" in address
    client.post(address, {"password1": "a longer walk", "password2": "a longer walk"})
    assert who(client) == str(world.ann.pk)
    assert sign_in(Client(), "ann@example.com", PASSWORD).status_code == 200
    assert sign_in(Client(), "ann@example.com", "a longer walk").status_code == 302


def test_a_reset_link_works_once(client, world):
    link = reset_link(client, "ann@example.com").removeprefix("http://testserver")
    address = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(address, {"password1": "a longer walk", "password2": "a longer walk"})
    late = Client()
    assert "set-password" not in str(late.get(link, follow=True).redirect_chain)
    assert who(late) is None


def test_a_reset_link_begins_with_the_public_address(client, world, settings):
    settings.PUBLIC_URL = "https://accoil.example.com"
    assert reset_link(client, "ann@example.com").startswith("https://accoil.example.com/sign-in/password/reset/")


def test_strangers_get_no_mail_and_the_page_does_not_tell(client, world):
    response = client.post("/sign-in/password/reset/", {"email": "nobody@example.com"})
    assert response["Location"] == "/sign-in/password/reset/sent/"
    assert mail.outbox == []


def test_without_a_mail_server_the_mail_is_in_the_log(client, world, settings, caplog):
    settings.EMAIL_BACKEND = "accoil.team.logged_mail.LoggedMail"
    client.post("/sign-in/password/reset/", {"email": "ann@example.com"})
    [entry] = [record.msg for record in caplog.records if record.name == "accoil.mail"]
    assert entry["to"] == "ann@example.com"
    assert "http://testserver/sign-in/password/reset/" in entry["text"]


def test_changing_a_password_needs_the_old_one(client, world):
    sign_in(client, "ann@example.com", PASSWORD)
    new = {"password1": "a longer walk", "password2": "a longer walk"}
    client.post("/sign-in/password/change/", {"oldpassword": "wrong", **new})
    assert sign_in(Client(), "ann@example.com", "a longer walk").status_code == 200
    client.post("/sign-in/password/change/", {"oldpassword": PASSWORD, **new})
    assert sign_in(Client(), "ann@example.com", "a longer walk").status_code == 302


def test_every_page_carries_the_policies_that_keep_foreign_code_out(client, db):
    headers = client.get("/sign-in/").headers
    assert headers["Content-Security-Policy"] == (
        "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; "
        "frame-ancestors 'none'; form-action 'self'; base-uri 'none'"
    )
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example"])
def test_another_host_name_is_refused(client, db, settings, host):
    settings.ALLOWED_HOSTS = ["localhost", ".localhost"]
    assert client.get("/sign-in/", HTTP_HOST=host).status_code == 400
    assert client.get("/sign-in/", HTTP_HOST="localhost:8000").status_code == 200
