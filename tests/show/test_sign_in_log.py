"""Signing in with a code, the page of oneself, and what the audit log says of it."""

import re
import time
from html import unescape

import pytest
import segno
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accoil.team.audit import AuditLine
from accoil.team.second_factor import SecondFactor, code_at, new_secret
from tests.show.reading import main, words

PASSWORD = "a long walk home"


@pytest.fixture(autouse=True)
def passwords(world):
    cache.clear()
    world.ann.set_password(PASSWORD)
    world.ann.save()


def sign_in(password: str = PASSWORD, client: Client | None = None, **extra: str) -> Client:
    client = client or Client()
    client.post("/sign-in/", {"login": "ann@example.com", "password": password, **extra})
    return client


def who(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def lines(world) -> list[str]:
    return [line.what for line in AuditLine.objects.filter(team=world.web.team).order_by("id")]


def code(factor: SecondFactor, later: int = 0) -> str:
    return code_at(factor.secret, int(time.time()) // 30 + later)


@pytest.fixture
def factor(world) -> SecondFactor:
    return SecondFactor.objects.create(user=world.ann, secret=new_secret())


def test_signing_in_and_out_and_a_wrong_password_are_lines_of_the_own_team_alone(world):
    sign_in("wrong")
    client = sign_in()
    client.post("/sign-in/out/")
    assert lines(world) == ["A wrong password for ann@example.com.", "Signed in.", "Signed out."]
    assert AuditLine.objects.exclude(team=world.web.team).count() == 0
    assert [line.who for line in AuditLine.objects.order_by("id")] == ["", "ann@example.com", "ann@example.com"]


def test_a_stranger_who_guesses_addresses_writes_nothing(world):
    Client().post("/sign-in/", {"login": "nobody@example.com", "password": "x"})
    assert not AuditLine.objects.exists()


def test_the_picture_that_sets_up_an_app_is_the_secret_that_can_be_typed(world):
    page = sign_in().get("/you/code/on").content.decode()
    link = unescape(re.search(r'href="(otpauth:[^"]+)"', page)[1])
    path = re.search(r'<path class="qrline" stroke="#000" d="([^"]+)"', page)[1]
    assert modules(path) == [[bool(each) for each in row] for row in segno.make_qr(link, error="m").matrix]
    assert re.search(r'role="img" aria-label="QR code of the secret below"', page)


def modules(path: str) -> list[list[bool]]:
    """What lines of width 1 paint, without the quiet zone: “M4 4.5h7m1 0h1m-9 1h1”."""
    x, y, dark = 0.0, 0.0, set()
    for kind, one, other in re.findall(r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?", path):
        if kind == "h":
            dark |= {(int(y), int(x) + step) for step in range(int(one))}
            x += int(one)
        else:
            x, y = (float(one), float(other)) if kind == "M" else (x + float(one), y + float(other))
    first, size = min(dark)[0], max(row for row, _ in dark) - min(dark)[0] + 1
    return [[(row, column) in dark for column in range(first, first + size)] for row in range(first, first + size)]


def test_the_password_alone_does_not_sign_in_where_codes_are_on(world, factor):
    client = sign_in()
    assert who(client) is None and client.get("/you").status_code == 302
    assert "And the code" in main(client.get("/sign-in/code"))
    client.post("/sign-in/code", {"code": code(factor)})
    assert who(client) == str(world.ann.pk)
    assert lines(world) == ["Signed in."]


def test_after_the_code_people_get_where_they_wanted(world, factor):
    client = sign_in(next="/you")
    assert client.post("/sign-in/code", {"code": code(factor)})["Location"] == "/you"


def test_nobody_comes_to_the_code_without_the_password(world, factor):
    client = Client()
    assert client.get("/sign-in/code")["Location"] == "/sign-in/"
    assert client.post("/sign-in/code", {"code": code(factor)})["Location"] == "/sign-in/"
    assert who(client) is None


def test_whoever_stands_at_the_code_can_sign_in_as_somebody_else(world, factor):
    client = sign_in()
    assert client.post("/sign-in/code", {"do": "leave"})["Location"] == "/sign-in/"
    assert "And the code" not in main(client.get("/sign-in/", follow=True))
    assert client.post("/sign-in/code", {"code": code(factor)})["Location"] == "/sign-in/" and who(client) is None


def test_codes_that_are_switched_off_meanwhile_are_no_longer_asked_for(world, factor):
    client = sign_in()
    SecondFactor.objects.all().delete()
    client.post("/sign-in/code", {"code": "123456"})
    assert who(client) == str(world.ann.pk)
    assert not factor.takes(code(factor))


def test_codes_cannot_be_guessed(world, factor):
    client = sign_in()
    for _ in range(5):
        assert client.post("/sign-in/code", {"code": "000000"}).status_code == 422
    refused = client.post("/sign-in/code", {"code": code(factor)})
    assert "Wait five minutes" in words(refused) and who(client) is None
    assert lines(world) == ["The right password and a wrong code for ann@example.com."] * 5


def test_ones_own_right_code_does_not_forgive_wrong_passwords_of_others(world, factor):
    guesser = Client()
    for number in range(19):
        guesser.post("/sign-in/", {"login": f"guess{number}@example.com", "password": "x"})
    client = sign_in()
    client.post("/sign-in/code", {"code": code(factor)})
    assert who(client) == str(world.ann.pk)
    guesser.post("/sign-in/", {"login": "guess19@example.com", "password": "x"})
    refused = guesser.post("/sign-in/", {"login": "guess20@example.com", "password": "x"})
    assert "That was wrong too often" in words(refused)


def test_right_passwords_are_not_counted_as_tries(ann, factor):
    for _ in range(6):
        assert ann.post("/you/code/recovery", {"password": PASSWORD}).status_code == 200


def test_a_recovery_code_signs_in_once(world, factor):
    first = factor.new_recovery_codes()[0]
    client = sign_in()
    client.post("/sign-in/code", {"code": first})
    assert who(client) == str(world.ann.pk)
    again = sign_in()
    again.post("/sign-in/code", {"code": first})
    assert who(again) is None


def test_a_new_password_by_mail_does_not_get_round_the_code(world, factor):
    client = Client()
    client.post("/sign-in/password/reset/", {"email": "ann@example.com"})
    link = re.search(r"http://testserver(\S+)", str(mail.outbox[-1].body))[1]
    address = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(address, {"password1": "a longer walk", "password2": "a longer walk"})
    assert who(client) is None
    assert "And the code" in main(client.get("/sign-in/code"))


def test_codes_are_switched_on_with_password_and_a_first_code(ann, world):
    page = ann.get("/you/code/on").content.decode()
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1]
    assert all(len(part) == 4 for part in secret.split(" "))
    now = code_at(secret.replace(" ", ""), int(time.time()) // 30)
    assert ann.post("/you/code/on", {"password": "wrong", "code": now}).status_code == 422
    assert ann.post("/you/code/on", {"password": PASSWORD, "code": "123"}).status_code == 422
    assert not SecondFactor.objects.exists()
    made = ann.post("/you/code/on", {"password": PASSWORD, "code": now})
    codes = re.findall(r"<code>([a-z0-9-]+)</code>", made.content.decode())
    assert len(codes) == 10
    assert not SecondFactor.objects.get().takes(now), "the first code is used up"
    assert SecondFactor.objects.get().takes(codes[0])
    assert "10 left" not in main(ann.get("/you")) and "9 left" in main(ann.get("/you"))
    assert "Codes of an app are asked for from now on." in lines(world)


def test_who_switches_codes_on_twice_is_told_how_to_get_recovery_codes(ann, world, factor):
    told = ann.post("/you/code/on", {"password": PASSWORD, "code": code(factor)}, follow=True)
    assert "Codes are on already. Make new recovery codes if you have not seen them." in words(told)
    assert SecondFactor.objects.get().secret == factor.secret and lines(world) == []


def test_of_two_who_switch_codes_on_at_the_same_moment_one_is_told_that_they_are_on(ann, world, monkeypatch):
    """The second is past the question whether there are codes when the first has them made."""
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", ann.get("/you/code/on").content.decode())[1].replace(" ", "")
    sent = {"password": PASSWORD, "code": code_at(secret, int(time.time()) // 30)}

    def meanwhile(form, secret):
        SecondFactor.objects.create(user=world.ann, secret=secret)
        return 1

    monkeypatch.setattr("accoil.show.views.second_factor.right_step", meanwhile)
    assert "Codes are on already." in words(ann.post("/you/code/on", sent, follow=True))
    assert SecondFactor.objects.get().secret == secret


def test_codes_are_not_switched_off_without_the_password(ann, factor):
    assert ann.post("/you/code/off", {"password": "wrong"}).status_code == 422
    assert SecondFactor.objects.exists()
    ann.post("/you/code/off", {"password": PASSWORD})
    assert not SecondFactor.objects.exists()


def test_devices_are_listed_and_signed_out(world):
    here, phone = sign_in(), Client(HTTP_USER_AGENT="Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Safari/604.1")
    sign_in(client=phone)
    page = here.get("/you")
    assert "Safari on an iPhone" in main(page) and "this one" in main(page)
    session = re.search(r'action="(/you/devices/\d+)"', page.content.decode())[1]
    here.post(session)
    assert phone.get("/you").status_code == 302 and here.get("/you").status_code == 200


def test_a_device_of_somebody_else_is_not_found(bob, world):
    from allauth.usersessions.models import UserSession

    here = sign_in()
    assert bob.post(f"/you/devices/{UserSession.objects.get(user=world.ann).pk}").status_code == 404
    assert here.get("/you").status_code == 200


def test_all_other_devices_are_signed_out_at_once(world, ann, bob):
    """Those too that the list does not know."""
    here = sign_in()
    assert "1 other device is signed out." in words(here.post("/you/devices/others", follow=True))
    assert (ann.get("/you").status_code, here.get("/you").status_code, bob.get("/you").status_code) == (302, 200, 200)


def test_a_changed_password_signs_out_the_others(world):
    here, other = sign_in(), sign_in()
    new = {"oldpassword": PASSWORD, "password1": "a longer walk", "password2": "a longer walk"}
    here.post("/sign-in/password/change/", new)
    assert (here.get("/you").status_code, other.get("/you").status_code) == (200, 302)
    assert lines(world)[-1] == "Changed the password."


def test_an_address_is_confirmed_by_mail(ann, world, settings):
    assert "not confirmed" not in main(ann.get("/you")), "without a mail server nobody could"
    settings.MAIL_IS_SENT = True
    settings.PUBLIC_URL = "https://accoil.example.com"
    assert "not confirmed" in main(ann.get("/you"))
    ann.post("/you/confirm")
    assert mail.outbox[0].to == ["ann@example.com"]
    link = re.search(r"https://accoil.example.com(/sign-in/confirm/\S+)", str(mail.outbox[0].body))[1]
    assert "not confirmed" in main(ann.get("/you")), "mail scanners open links"
    ann.post(link)
    assert "not confirmed" not in main(ann.get("/you")) and "confirmed" in main(ann.get("/you"))
    assert lines(world)[-1] == "ann@example.com is confirmed."


def test_a_name_is_changed(ann, world):
    assert ann.post("/you/save", {"name": " "}).status_code == 422
    ann.post("/you/save", {"name": "Ann  Marlow"})
    world.ann.refresh_from_db()
    assert world.ann.name == "Ann Marlow"


def test_the_log_is_filtered_and_has_pages(ann, eve, world):
    home = f"/p/{world.web.pk}/settings/audit"
    for number in range(60):
        world.web.team.audit.create(user=world.bob, who="bob@example.com", action="switch-key", what=f"Line {number}.")
    world.web.team.audit.create(user=world.ann, who="ann@example.com", action="import-files", what="")
    world.evil.team.audit.create(user=world.eve, who="eve@example.com", action="switch-key", what="Theirs.")
    page = main(ann.get(home))
    assert "61 lines tell who changed what" in page and "Line 59." in page and "Line 9." not in page
    assert "Theirs." not in page and "eve@example.com" not in page
    assert "Line 9." in main(ann.get(home, {"page": 2}))
    assert "60 changes fit." in main(ann.get(home, {"part": "Keys"}))
    assert "1 change fits." in main(ann.get(home, {"who": "ann@example.com"}))
    assert "Nothing of that was done." in main(ann.get(home, {"part": "Team", "days": "7"}))
    assert eve.get(home).status_code == 404
