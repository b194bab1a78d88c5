"""Django settings, read from the environment once; `usher.core.mode` refuses what is not safe.

USHER_SECRET_KEY, USHER_BASE_URL and DATABASE_URL are the three that several machines must share.
"""

import json
import os
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from usher.core.data_dir import DataDir
from usher.core.mode import read_mode

MODE = read_mode(os.environ)
BASE_URL = MODE.base_url
SECRET_KEY = MODE.secret_key
SECRET_KEY_FALLBACKS = MODE.older_keys
DEBUG = False
ALLOWED_HOSTS = MODE.allowed_hosts
USHER_TEST = os.environ.get("USHER_TEST") == "1"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "template_partials.apps.SimpleAppConfig",
    "django_cotton.apps.SimpleAppConfig",
    "usher.journal",
    "usher.mail",
    "usher.accounts",
    "usher.people",
    "usher.access",
    "usher.licenses",
    "usher.phone",
    "usher.content",
    "usher.lifecycle",
    "usher.connections.webhooks",
    "usher.api",
    "usher.portal",
]

MIDDLEWARE = [
    "usher.portal.door.Programs",
    "django.middleware.security.SecurityMiddleware",
    "usher.portal.door.SecurityHeaders",
    "usher.portal.door.LastResort",
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "usher.portal.door.ActorMiddleware",
    "usher.portal.language.LanguageMiddleware",
]

ROOT_URLCONF = "usher.config.urls"
WSGI_APPLICATION = "usher.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "usher.portal.templatetags.usher",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "usher.portal.navigation.frame",
            ],
        },
    },
]

_conninfo = conninfo_to_dict(os.environ.get("DATABASE_URL", ""))
DATABASES = {
    "default": {
        "ENGINE": "usher.core.pooled",
        "NAME": _conninfo.pop("dbname", "usher"),
        "USER": _conninfo.pop("user", ""),
        "PASSWORD": _conninfo.pop("password", ""),
        "HOST": _conninfo.pop("host", ""),
        "PORT": _conninfo.pop("port", ""),
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {
            **_conninfo,
            # reconnect_timeout: otherwise each failed try doubles the pause, and the pool sleeps on long after the database is back (F06).
            "pool": {"min_size": 0, "max_size": int(os.environ.get("USHER_POOL", "8")), "timeout": 2, "reconnect_timeout": 1},
            "prepare_threshold": 0,  # of the workers' own connections; here only sql.prepared binds on the server, and core/pooled keeps its statements
            # No parallel workers: to start them takes longer than what people wait for (docs/decisions/0116).
            "options": f"{_conninfo.get('options', '')} -c timezone=UTC -c client_connection_check_interval=1000 -c idle_in_transaction_session_timeout=60000"
            " -c plan_cache_mode=force_generic_plan -c max_parallel_workers_per_gather=0",
        },
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Login"
AUTHENTICATION_BACKENDS = ["usher.access.backend.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator", "OPTIONS": {"user_attributes": ["email"]}},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "usher.portal.sign_in.adapter.Adapter"
ACCOUNT_RATE_LIMITS = False
ACCOUNT_SESSION_REMEMBER = False
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/sign-in"

SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = MODE.https
SESSION_COOKIE_NAME = "__Host-usher" if MODE.https else "usher"
CSRF_COOKIE_NAME = "__Host-usher-csrf" if MODE.https else "usher-csrf"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_FAILURE_VIEW = "usher.portal.door.csrf_refused"
SECURE_HSTS_SECONDS = 31_536_000 if MODE.https else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"  # no-referrer would make browsers send "Origin: null" with our own forms
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if MODE.trusted_proxies else None
X_FRAME_OPTIONS = "DENY"

DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_500
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
API_LIMITS = os.environ.get("USHER_API_LIMITS", "on") != "off"  # calls per second and day of an account; off for measuring
UPLOAD_MAX = int(os.environ.get("USHER_UPLOAD_MAX") or 2 * 1024 * 1024 * 1024)  # bytes of one recording
# Files: a folder beside the database unless USHER_STORAGE names another storage class, with its options as JSON in USHER_STORAGE_OPTIONS.
FILES = os.environ.get("USHER_FILES") or str(DataDir.chosen(None, os.environ).path / "files")
STORAGES = {
    "default": {
        "BACKEND": os.environ.get("USHER_STORAGE") or "django.core.files.storage.FileSystemStorage",
        "OPTIONS": json.loads(os.environ.get("USHER_STORAGE_OPTIONS") or "null")
        or {"location": FILES, "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [Path(__file__).parent.parent / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATICFILES_DIRS: list[str] = []
STATIC_ROOT = Path(__file__).parent.parent / "portal" / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 31_536_000
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_IMMUTABLE_FILE_TEST = "^/static/"

PROCRASTINATE_ON_APP_READY = "usher.core.jobs.on_app_ready"
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "usher.core.log.OneLine"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    # psycopg gives itself a level; like everybody else it shall have the root's.
    "loggers": {"django.request": {"level": "CRITICAL"}, "django.security": {"level": "ERROR"}, "psycopg": {"level": "NOTSET"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("USHER_LOG", "WARNING")},
}
