"""The kinds of mail about second factors, registered at start: whoever did not do it learns of it (ASVS 6.3.7)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from usher.core import sql
from usher.mail.kinds import Kind, register

NOTICE = """
SELECT m.id, a.name AS account, a.language, u.first_name, u.email, false AS admin, m.created_at AS at, true AS alive, coalesce(m.params->>'what', '') AS what
FROM mail_message m JOIN people_user u ON u.id = m.to_user JOIN accounts_account a ON a.id = m.account_id WHERE m.id = ANY(%(ids)s)"""


def noticed(messages: Sequence[Mapping[str, Any]]) -> dict[UUID, dict[str, Any]]:
    return {r["id"]: r for r in sql.rows(NOTICE, {"ids": [m["id"] for m in messages]})}


register(Kind("factor_added", _("A second factor was added"), noticed))
register(Kind("factor_removed", _("A second factor was removed"), noticed))
register(Kind("recovery_code_used", _("A recovery code was used"), noticed))
