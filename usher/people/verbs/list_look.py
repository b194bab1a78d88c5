"""How a list shall look for somebody: their own choice, kept with them."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from usher.core.actor import Actor
from usher.core.ids import uuid7
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.verb import Part, Verb, plan, register
from usher.people.looks import Look

from .own import OWN

KEY = re.compile(r"[a-z_-]{1,60}")
MOST_COLUMNS = 100


def choose_look(actor: Actor, listing: str, look: Look) -> None:
    """Keep how the actor wants this list."""
    own = replace(actor, privileges=frozenset({OWN}))
    params = {"listing": listing, "columns": list(look.columns), "tight": look.tight}
    engine.start(plan(own, ChooseLook.name, params), f"{ChooseLook.name}:{uuid7()}")


class LookOfList(Part):
    """The actor's own row of one list. Parameters: listing, columns, tight."""

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, s.user_id AS obj, s.version, now.before, now.after,
                  CASE WHEN now.before = now.after THEN 'already' END AS skip, NULL::text AS takes, NULL::text AS gives
                  FROM people_standing s LEFT JOIN people_listlook l ON l.user_id = s.user_id AND l.listing = %(listing)s
                  CROSS JOIN LATERAL (
                    SELECT jsonb_build_object('columns', coalesce(l.columns, '{}'::text[]), 'tight', coalesce(l.tight, false)) AS before,
                           jsonb_build_object('columns', %(columns)s::text[], 'tight', %(tight)s::boolean) AS after) now
                  WHERE s.account_id = %(account)s AND s.user_id = %(actor)s"""

    write = """did AS (INSERT INTO people_listlook (user_id, account_id, listing, columns, tight)
               SELECT ok.obj, %(account)s, %(listing)s, ARRAY(SELECT jsonb_array_elements_text(ok.after->'columns')), (ok.after->>'tight')::boolean FROM ok
               ON CONFLICT (user_id, listing) DO UPDATE SET columns = excluded.columns, tight = excluded.tight RETURNING user_id AS obj)"""


@register
class ChooseLook(Verb):
    """Choose the columns of a list and the height of its rows. Refuses (forbidden) who is no person, (invalid) what names no columns."""

    name = "people.choose_look"
    keeps_scope = True
    privilege = OWN
    parts = (LookOfList(),)
    undoable = False

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if actor.user_id is None:
            raise Refused("forbidden", "no_person", _("Only people have settings of their own."))
        listing, columns, tight = params.get("listing"), params.get("columns"), params.get("tight")
        if not isinstance(columns, list) or len(columns) > MOST_COLUMNS or not all(_is_key(k) for k in [listing, *columns]):
            raise Refused("invalid", "bad_columns", _("These are no columns of a list."), field="columns")
        return {"listing": listing, "columns": list(dict.fromkeys(columns)), "tight": bool(tight)}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("A list will show the columns you chose.")

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("Columns of a list were chosen")


def _is_key(text: Any) -> bool:
    return isinstance(text, str) and KEY.fullmatch(text) is not None
