import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
READ = """
import json, sys
from accoil import settings
from accoil.refused import Refused
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}, default=str))
"""


def load(tmp_path, *names: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Loads the settings in a process of their own, as a server does."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ACCOIL_")}
    return subprocess.run(
        [sys.executable, "-c", READ, *names],
        env={**inherited, "ACCOIL_DATA": str(tmp_path / "data"), **variables},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )


def loaded(tmp_path, *names: str, **variables: str) -> dict[str, object]:
    result = load(tmp_path, *names, **variables)
    assert result.returncode == 0, result.stderr
    answer: dict[str, object] = json.loads(result.stdout)
    return answer


def test_every_setting_has_a_heading_and_every_heading_a_setting():
    sources = "\n".join(path.read_text() for path in (ROOT / "accoil").rglob("*.py"))
    used = {name.removesuffix("_FILE") for name in re.findall(r'["\'](ACCOIL_[A-Z_]+)["\']', sources)}
    page = (ROOT / "docs" / "reference" / "settings.md").read_text()
    documented = re.findall(r"^## (ACCOIL_[A-Z_]+)$", page, re.MULTILINE)
    assert sorted(documented) == sorted(used)


def test_the_defaults_suit_ones_own_computer(tmp_path):
    found = loaded(tmp_path, "ALLOWED_HOSTS", "SESSION_COOKIE_SECURE", "DEBUG", "EMAIL_BACKEND")
    assert found["ALLOWED_HOSTS"] == ["localhost", ".localhost", "127.0.0.1", "[::1]"]
    assert found["SESSION_COOKIE_SECURE"] is False
    assert found["DEBUG"] is False
    assert "LoggedMail" in str(found["EMAIL_BACKEND"])


def test_a_public_https_address_secures_cookies_and_is_allowed(tmp_path):
    names = ["ALLOWED_HOSTS", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "CSRF_TRUSTED_ORIGINS", "PUBLIC_URL"]
    found = loaded(tmp_path, *names, ACCOIL_PUBLIC_URL="https://accoil.example.com:8443/")
    assert "accoil.example.com" in found["ALLOWED_HOSTS"]
    assert found["SESSION_COOKIE_SECURE"] is found["CSRF_COOKIE_SECURE"] is True
    assert found["PUBLIC_URL"] == "https://accoil.example.com:8443"
    assert found["CSRF_TRUSTED_ORIGINS"] == ["https://accoil.example.com:8443"]


def test_more_hosts_can_be_allowed(tmp_path):
    found = loaded(tmp_path, "ALLOWED_HOSTS", ACCOIL_ALLOWED_HOSTS="accoil.internal, 10.0.0.5")
    assert found["ALLOWED_HOSTS"][-2:] == ["accoil.internal", "10.0.0.5"]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ACCOIL_DEBUG", "maybe"),
        ("ACCOIL_PUBLIC_URL", "accoil.example.com"),
        ("ACCOIL_PUBLIC_URL", "https://accoil.example.com/under/a/path"),
        ("ACCOIL_TRUSTED_PROXIES", "many"),
        ("ACCOIL_SECRET_KEY", "short"),
        ("ACCOIL_SECRET_KEY_FILE", "/there/is/no/such/file"),
        ("ACCOIL_SMTP_URL", "mail.example.com"),
        ("ACCOIL_MAIL_FROM", "nobody"),
        ("ACCOIL_LOG_LEVEL", "loud"),
        ("ACCOIL_LOG_FORMAT", "xml"),
        ("ACCOIL_DATA", "/dev/null/data"),
    ],
)
def test_a_wrong_value_is_refused_with_a_sentence_that_names_it(tmp_path, variable, value):
    result = load(tmp_path, **{variable: value})
    assert result.returncode == 1
    last_line = result.stderr.strip().splitlines()[-1]
    assert re.match(r"accoil\.refused\.Refused: .*\.$", last_line)
    assert variable in last_line


def test_the_database_waits_for_its_turn_and_checks_references(transactional_db):
    from django.db import connection

    if connection.vendor == "postgresql":
        pytest.skip("of the SQLite file; tests/journey/test_postgresql.py is about PostgreSQL")
    with connection.cursor() as cursor:
        cursor.execute("pragma journal_mode")
        assert cursor.fetchone() == ("wal",)
        cursor.execute("pragma foreign_keys")
        assert cursor.fetchone() == (1,)
        cursor.execute("pragma busy_timeout")
        assert cursor.fetchone() == (20_000,)


