from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from usher.core.privileges import register_pair
from usher.journal.verb import gates

from .plans import require_area


class AccountsConfig(AppConfig):
    name = "usher.accounts"

    def ready(self) -> None:
        register_pair("accounts:account", _("the account"))
        register_pair("accounts:settings", _("the account's settings"))
        register_pair("accounts:sign_in", _("how people sign in"))
        register_pair("accounts:domain", _("managed domains"))
        register_pair("accounts:place", _("sites and rooms"))
        register_pair("mail:message", _("the outbox"))
        register_pair("journal:change", _("what was changed"))
        gates.append(require_area)
        from . import changing_plan, counting_calls, domains, room_verbs, site_verbs, stored_verbs, verbs  # noqa: F401
