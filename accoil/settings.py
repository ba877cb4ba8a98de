"""Django's settings, all from the environment (ACCOIL_*). Each has a heading in docs/reference/settings.md."""

from pathlib import Path

from accoil import environment
from accoil.database import database
from accoil.logs import logging_settings
from accoil.mail import mail_settings
from accoil.refused import Refused
from accoil.secret import secret_key

PACKAGE = Path(__file__).resolve().parent
DATA = environment.data_folder()
DEBUG = environment.flag("ACCOIL_DEBUG")
SECRET_KEY = secret_key(DATA, environment.text("ACCOIL_SECRET_KEY"))

# --- where the server is reached ---

_public = environment.address("ACCOIL_PUBLIC_URL", ["https", "http"])
if _public and (_public.path.strip("/") or _public.query or _public.fragment or _public.username):
    raise Refused("ACCOIL_PUBLIC_URL must be scheme and host only, such as https://accoil.example.com.")
PUBLIC_URL = f"{_public.scheme}://{_public.netloc}" if _public else ""
_secure = PUBLIC_URL.startswith("https:")

# Ad blockers know the usual paths: everything that takes events in is reached under this one too.
INGEST_PREFIX = environment.path("ACCOIL_INGEST_PREFIX")
# What others do with calls that nobody will ever count: say that all is well.
UNKNOWN_KEY = environment.one_of("ACCOIL_UNKNOWN_KEY", ["refuse", "segment", "accoil"], "refuse")
STRICT = environment.flag("ACCOIL_STRICT")
METRICS_TOKEN = environment.token("ACCOIL_METRICS_TOKEN")

ALLOWED_HOSTS = ["localhost", ".localhost", "127.0.0.1", "[::1]", *environment.names("ACCOIL_ALLOWED_HOSTS")]
if _public and _public.hostname:
    ALLOWED_HOSTS.append(_public.hostname)
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []

# Forwarded headers can be made up by anyone, so they count only when a proxy of ours is known to write them.
ALLAUTH_TRUSTED_PROXY_COUNT = environment.number("ACCOIL_TRUSTED_PROXIES", 0, least=0, most=10)
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

SESSION_COOKIE_NAME = "accoil_session"
CSRF_COOKIE_NAME = "accoil_csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _secure
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
# Told to browsers that came encrypted, alone: for a year they come in no other way.
SECURE_HSTS_SECONDS = 31_536_000 if _secure else 0

# --- what it is made of ---

INSTALLED_APPS = [
    "accoil.team",
    "accoil.score",
    "accoil.segment",
    "accoil.connect",
    "accoil.act",
    "accoil.erase",
    "accoil.show",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.usersessions",
    "django_htmx",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "accoil.show.assets.Assets",
    "accoil.show.timed.Timed",
    "accoil.show.csp.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accoil.show.guard.Guard",
]

ROOT_URLCONF = "accoil.urls"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "show" / "templates"],  # before the apps', so our sign-in pages win over allauth's
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- the application database ---

DATABASES = {"default": database(DATA)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
MESSAGE_STORAGE = "accoil.show.visit.Said"

# --- several servers ---

CLICKHOUSE = environment.servers("ACCOIL_CLICKHOUSE_URL", ["http", "https"])
# When a receiver answers a call: when it is on its disk, or when the shared store has it.
ACK = environment.one_of("ACCOIL_ACK", ["disk", "loaded"], "disk")

# --- signing in ---

AUTH_USER_MODEL = "team.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accoil.team.sign_in.SignIn"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no mail to strangers who were typed into the reset form
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "accoil.team.password_links.PasswordLinks"  # noqa: S105  a class
ACCOUNT_LOGOUT_REDIRECT_URL = "/sign-in/"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "20/m/ip,5/5m/key",
    "confirm_email": "1/3m/key",
    "reset_password": "20/m/ip,5/h/key",  # where mail is sent too
    "invite": "20/h/user",  # where mail is sent
}
# What those count: nothing else is in this cache. With Django's own 300 entries a few other guesses made it forget; so
# many take some 50 MB, and those that were asked for longest ago go first.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "limits",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if _secure else "http"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # of the browser that changes it; all others are signed out
ACCOUNT_EMAIL_CONFIRMATION_AUTHENTICATED_REDIRECT_URL = "/you"

# --- signing in by OpenID Connect ---

OIDC_ISSUER = environment.issuer("ACCOIL_OIDC_ISSUER")
OIDC_CLIENT_ID = environment.text("ACCOIL_OIDC_CLIENT_ID")
OIDC_CLIENT_SECRET = environment.text("ACCOIL_OIDC_CLIENT_SECRET")
OIDC_NAME = environment.text("ACCOIL_OIDC_NAME", "single sign-on")
if len({bool(OIDC_ISSUER), bool(OIDC_CLIENT_ID), bool(OIDC_CLIENT_SECRET)}) > 1:
    together = "ACCOIL_OIDC_ISSUER, ACCOIL_OIDC_CLIENT_ID and ACCOIL_OIDC_CLIENT_SECRET"
    raise Refused(f"{together} belong together; set all three, or none.")
