"""Reading groups: their lists, one of them, and the default ones. A group of another account, or of the other kind, does not exist (404)."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import not_found

KINDS = ("user", "im")
# What a group of either kind is read and changed with.
AREA = {"user": "people:group", "im": "people:im_group"}


def default_of(kind: str) -> str:
    """SQL: the id of the default group of a kind, or null; who is added from now on is put into it (S0-62, S0-66)."""
    return f"(SELECT d.group_id FROM people_defaultgroup d WHERE d.account_id = %(account)s AND d.kind = '{kind}')"


def default_name(actor: Actor, kind: str) -> str:
    """The name of the default group of a kind; empty when there is none."""
    found: str | None = sql.value(
        f"SELECT g.name FROM people_group g WHERE g.account_id = %(account)s AND g.id = {default_of(kind)}", {"account": actor.account_id}
    )
    return found or ""


def group(actor: Actor, kind: str, id: UUID) -> dict[str, Any]:
    """One group: id, kind, name, created_at, is_default. Refused (missing) for one of another account or kind."""
    actor.require(f"{AREA[kind]}:view")
    found = sql.row(
        f"""SELECT g.id, g.kind, g.name, g.created_at, g.id IS NOT DISTINCT FROM {default_of(kind)} AS is_default
            FROM people_group g WHERE g.account_id = %(account)s AND g.kind = %(kind)s AND g.id = %(id)s""",
        {"account": actor.account_id, "kind": kind, "id": id},
    )
    if found is None:
        raise not_found(_("This group"))
    return found
