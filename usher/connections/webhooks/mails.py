"""The kinds of mail about webhooks, registered at start: an address that does not answer, and one that nothing is sent to any more."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from usher.core import sql
from usher.core.ids import short
from usher.mail.kinds import Kind, register

TOLD = """
SELECT m.id, a.name AS account, coalesce(nullif(u.language, ''), a.language) AS language, u.time_zone, u.first_name, u.email, s.role <> 'member' AS admin,
  w.id AS webhook, w.name, w.url AS url_there, w.failures, p.name AS app, w.id IS NOT NULL AND s.status = 'active' AS alive
FROM mail_message m JOIN people_user u ON u.id = m.to_user JOIN people_standing s ON s.user_id = u.id JOIN accounts_account a ON a.id = m.account_id
LEFT JOIN webhooks_subscription w ON w.id = (m.params->>'webhook')::uuid AND w.account_id = m.account_id LEFT JOIN access_app p ON p.id = w.app_id
WHERE m.id = ANY(%(ids)s)"""


def told(messages: Sequence[Mapping[str, Any]]) -> dict[UUID, dict[str, Any]]:
    """Which webhook, of which app, and how often it did not answer; not alive when it was deleted."""
    return {r["id"]: r for r in sql.rows(TOLD, {"ids": [m["id"] for m in messages]})}


def pages(messages: Sequence[Mapping[str, Any]]) -> dict[UUID, str]:
    """The webhook's page. It is no key: whoever opens it signs in."""
    return {m["id"]: f"{settings.BASE_URL}/account/webhooks/{short(UUID(m['params']['webhook']))}" for m in messages}


register(Kind("webhook_silent", _("A webhook of %(account)s does not answer"), told, pages))
register(Kind("webhook_off", _("A webhook of %(account)s was switched off"), told, pages))
