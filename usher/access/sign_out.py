"""The end of other people's sessions. For one's own see own.py."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy, ngettext

from usher.journal.names import figure
from usher.journal.verb import Part, reason, register
from usher.people import selection
from usher.people.of_people import OfPeople
from usher.people.rank import is_higher

NO_SESSIONS = reason("no_sessions", gettext_lazy("not active: they have no session"))


class Epoch(Part):
    """The access_epoch of each person: every session carries the number it was made with, and counts no more once it has moved on."""

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, s.user_id AS obj, s.version, jsonb_build_object('access_epoch', s.access_epoch) AS before,
                   jsonb_build_object('access_epoch', s.access_epoch + 1) AS after,
                   CASE WHEN {is_higher()} THEN 'higher_rank' WHEN s.status <> 'active' THEN 'no_sessions' END AS skip, NULL::text AS takes, NULL::text AS gives
                   FROM ({selection.sql_of(params["subjects"])}) who JOIN people_standing s ON s.user_id = who.id {selection.order_by(params["subjects"])}"""

    write = f"""did AS (UPDATE people_standing s SET access_epoch = s.access_epoch + 1, version = s.version + 1 FROM ok
                WHERE s.user_id = ok.obj AND s.status = 'active' AND s.access_epoch = (ok.before->>'access_epoch')::int AND NOT {is_higher()}
                RETURNING s.user_id AS obj)"""


@register
class SignOut(OfPeople):
    """End every session of each of a set of people, from their next request on (S4-3). They may sign in again.

    An admin does not sign out another admin or the owner (higher_rank, AUTHZ-05).
    """

    name = "access.sign_out"
    privilege = "people:user:manage"
    parts = (Epoch(),)
    undoable = False
    lost = gettext_lazy("Ended sessions do not come back; people sign in again.")
    by_rank = True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext("%(n)s\u00a0person will be signed out everywhere.", "%(n)s\u00a0people will be signed out everywhere.", will)
        return told % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = ngettext("%(n)s\u00a0person signed out everywhere", "%(n)s\u00a0people signed out everywhere", done)
        return told % {"n": figure(done)}
