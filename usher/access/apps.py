from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from usher.core.privileges import register, register_pair
from usher.journal.verify import invariant


class AccessConfig(AppConfig):
    name = "usher.access"

    def ready(self) -> None:
        register("access:admin:manage", _("make people admins, or members again"))
        register("access:owner:manage", _("hand the account to another owner"))
        register_pair("access:role", _("roles"))
        register_pair("access:app", _("API apps"))
        from . import (  # noqa: F401
            app_handing,
            app_verbs,
            consent_verbs,
            factor_verbs,
            links,
            lost_factors,
            mails,
            own,
            owner_offer,
            owner_transfer,
            role_verbs,
            sign_out,
            verbs,
        )

        invariant(
            "I4-role",
            "every role that somebody holds is there, and only who holds a custom role has a scope",
            """SELECT s.user_id::text, s.role FROM people_standing s LEFT JOIN access_scope x ON x.user_id = s.user_id
               WHERE s.status <> 'gone' AND (s.role NOT IN ('owner', 'admin', 'member')
                 AND NOT EXISTS (SELECT 1 FROM access_role r WHERE r.account_id = s.account_id AND r.key = s.role)
                 OR s.role IN ('owner', 'admin', 'member') AND x.user_id IS NOT NULL)""",
        )
