"""Settings come from the environment `bin/up` prepares; there are few, and each has a good default.

EVERFAIR_DATABASE_URL   the login that runs (ef_app)          EVERFAIR_DATA      where files, index and mail lie
EVERFAIR_OWNER_URL      the login that migrates (ef_owner)    EVERFAIR_ADDRESS   the address people type
EVERFAIR_KIND           live, demo or test                    EVERFAIR_AS_OWNER  1 while migrating
EVERFAIR_SMTP_URL       smtp://user:password@host:587         EVERFAIR_SECRET_KEY
EVERFAIR_OIDC_ISSUER, EVERFAIR_OIDC_CLIENT_ID, EVERFAIR_OIDC_CLIENT_SECRET, EVERFAIR_OIDC_NAME   sign-in at your own provider
EVERFAIR_SANDBOX_URL, EVERFAIR_SANDBOX_API_KEY, EVERFAIR_SANDBOX_WEBHOOK_SECRET   the payment sandbox
EVERFAIR_STRIPE_API_KEY, …_WEBHOOK_SECRET, …_ACCOUNT, …_CURRENCIES                cards by Stripe
EVERFAIR_BANK_ACCOUNTS  our own bank accounts, as JSON
EVERFAIR_FX_ADDRESS     where exchange rates are fetched
EVERFAIR_CARRIER_SANDBOX_URL, …_API_KEY, …_WEBHOOK_SECRET                         the carrier sandbox
EVERFAIR_CHECKPOINTS    where signed checkpoints of the books go   EVERFAIR_CHECKPOINT_KEY   what signs them
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from everfair.site.addresses import mail_server, oidc_provider, payout_accounts, site_address, stripe_settings

PACKAGE = Path(__file__).resolve().parents[1]
KIND = os.environ.get("EVERFAIR_KIND", "live")
DATA = Path(os.environ.get("EVERFAIR_DATA", "var"))
ADDRESS = site_address(os.environ.get("EVERFAIR_ADDRESS", "http://localhost:8000"))
_https = ADDRESS.startswith("https://")


def database(url: str, *, pooled: bool) -> dict[str, Any]:
    """A PostgreSQL URL as Django wants it; a socket folder may stand in `?host=`."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    options: dict[str, Any] = {k: v for k, v in query.items() if k not in ("host", "port")}
    options |= {"server_side_binding": True, "prepare_threshold": 3}
    if pooled:
        options["pool"] = {"min_size": 1, "max_size": int(os.environ.get("EVERFAIR_POOL", "6")), "timeout": 10}
    return {
        "ENGINE": "everfair.base.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host") or parts.hostname or ""),
        "PORT": str(query.get("port") or parts.port or ""),
        "CONN_HEALTH_CHECKS": not pooled,  # the pool's sessions are looked at by our backend
        "OPTIONS": options,
    }


AS_OWNER = os.environ.get("EVERFAIR_AS_OWNER") == "1"
_url = os.environ.get("EVERFAIR_OWNER_URL" if AS_OWNER else "EVERFAIR_DATABASE_URL", "postgresql:///everfair")
DATABASES = {"default": database(_url, pooled=not AS_OWNER and KIND != "test")}
if AS_OWNER:
    DATABASES["default"]["OPTIONS"]["prepare_threshold"] = None  # it makes tables: what was prepared before would speak of others
    # A migration waits four seconds for a lock and five for a statement, then gives way to traffic.
    DATABASES["default"]["OPTIONS"]["options"] = "-c lock_timeout=4s -c statement_timeout=5s"
# Addresses are unique by lower(email), which the check cannot see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

SECRET_KEY = os.environ.get("EVERFAIR_SECRET_KEY") or ("test" * 16 if KIND == "test" else "")
if not SECRET_KEY:
    SECRET_KEY = __import__("secrets").token_urlsafe(48)  # good for one process; bin/up keeps a lasting one
