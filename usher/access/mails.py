"""The kinds of mail about second factors, registered at start: whoever did not do it learns of it (ASVS 6.3.7)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from usher.core import sql
from usher.mail.kinds import Kind, register

from .factor_verbs import in_words

NOTICE = """
SELECT m.id, a.name AS account, coalesce(nullif(u.language, ''), a.language) AS language, u.time_zone, u.first_name, u.email, false AS admin, m.created_at AS at, true AS alive,
  coalesce(m.params->>'what', '') AS what, coalesce(m.params->>'name', '') AS name
FROM mail_message m JOIN people_user u ON u.id = m.to_user JOIN accounts_account a ON a.id = m.account_id WHERE m.id = ANY(%(ids)s)"""


def noticed(messages: Sequence[Mapping[str, Any]]) -> dict[UUID, dict[str, Any]]:
    """Whose factor, and which: its words are lazy, made when the letter is written in its reader's language."""
    found = sql.rows(NOTICE, {"ids": [m["id"] for m in messages]})
    return {r["id"]: {**r, "what": in_words(r["what"], r["name"])} for r in found}


register(Kind("factor_added", _("A second factor was added"), noticed))
register(Kind("factor_removed", _("A second factor was removed"), noticed))
register(Kind("recovery_code_used", _("A recovery code was used"), noticed))
