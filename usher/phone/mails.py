"""The mail about a phone: its extension and where its settings are (S3-19, S3-35)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from usher.core import sql
from usher.mail.kinds import Kind, register

Row = Mapping[str, Any]
PHONE = """
SELECT m.id, a.name AS account, coalesce(nullif(u.language, ''), a.language) AS language, u.time_zone, u.first_name, u.email, false AS admin, h.extension,
  (SELECT coalesce(array_agg(n.number ORDER BY n.number), '{}') FROM phone_number n WHERE n.holder_id = h.id) AS numbers,
  u.login_id IS NOT NULL AND s.status = 'active' AND coalesce(h.state = 'active' AND h.deactivated_at IS NULL, false)
    AND NOT EXISTS (SELECT 1 FROM mail_message x WHERE x.to_user = m.to_user AND x.kind = m.kind AND x.id > m.id) AS alive
FROM mail_message m JOIN people_user u ON u.id = m.to_user JOIN people_standing s ON s.user_id = u.id JOIN accounts_account a ON a.id = m.account_id
LEFT JOIN phone_user h ON h.id = m.to_user WHERE m.id = ANY(%(ids)s)"""


def given(messages: Sequence[Row]) -> dict[UUID, dict[str, Any]]:
    """The extension and the numbers of each; a mail that a newer one replaced, whose phone is gone or deactivated, or as whom nobody signs in, is not alive."""
    return {r["id"]: r for r in sql.rows(PHONE, {"ids": [m["id"] for m in messages]})}


def own_settings(messages: Sequence[Row]) -> dict[UUID, str]:
    """Where the person's own phone settings are. It is no key: whoever opens it signs in."""
    return {m["id"]: f"{settings.BASE_URL}/me/phone" for m in messages}


register(Kind("phone", _("Your extension at %(account)s is %(extension)s"), given, own_settings))