PASSWORDS = environment.flag("ACCOIL_PASSWORDS", default=True)
if not PASSWORDS and not OIDC_ISSUER:
    raise Refused("ACCOIL_PASSWORDS is false, but nobody could sign in without: set ACCOIL_OIDC_ISSUER too.")

# --- connections ---

INTERCOM_URL = environment.base_url("ACCOIL_INTERCOM_URL")  # "": by the region of each workspace
INTERCOM_CLIENT_ID = environment.text("ACCOIL_INTERCOM_CLIENT_ID")
INTERCOM_CLIENT_SECRET = environment.text("ACCOIL_INTERCOM_CLIENT_SECRET")
if bool(INTERCOM_CLIENT_ID) != bool(INTERCOM_CLIENT_SECRET):
    raise Refused("ACCOIL_INTERCOM_CLIENT_ID and ACCOIL_INTERCOM_CLIENT_SECRET belong together; set both, or neither.")
HUBSPOT_URL = environment.base_url("ACCOIL_HUBSPOT_URL")  # "": HubSpot's own
HUBSPOT_CLIENT_ID = environment.text("ACCOIL_HUBSPOT_CLIENT_ID")
HUBSPOT_CLIENT_SECRET = environment.text("ACCOIL_HUBSPOT_CLIENT_SECRET")
if bool(HUBSPOT_CLIENT_ID) != bool(HUBSPOT_CLIENT_SECRET):
    raise Refused("ACCOIL_HUBSPOT_CLIENT_ID and ACCOIL_HUBSPOT_CLIENT_SECRET belong together; set both, or neither.")
SALESFORCE_URL = environment.base_url("ACCOIL_SALESFORCE_URL")  # "": Salesforce's own
SALESFORCE_VERSION = environment.text("ACCOIL_SALESFORCE_VERSION", "v66.0")
SALESFORCE_CLIENT_ID = environment.text("ACCOIL_SALESFORCE_CLIENT_ID")
SALESFORCE_CLIENT_SECRET = environment.text("ACCOIL_SALESFORCE_CLIENT_SECRET")
if bool(SALESFORCE_CLIENT_ID) != bool(SALESFORCE_CLIENT_SECRET):
    raise Refused(
        "ACCOIL_SALESFORCE_CLIENT_ID and ACCOIL_SALESFORCE_CLIENT_SECRET belong together; set both, or neither."
    )
SEGMENT_URL = environment.base_url("ACCOIL_SEGMENT_URL")  # "": by the region of each source
SLACK_URL = environment.base_url("ACCOIL_SLACK_URL")  # "": Slack's own
SLACK_CLIENT_ID = environment.text("ACCOIL_SLACK_CLIENT_ID")
SLACK_CLIENT_SECRET = environment.text("ACCOIL_SLACK_CLIENT_SECRET")
SLACK_SIGNING_SECRET = environment.text("ACCOIL_SLACK_SIGNING_SECRET")
if bool(SLACK_CLIENT_ID) != bool(SLACK_CLIENT_SECRET):
    raise Refused("ACCOIL_SLACK_CLIENT_ID and ACCOIL_SLACK_CLIENT_SECRET belong together; set both, or neither.")
WEBHOOK_NETWORKS = environment.networks("ACCOIL_WEBHOOK_NETWORKS")

# --- mail, files, time, logs ---

globals().update(mail_settings())
MAIL_IS_SENT = bool(environment.text("ACCOIL_SMTP_URL"))  # else it is written to the log, where only the operator looks

# Django looks for its token in a stranger's form too, and would keep the files in it. Imports say where theirs go.
FILE_UPLOAD_HANDLERS: list[str] = []
LARGEST_UPLOAD = environment.number("ACCOIL_LARGEST_UPLOAD", 10_000, least=1, most=10_000_000) * 1_000_000  # bytes
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # files are served from the package: nothing to collect after an install
WHITENOISE_AUTOREFRESH = DEBUG

USE_TZ = True
TIME_ZONE = "UTC"  # days are counted in each product's own zone; Product.zone
LANGUAGE_CODE = "en"
USE_I18N = False

LOGGING = logging_settings(
    environment.one_of("ACCOIL_LOG_LEVEL", ["debug", "info", "warning", "error"], "info"),
    environment.one_of("ACCOIL_LOG_FORMAT", ["text", "json"], "text"),
)
