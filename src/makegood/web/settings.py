"""Django's settings, all derived from the settings that `makegood.bootstrap` reads once."""

import hashlib
from urllib.parse import urlsplit

from makegood.effects.smtp import server_of
from makegood.web.database import django_database
from makegood.web.instance import settings as _ours

_OURS = _ours()
_BASE = urlsplit(_OURS.base_url)
_SMTP = server_of(_OURS.smtp or "smtp://localhost:25")
_IS_SECURE = _BASE.scheme == "https"

DEBUG = False
# Derived, so that the key which makes pseudonyms never signs a cookie.
SECRET_KEY = hashlib.sha256(b"makegood.web" + _OURS.key).hexdigest()
ALLOWED_HOSTS = sorted({_BASE.hostname or "localhost", "localhost", "127.0.0.1", "[::1]"})
CSRF_TRUSTED_ORIGINS = [f"{_BASE.scheme}://{_BASE.netloc}"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "makegood.web",  # before allauth: its screens wear our clothes
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "makegood.desk",
    "makegood.portal",
]
MIDDLEWARE = [
    "makegood.web.middleware.guard",
    "makegood.web.middleware.refuse_control",
    "makegood.web.middleware.refuse_too_long",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "makegood.web.middleware.join_makegood",
]
ROOT_URLCONF = "makegood.web.urls"
WSGI_APPLICATION = "makegood.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASES = {"default": django_database(_OURS.database)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Counts of tries are shared by all processes and outlive a restart.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "makegood_cache",
        # Far above what an hour of strangers makes: a count that is dropped early counts anew.
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}

SESSION_ENGINE = "makegood.web.sessions"
SESSION_COOKIE_NAME = "makegood_session"
SESSION_COOKIE_AGE = 12 * 3600  # a long shift
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = _IS_SECURE
CSRF_COOKIE_NAME = "makegood_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = _IS_SECURE
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
X_FRAME_OPTIONS = "DENY"  # the stage of the demo alone shows our pages in frames
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_HSTS_SECONDS = 31_536_000 if _IS_SECURE else 0
DATA_UPLOAD_MAX_MEMORY_SIZE = 262_144  # the longest thing anybody writes here is a story
CSRF_FAILURE_VIEW = "makegood.web.faults.csrf_failed"

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "makegood.web.assets.HashedAddresses"},
}

# Only one, so that a wrong password and an unknown name take one slow hash each.
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk:queue"
ACCOUNT_ADAPTER = "makegood.web.signin.StaffOnly"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Makegood"

EMAIL_HOST = _SMTP.host
EMAIL_PORT = _SMTP.port
EMAIL_HOST_USER = _SMTP.user
EMAIL_HOST_PASSWORD = _SMTP.password
EMAIL_USE_SSL = _SMTP.tls
EMAIL_USE_TLS = _SMTP.starttls
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = "noreply@localhost"

LANGUAGE_CODE = "en-gb"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LOGGING_CONFIG = None  # bootstrap decides where logs go
SILENCED_SYSTEM_CHECKS: list[str] = []