SECRET_KEY_FALLBACKS = [key for key in os.environ.get("EVERFAIR_SECRET_KEY_OLD", "").split(",") if key]
DEBUG = False
ALLOWED_HOSTS = [urlsplit(ADDRESS).hostname or "localhost", "localhost", "127.0.0.1", "testserver"]
CSRF_TRUSTED_ORIGINS = [ADDRESS]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.usersessions",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "everfair.base",
    "everfair.markets",
    "everfair.files",
    "everfair.companies",
    "everfair.messaging",
    "everfair.ledger",
    "everfair.billing",
    "everfair.payments",
    "everfair.trust",
    "everfair.logistics",
    "everfair.catalog",
    "everfair.discovery",
    "everfair.sourcing",
    "everfair.trade",
    "everfair.disputes",
    "everfair.reviews",
    "everfair.risk",
    "everfair.office",
    "everfair.site",
]
MIDDLEWARE = [
    "everfair.base.middleware.request_log",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "everfair.base.middleware.content_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "everfair.companies.middleware.actor",
    "everfair.site.look.follow",
    "everfair.trust.devices.name_the_browser",
    "everfair.office.middleware.note_looks",
    "everfair.base.middleware.Doors",
    "everfair.office.middleware.NoteAttempts",
]
ROOT_URLCONF = "everfair.site.urls"
WSGI_APPLICATION = "everfair.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": False,
        "DIRS": sorted(str(folder) for folder in PACKAGE.glob("*/templates")),
        "OPTIONS": {
            "environment": "everfair.base.jinja.environment",
            "context_processors": ["everfair.site.context.everywhere", "django.contrib.messages.context_processors.messages"],
        },
    },
    {
        # Only for form widgets and what allauth renders itself (mail subjects).
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    },
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hant", "繁體中文"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [str(PACKAGE / "locale")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(DATA / "files")}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if KIND == "test":
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = True
    WHITENOISE_AUTOREFRESH = True  # else each of a thousand browsers of the test client reads the folders anew

AUTH_USER_MODEL = "companies.Person"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["everfair.companies.accounts.Backend"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "everfair.companies.forms.SignUpForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_ADAPTER = "everfair.companies.accounts.AccountAdapter"
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # only in the browser that began to join
ACCOUNT_CHANGE_EMAIL = True  # one address each; a new one counts when it is confirmed
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300  # as long as base.allow calls a proof fresh
ACCOUNT_FORMS = {
    "login": "everfair.companies.sign_in.Login",
    "signup": "everfair.companies.sign_in.SignUp",
    "add_email": "everfair.companies.sign_in.ChangeEmail",
    "change_password": "everfair.companies.sign_in.ChangePassword",
    "set_password": "everfair.companies.sign_in.SetPassword",
    "reset_password": "everfair.companies.sign_in.ResetPassword",
    "reset_password_from_key": "everfair.companies.sign_in.ResetPasswordFromKey",
    "reauthenticate": "everfair.companies.sign_in.Reauthenticate",
}
# Money and the office want a second factor where real money moves. A demonstration shows the way only: its people are switched by a click.
SECOND_FACTOR_REQUIRED = KIND == "live"
PROOF_URL = "companies:prove"  # where a person without a second factor is led when a door wants one
MFA_ADAPTER = "everfair.companies.second_factor.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # clocks differ: one step of 30 s before and after; each code counts once all the same
# Nobody signs in here with an address that was never confirmed; without this a factor would forbid to change the address.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "everfair.companies.sign_in.ShowCode",
    "reauthenticate": "everfair.companies.sign_in.ShowCodeAgain",
    "activate_totp": "everfair.companies.sign_in.AddApp",
    "add_webauthn": "everfair.companies.sign_in.AddPasskey",
    "edit_webauthn": "everfair.companies.sign_in.NamePasskey",
}
SOCIALACCOUNT_ADAPTER = "everfair.companies.accounts.OtherAccountAdapter"
SOCIALACCOUNT_FORMS = {"signup": "everfair.companies.sign_in.SignUpFromElsewhere"}
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": oidc_provider(os.environ)}}
USERSESSIONS_TRACK_ACTIVITY = False  # companies.middleware notes it every ten minutes instead of at every request
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "site:desk"
COMPANY_URL = "companies:start"  # where a person without a company is led when a page wants one
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
if KIND == "test":
    ACCOUNT_RATE_LIMITS = False

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = _https
if _https:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
if os.environ.get("EVERFAIR_BEHIND_PROXY") == "1":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    MIDDLEWARE.insert(0, "everfair.site.proxy.caller_address")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576

_mail = mail_server(os.environ.get("EVERFAIR_SMTP_URL", ""))
DEFAULT_FROM_EMAIL = os.environ.get("EVERFAIR_MAIL_FROM", "Everfair <fair@localhost>")
if _mail:
    EMAIL_BACKEND = "everfair.site.post.Outbox"  # the worker hands them over
    EMAIL_HOST, EMAIL_PORT = _mail.host, _mail.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.login, _mail.password
    EMAIL_USE_TLS, EMAIL_USE_SSL, EMAIL_TIMEOUT = _mail.starttls, _mail.tls, 10
else:
    # Until there is a mail server, letters lie in a folder that the operator can read.
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(DATA / "mail")

