"""The API as a Django app: at start its operations are known, and with them the scopes an app can be given."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "usher.api"

    def ready(self) -> None:
        from . import v2  # noqa: F401