def test_log_lines_of_everybody_have_one_shape(tmp_path):
    program = (
        "import logging, structlog, django; django.setup();"
        "logging.getLogger('django.security').warning('from %s', 'Django');"
        "structlog.get_logger('accoil').warning('from us', count=2)"
    )
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ACCOIL_")}
    chosen = {"DJANGO_SETTINGS_MODULE": "accoil.settings", "ACCOIL_DATA": str(tmp_path), "ACCOIL_LOG_FORMAT": "json"}
    result = subprocess.run(
        [sys.executable, "-c", program], env={**inherited, **chosen}, cwd=tmp_path, capture_output=True, text=True
    )
    theirs, ours = [json.loads(line) for line in result.stderr.splitlines()]
    assert (theirs["event"], theirs["logger"], theirs["level"]) == ("from Django", "django.security", "warning")
    assert (ours["event"], ours["logger"], ours["count"]) == ("from us", "accoil", 2)


def test_an_intercom_app_is_its_id_and_its_secret(tmp_path):
    refused = load(tmp_path, "INTERCOM_CLIENT_ID", ACCOIL_INTERCOM_CLIENT_ID="abc")
    assert "ACCOIL_INTERCOM_CLIENT_SECRET belong together" in refused.stderr
    both = {"ACCOIL_INTERCOM_CLIENT_ID": "abc", "ACCOIL_INTERCOM_CLIENT_SECRET": "def"}
    assert loaded(tmp_path, "INTERCOM_CLIENT_ID", **both)["INTERCOM_CLIENT_ID"] == "abc"


OIDC = {
    "ACCOIL_OIDC_ISSUER": "https://sso.example.com/realms/acme/",
    "ACCOIL_OIDC_CLIENT_ID": "accoil",
    "ACCOIL_OIDC_CLIENT_SECRET": "quiet",
}


def test_a_provider_to_sign_in_with_is_its_issuer_client_and_secret(tmp_path):
    found = loaded(tmp_path, "OIDC_ISSUER", "OIDC_NAME", "PASSWORDS", **OIDC)
    assert found == {"OIDC_ISSUER": OIDC["ACCOIL_OIDC_ISSUER"], "OIDC_NAME": "single sign-on", "PASSWORDS": True}
    for missing in OIDC:
        refused = load(tmp_path, **{name: value for name, value in OIDC.items() if name != missing})
        assert "ACCOIL_OIDC_CLIENT_SECRET belong together; set all three, or none." in refused.stderr


@pytest.mark.parametrize(
    ("issuer", "why"),
    [
        ("http://sso.example.com", "must begin with https://"),
        ("sso.example.com", "is not an address"),
        ("https://sso.example.com/?a=1", "must be scheme, host"),
    ],
)
def test_an_issuer_that_is_not_encrypted_or_no_address_is_refused(tmp_path, issuer, why):
    refused = load(tmp_path, **OIDC | {"ACCOIL_OIDC_ISSUER": issuer})
    assert refused.returncode == 1 and f"ACCOIL_OIDC_ISSUER {why}" in refused.stderr


def test_passwords_are_not_switched_off_where_nobody_could_sign_in_then(tmp_path):
    refused = load(tmp_path, ACCOIL_PASSWORDS="false")
    assert "ACCOIL_PASSWORDS is false, but nobody could sign in without" in refused.stderr
    assert loaded(tmp_path, "PASSWORDS", **OIDC, ACCOIL_PASSWORDS="false")["PASSWORDS"] is False


def test_intercom_can_be_reached_elsewhere(tmp_path):
    found = loaded(tmp_path, "INTERCOM_URL", ACCOIL_INTERCOM_URL="http://127.0.0.1:9000/intercom/")
    assert found["INTERCOM_URL"] == "http://127.0.0.1:9000/intercom"
    refused = load(tmp_path, "INTERCOM_URL", ACCOIL_INTERCOM_URL="https://a:b@example.com/")
    assert "ACCOIL_INTERCOM_URL must be scheme" in refused.stderr
    assert "a:b" not in refused.stderr


def test_networks_for_webhooks_are_read_and_nonsense_is_named(tmp_path):
    found = loaded(tmp_path, "WEBHOOK_NETWORKS", ACCOIL_WEBHOOK_NETWORKS="10.1.0.0/16, fd12:3456::/32, 10.9.9.9")
    assert found["WEBHOOK_NETWORKS"] == ["10.1.0.0/16", "fd12:3456::/32", "10.9.9.9/32"]
    refused = load(tmp_path, "WEBHOOK_NETWORKS", ACCOIL_WEBHOOK_NETWORKS="10.1.0.5/16")
    assert "ACCOIL_WEBHOOK_NETWORKS" in refused.stderr