# Each payment provider reads its own variables, by its own names.
# An installation has those whose address it knows.
PROVIDERS: dict[str, dict[str, str]] = {}
for _code, _prefix in (("sandbox", "EVERFAIR_SANDBOX_"), ("sandbox2", "EVERFAIR_SANDBOX2_")):
    _own = {name: value for name, value in os.environ.items() if name.startswith(_prefix)}
    _own.setdefault(f"{_prefix}WEBHOOK_URL", f"{ADDRESS}/hooks/payments/{_code}")
    if KIND == "test":
        _own.setdefault(f"{_prefix}URL", "http://127.0.0.1:9")  # nobody listens there
        _own.setdefault(f"{_prefix}API_KEY", "sk_test_everfair")
        _own.setdefault(f"{_prefix}WEBHOOK_SECRET", "whsec_" + "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
    if _own.get(f"{_prefix}URL"):
        PROVIDERS[_code] = _own
if _stripe := stripe_settings(os.environ, KIND):
    PROVIDERS["stripe"] = _stripe

# Our own bank accounts, where payers send money and whose statements are read: whoever may change them could send all money elsewhere,
# so they are no row that a page can change.
BANK_ACCOUNTS = os.environ.get("EVERFAIR_BANK_ACCOUNTS", "")
if not BANK_ACCOUNTS and KIND in ("demo", "test"):
    BANK_ACCOUNTS = """[
        {"code": "eur", "holder": "Everfair Demo Escrow", "account": "DE09000000000000000001", "bic": "EVFRDEFFXXX", "bank": "Demo Bank (play money)", "country": "DE", "currency": "EUR"},
        {"code": "usd", "holder": "Everfair Demo Escrow", "account": "DE79000000000000000002", "bic": "EVFRDEFFXXX", "bank": "Demo Bank (play money)", "country": "DE", "currency": "USD"},
        {"code": "cny", "holder": "Everfair Demo Escrow", "account": "DE52000000000000000003", "bic": "EVFRDEFFXXX", "bank": "Demo Bank (play money)", "country": "DE", "currency": "CNY"}
    ]"""

# Signed checkpoints of the books: a folder or an address that is not this machine, and the Ed25519 seed that signs them.
CHECKPOINTS = os.environ.get("EVERFAIR_CHECKPOINTS", "")
CHECKPOINT_KEY = os.environ.get("EVERFAIR_CHECKPOINT_KEY", "")
if KIND == "test":
    CHECKPOINT_KEY = CHECKPOINT_KEY or "dGVzdHRlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdHRlc3Q="

# Where exchange rates are fetched: the ECB's daily file, or one's own copy; "sandbox" publishes play rates and is for no live installation.
FX_ADDRESS = os.environ.get("EVERFAIR_FX_ADDRESS", "" if KIND == "live" else "sandbox")
if KIND == "live" and FX_ADDRESS == "sandbox":
    raise ImproperlyConfigured("EVERFAIR_FX_ADDRESS: play rates are not for a live installation")
# Our own accounts that bank files debit, by currency. Where nothing is real, two that nobody has.
PAYOUT_ACCOUNTS = payout_accounts(os.environ.get("EVERFAIR_PAYOUT_ACCOUNTS", ""), BANK_ACCOUNTS)
if KIND != "live" and not PAYOUT_ACCOUNTS:
    PAYOUT_ACCOUNTS = {
        code: {"name": "Everfair Demonstration", "account": account, "bic": "EVFRDEFFXXX", "country": "DE"}
        for code, account in (("EUR", "DE09000000000000000001"), ("USD", "DE79000000000000000002"))
    }

# Each carrier likewise.
CARRIERS = {"sandbox": {name: value for name, value in os.environ.items() if name.startswith("EVERFAIR_CARRIER_SANDBOX_")}}
CARRIERS["sandbox"].setdefault("EVERFAIR_CARRIER_SANDBOX_WEBHOOK_URL", f"{ADDRESS}/hooks/carriers/sandbox")
if KIND == "test":
    CARRIERS["sandbox"].setdefault("EVERFAIR_CARRIER_SANDBOX_URL", "http://127.0.0.1:9")  # nobody listens there
    CARRIERS["sandbox"].setdefault("EVERFAIR_CARRIER_SANDBOX_API_KEY", "sk_test_everfair")
    CARRIERS["sandbox"].setdefault(
        "EVERFAIR_CARRIER_SANDBOX_WEBHOOK_SECRET", "whsec_" + "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA="
    )

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "everfair.base.log.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("EVERFAIR_LOG", "WARNING" if KIND == "test" else "INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "ERROR"},
        "psycopg.pool": {"level": "ERROR"},
    },
}
