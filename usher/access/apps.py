from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from usher.core.privileges import register, register_pair


class AccessConfig(AppConfig):
    name = "usher.access"

    def ready(self) -> None:
        register("access:admin:manage", _("make people admins, or members again"))
        register("access:owner:manage", _("hand the account to another owner"))
        register_pair("access:role", _("roles"))
        register_pair("access:app", _("API apps"))
        from . import app_verbs, factor_verbs, links, lost_factors, mails, own, owner_transfer, role_verbs, sign_out, verbs  # noqa: F401
