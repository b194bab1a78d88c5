from django.apps import AppConfig

from usher.core.privileges import register_pair


class AccountsConfig(AppConfig):
    name = "usher.accounts"

    def ready(self) -> None:
        register_pair("accounts:account", "the account")
        register_pair("accounts:settings", "the account's settings")
        register_pair("accounts:sign_in", "how people sign in")
        register_pair("mail:message", "the outbox")
        register_pair("journal:change", "what was changed")
        from . import verbs  # noqa: F401
