"""A set of people as SQL: hand-picked ids, or the query of a list with exceptions. The account and the actor's scope stand in its WHERE."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from usher.core.refusals import Refused
from usher.journal.names import figure

from .filters import cleaned, where

MOST_IDS = 10_000


def checked(subjects: Any) -> dict[str, Any]:
    """A selection as it is journaled: {"ids": [...]} or {"query": {...}, "except": [...]}. Refuses anything else."""
    if not isinstance(subjects, dict) or not (isinstance(subjects.get("ids"), list) or isinstance(subjects.get("query"), dict)):
        raise Refused("invalid", "no_selection", _("Choose somebody first."))
    try:
        ids = [str(UUID(str(i))) for i in subjects.get("ids", [])]
        but = [str(UUID(str(i))) for i in subjects.get("except", [])]
    except (TypeError, ValueError):
        raise Refused("invalid", "bad_id", _("One of the chosen people has no valid id.")) from None
    if "ids" in subjects:
        if not ids or len(ids) > MOST_IDS:
            raise Refused("invalid", "no_selection", _("Choose between 1 and %(most)s people.") % {"most": figure(MOST_IDS)})
        return {"ids": sorted(set(ids))}
    return {"query": cleaned(subjects["query"]), "except": sorted(set(but))}


def sql_of(subjects: Mapping[str, Any]) -> str:
    """`SELECT id` of the living people meant. Foreign and unknown ids select nobody: to this actor they do not exist."""
    if "ids" in subjects:
        # The narrow table says it all; planning a read of the wide one costs one person's change a fifth of its time.
        return "SELECT s.user_id AS id FROM people_standing s WHERE s.account_id = %(account)s AND s.status <> 'gone' AND s.user_id = ANY(%(sel_ids)s::uuid[])"
    clause, _ = where(subjects["query"])
    return f"""SELECT u.id FROM people_user u JOIN people_standing s ON s.user_id = u.id
               WHERE u.account_id = %(account)s AND u.left_at IS NULL AND {clause} AND NOT u.id = ANY(%(sel_except)s::uuid[])"""


def params_of(subjects: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of sql_of, `account` apart."""
    if "ids" in subjects:
        return {"sel_ids": subjects["ids"]}
    _, params = where(subjects["query"])
    return {**params, "sel_except": subjects.get("except", [])}
