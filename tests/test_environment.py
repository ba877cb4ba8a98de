from pathlib import Path

import pytest

from accoil import environment
from accoil.database import database
from accoil.mail import mail_settings
from accoil.refused import Refused
from accoil.secret import secret_key

SECRET = "x" * 40


def test_an_empty_value_counts_as_not_set(monkeypatch):
    monkeypatch.setenv("ACCOIL_LOG_LEVEL", "  ")
    assert environment.text("ACCOIL_LOG_LEVEL", "info") == "info"


def test_a_value_is_read_from_a_file(monkeypatch, tmp_path):
    (tmp_path / "key").write_text("from the file\n")
    monkeypatch.setenv("ACCOIL_SECRET_KEY_FILE", str(tmp_path / "key"))
    assert environment.text("ACCOIL_SECRET_KEY") == "from the file"


def test_value_and_file_together_are_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("ACCOIL_SECRET_KEY", SECRET)
    monkeypatch.setenv("ACCOIL_SECRET_KEY_FILE", str(tmp_path / "key"))
    with pytest.raises(Refused, match="Both ACCOIL_SECRET_KEY and ACCOIL_SECRET_KEY_FILE are set"):
        environment.text("ACCOIL_SECRET_KEY")


@pytest.mark.parametrize(("content", "sentence"), [(None, "No such file"), (b"\n", "is empty"), (b"\xff", "not UTF-8")])
def test_a_file_that_cannot_be_used_is_named(monkeypatch, tmp_path, content, sentence):
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv("ACCOIL_SECRET_KEY_FILE", str(path))
    with pytest.raises(Refused, match=f"^ACCOIL_SECRET_KEY_FILE names .*{sentence}"):
        environment.text("ACCOIL_SECRET_KEY")


@pytest.mark.parametrize(
    ("value", "meaning"), [("true", True), ("YES", True), ("1", True), ("off", False), ("0", False)]
)
def test_flags(monkeypatch, value, meaning):
    monkeypatch.setenv("ACCOIL_DEBUG", value)
    assert environment.flag("ACCOIL_DEBUG", default=not meaning) is meaning


def test_a_flag_that_is_neither_yes_nor_no_is_refused(monkeypatch):
    monkeypatch.setenv("ACCOIL_DEBUG", "maybe")
    with pytest.raises(Refused, match="ACCOIL_DEBUG is 'maybe'; write true or false"):
        environment.flag("ACCOIL_DEBUG")


@pytest.mark.parametrize("value", ["eleven", "11", "-1", "1.5"])
def test_a_number_outside_its_range_is_refused(monkeypatch, value):
    monkeypatch.setenv("ACCOIL_TRUSTED_PROXIES", value)
    with pytest.raises(Refused, match=r"ACCOIL_TRUSTED_PROXIES is .* a whole number from 0 to 10"):
        environment.number("ACCOIL_TRUSTED_PROXIES", 0, least=0, most=10)


@pytest.mark.parametrize("value", ["0", "10"])
def test_both_ends_of_a_range_belong_to_it(monkeypatch, value):
    monkeypatch.setenv("ACCOIL_TRUSTED_PROXIES", value)
    assert environment.number("ACCOIL_TRUSTED_PROXIES", 5, least=0, most=10) == int(value)


@pytest.mark.parametrize("value", ["accoil.example.com", "ftp://host", "https://", "https://host:port", "https://[::1"])
def test_an_address_of_another_kind_is_refused(monkeypatch, value):
    monkeypatch.setenv("ACCOIL_PUBLIC_URL", value)
    with pytest.raises(Refused, match=r"^ACCOIL_PUBLIC_URL is not an address"):
        environment.address("ACCOIL_PUBLIC_URL", ["https", "http"])


