"""When, from where and by what means somebody came in, for an administrator to read."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from usher.core import sql
from usher.core.actor import Actor

EVER = datetime(9999, 1, 1, tzinfo=UTC)


def sign_ins_of(actor: Actor, user: UUID, *, before: datetime | None = None, limit: int = 50) -> list[dict[str, Any]]:
    """at, means, ip and agent, newest first, by keyset on the moment. A person of another account has none (TENANT-01)."""
    actor.require("people:user:view")
    return sql.rows(
        """SELECT i.at, i.means, i.ip, i.agent FROM people_signin i JOIN people_user u ON u.id = i.user_id
           WHERE u.account_id = %(a)s AND i.user_id = %(u)s AND i.at < %(b)s ORDER BY i.at DESC LIMIT %(l)s""",
        {"a": actor.account_id, "u": user, "b": before or EVER, "l": limit},
    )
