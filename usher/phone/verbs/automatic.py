"""Phone for whoever a Change gave a Licensed seat, in an account that wants it so (S1-24, S1-25)."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.core.actor import Actor
from usher.journal.names import figure
from usher.journal.verb import Part, register
from usher.licenses.catalog import LICENSED, PHONE
from usher.licenses.seats import PENDING_SUFFIX, AddOnGiven
from usher.licenses.verbs import terms_of
from usher.people import marks
from usher.phone.parts import IN_TRASH, NAME
from usher.phone.verbs.keeping_up import OfTheClock

# Who holds Licensed since that Change; the order is its own, so that with too few seats those who were first there are first here.
SINCE_THEN = f"""SELECT e.obj AS id, min(e.ord) AS ord FROM journal_effect e WHERE e.change_id = %(of)s::uuid AND e.result = 'done'
  AND e.after->>'license' = '{LICENSED}' AND e.before->>'license' IS DISTINCT FROM '{LICENSED}' GROUP BY 1"""


class PhoneToo(AddOnGiven):
    """A seat of Phone for each of them. Parameters: of, the Change; and those of the add-on Phone."""

    def rows(self, params: Mapping[str, Any]) -> str:
        rows = f"""SELECT NULL::int AS subj, s.user_id AS obj, s.version, jsonb_build_object('name', {NAME}, 'email', u.email, 'add_on', NULL) AS before,
                   jsonb_build_object('add_on', %(add_on)s::text) AS after,
                   CASE WHEN a.user_id IS NOT NULL OR s.license IS DISTINCT FROM '{LICENSED}' THEN 'already' WHEN s.status NOT IN ('active', 'pending') THEN 'inactive'
                        WHEN h.state = 'trash' THEN '{IN_TRASH}' END AS skip, %(add_on)s::text || {PENDING_SUFFIX} AS takes, NULL::text AS gives
                   FROM ({SINCE_THEN}) who JOIN people_standing s ON s.user_id = who.id AND s.account_id = %(account)s JOIN people_user u ON u.id = s.user_id
                   LEFT JOIN licenses_seat a ON a.user_id = s.user_id AND a.product = %(add_on)s LEFT JOIN phone_user h ON h.id = s.user_id ORDER BY who.ord, s.user_id"""
        return marks.sparing(rows, "obj")


@register
class AssignAutomatically(OfTheClock):
    """Give Phone to whoever a Change made Licensed, as long as seats are free (automatic phone assignment). Parameter: of, the Change, which is its cause.

    Skipped: whoever finds no seat (no_seat), whose phone is in the trash (phone_in_trash), whom nothing touches. Only the clock does it (forbidden, clock_only).
    """

    name = "phone.assign_automatically"
    parts: ClassVar[tuple[Part, ...]] = (PhoneToo(),)
    undoable = True
    then = ("phone.hurry",)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        return {**super().check(actor, params), "of": str(UUID(str(params["of"])))}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {**params, **terms_of(PHONE)}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return ngettext("%(n)s\u00a0person gets Phone too.", "%(n)s\u00a0people get Phone too.", will) % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = ngettext("%(n)s\u00a0person got Phone with their license", "%(n)s\u00a0people got Phone with their license", done)
        return told % {"n": figure(done)}

    def undo_words(self, done: int) -> str:
        return _("Phone is taken back; the licenses stay.")
