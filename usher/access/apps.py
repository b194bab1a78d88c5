from django.apps import AppConfig

from usher.core.privileges import register, register_pair


class AccessConfig(AppConfig):
    name = "usher.access"

    def ready(self) -> None:
        register("access:admin:manage", "make people admins, or members again")
        register_pair("access:role", "roles")
        from . import factor_verbs, links, lost_factors, mails, own, sign_out, verbs  # noqa: F401