@pytest.mark.parametrize(
    ("url", "host", "user", "port"),
    [
        ("postgresql:///accoil?host=/run/postgresql", "/run/postgresql", "", ""),
        ("postgresql://me@/accoil?host=/run/postgresql", "/run/postgresql", "me", ""),
        ("postgresql://:5433/accoil?host=/run/postgresql", "/run/postgresql", "", 5433),
        ("postgresql:///accoil", "", "", ""),
    ],
)
def test_a_database_behind_a_socket_needs_no_host(monkeypatch, tmp_path, url, host, user, port):
    monkeypatch.setenv("ACCOIL_DATABASE_URL", url)
    found = database(tmp_path)
    assert [found[key] for key in ("NAME", "HOST", "USER", "PORT")] == ["accoil", host, user, port]


@pytest.mark.parametrize("url", ["postgresql:accoil", "postgresql:///", "https:///accoil", "accoil"])
def test_what_is_no_address_of_a_database_is_refused(monkeypatch, tmp_path, url):
    monkeypatch.setenv("ACCOIL_DATABASE_URL", url)
    with pytest.raises(Refused, match="postgresql://"):
        database(tmp_path)


def test_a_refused_address_does_not_show_its_password(monkeypatch):
    monkeypatch.setenv("ACCOIL_SMTP_URL", "mail://user:hunter2@host")
    with pytest.raises(Refused) as refusal:
        mail_settings()
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(
    ("url", "port", "ssl", "tls"),
    [
        ("smtps://ann:p%40ss@mail.example.com", 465, True, False),
        ("smtp+tls://ann:p%40ss@mail.example.com", 587, False, True),
        ("smtp://ann:p%40ss@mail.example.com:2525", 2525, False, False),
    ],
)
def test_mail_servers(monkeypatch, url, port, ssl, tls):
    monkeypatch.setenv("ACCOIL_SMTP_URL", url)
    found = mail_settings()
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("mail.example.com", port)
    assert (found["EMAIL_USE_SSL"], found["EMAIL_USE_TLS"]) == (ssl, tls)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("ann", "p@ss")


def test_a_sender_without_an_address_is_refused(monkeypatch):
    monkeypatch.setenv("ACCOIL_MAIL_FROM", "Accoil")
    with pytest.raises(Refused, match="ACCOIL_MAIL_FROM must hold an e-mail address"):
        mail_settings()


def test_the_secret_key_is_made_once_and_only_its_owner_can_read_it(tmp_path):
    first = secret_key(tmp_path, "")
    assert len(first) >= 50
    assert secret_key(tmp_path, "") == first
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_given_secret_key_leaves_the_folder_alone(tmp_path):
    assert secret_key(tmp_path, SECRET) == SECRET
    assert not list(tmp_path.iterdir())


def test_a_short_secret_key_is_refused(tmp_path):
    with pytest.raises(Refused, match="ACCOIL_SECRET_KEY is too short"):
        secret_key(tmp_path, "secret")


def test_a_damaged_secret_key_is_refused(tmp_path):
    (tmp_path / "secret_key").write_text("")
    with pytest.raises(Refused, match="is damaged"):
        secret_key(tmp_path, "")


def test_a_data_folder_that_cannot_be_made_is_refused(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ACCOIL_DATA", str(tmp_path / "file" / "data"))
    with pytest.raises(Refused, match="Set ACCOIL_DATA"):
        environment.data_folder()


def test_a_new_data_folder_is_its_owners_alone(monkeypatch, tmp_path):
    monkeypatch.setenv("ACCOIL_DATA", str(tmp_path / "data"))
    folder: Path = environment.data_folder()
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(("given", "path"), [("", ""), ("in", "/in"), ("/in/", "/in"), ("e-1_x", "/e-1_x")])
def test_a_prefix_is_one_word(monkeypatch, given, path):
    monkeypatch.setenv("ACCOIL_INGEST_PREFIX", given)
    assert environment.path("ACCOIL_INGEST_PREFIX") == path


@pytest.mark.parametrize("given", ["a/b", "in?", "über", "v1", "/api/"])
def test_a_prefix_that_is_no_word_or_taken_is_refused(monkeypatch, given):
    monkeypatch.setenv("ACCOIL_INGEST_PREFIX", given)
    with pytest.raises(Refused, match="ACCOIL_INGEST_PREFIX"):
        environment.path("ACCOIL_INGEST_PREFIX")
