"""The part through which content changes hands: of any number of people at once, in any verb that knows who leaves and who inherits."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.core.refusals import Refused
from usher.journal.verb import Part, reason, with_those_before
from usher.people.verbs.profile import name_of

# What a hand-over can be asked to move (S4-14, S4-15), each with its kinds of items.
MOVABLE = {
    "meetings": ("meeting",),
    "recordings_and_webinars": ("recording", "webinar"),
    "whiteboards_and_notes": ("whiteboard", "note"),
}

NO_HEIR = reason("no_heir", gettext_lazy("nobody is named to take it over"))
NO_MANAGER = reason("no_manager", gettext_lazy("its owner has no manager"))
HEIR_IS_OWNER = reason("heir_is_owner", gettext_lazy("is theirs already"))
HEIR_GONE = reason("heir_gone", gettext_lazy("the new owner is not here any more"))
HEIR_INACTIVE = reason("heir_inactive", gettext_lazy("the new owner is not active"))
HEIR_LEAVES = reason("heir_leaves", gettext_lazy("the new owner leaves as well"))
HEIR_CANNOT_HOST = reason("heir_cannot_host", gettext_lazy("the new owner is Unassigned and cannot host meetings"), "seat_free")
HEIR_NOT_LICENSED = reason("heir_not_licensed", gettext_lazy("the new owner is not Licensed, which cloud recordings need"), "seat_free")
HEIR_NO_WEBINAR = reason("heir_no_webinar", gettext_lazy("the new owner holds no Webinar seat"), "seat_free")
PERSONAL_ROOM = reason("personal_room", gettext_lazy("uses the personal meeting ID, which never moves"))
OVER = reason("over", gettext_lazy("is over already"))
OWNER_GONE = reason("owner_gone", gettext_lazy("whoever had it is not here any more"))


def kinds_of(movable: list[str]) -> list[str]:
    """The kinds of items that these names of MOVABLE mean."""
    return [kind for name in movable for kind in MOVABLE[name]]


def checked_kinds(wanted: Any) -> list[str]:
    """Names of MOVABLE in their own order. Refuses (invalid, kinds) anything else, and none at all."""
    if not isinstance(wanted, list | tuple) or not wanted or any(name not in MOVABLE for name in wanted):
        raise Refused("invalid", "kinds", _("Say what shall move: %(kinds)s.") % {"kinds": ", ".join(MOVABLE)}, field="kinds")
    return [name for name in MOVABLE if name in wanted]


def heir_lacks(heir: str, kind: str) -> str:
    """SQL: why the row of people_standing `heir` cannot have an item of this kind, or null (behaviour.md E: both need the same kind of license)."""
    return f"""CASE WHEN {heir}.user_id IS NULL OR {heir}.status = 'gone' THEN 'heir_gone' WHEN {heir}.status <> 'active' THEN 'heir_inactive'
      WHEN {kind} = 'meeting' AND {heir}.license = 'meetings:unassigned' THEN 'heir_cannot_host'
      WHEN {kind} = 'recording' AND {heir}.license NOT IN ('meetings:licensed', 'meetings:on_prem') THEN 'heir_not_licensed'
      WHEN {kind} = 'webinar' AND NOT EXISTS (SELECT 1 FROM licenses_seat a WHERE a.user_id = {heir}.user_id
           AND (starts_with(a.product, 'webinar:') OR starts_with(a.product, 'events:'))) THEN 'heir_no_webinar' END"""


class HandOver(Part):
    """Items go from each leaver to their heir. Parameter %(kinds)s: the kinds that move (kinds_of), an empty list leaves everything as it is.

    `leavers` makes, from the journaled parameters, a SELECT of (ord int, user_id uuid, heir uuid, why_not text): `ord` is the leaver's row in
    phase 0, `heir` may be null, `why_not` a reason why nothing of theirs moves. The phase asks again at its end for what arrived meanwhile:
    the SELECT must find the same people then, though they have left by the work of phase 0 (%(change)s is that Change, null in a preview).
    A verb with this part is never `is_one`: the short way knows one row, and refuses when that one is skipped.
    What is in the trash stays there. Skipped: personal rooms, what is over, and what the heir cannot have, each with its reason.
    """

    lock = ("content_standing", "item_id")
    asks_again = True
    beside = False  # too many for a line each; moves_of counts them

    def __init__(self, leavers: Callable[[Mapping[str, Any]], str]) -> None:
        self.leavers = leavers

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT l.ord AS subj, s.item_id AS obj, s.version,
                   jsonb_build_object('name', i.title, 'kind', s.kind, 'owner', {name_of("o")}, 'owner_id', s.owner_id) AS before,
                   jsonb_build_object('name', i.title, 'owner', {name_of("n")}, 'owner_id', l.heir) AS after,
                   CASE WHEN l.why_not IS NOT NULL THEN l.why_not WHEN i.occurs = 'personal' THEN 'personal_room'
                        WHEN s.kind IN ('meeting', 'webinar') AND i.occurs = 'once' AND i.starts_at + make_interval(secs => coalesce(i.seconds, 0)) < %(now)s THEN 'over'
                        WHEN l.heir IS NULL THEN 'no_heir' WHEN l.heir = s.owner_id THEN 'heir_is_owner' ELSE {heir_lacks("h", "s.kind")} END AS skip,
                   NULL::text AS takes, NULL::text AS gives
                   FROM ({self.leavers(params)}) l JOIN content_standing s ON s.account_id = %(account)s AND s.owner_id = l.user_id
                     AND s.kind = ANY(%(kinds)s::text[]) AND s.trashed_at IS NULL
                   JOIN content_item i ON i.id = s.item_id JOIN people_user o ON o.id = s.owner_id
                   LEFT JOIN people_standing h ON h.user_id = l.heir AND h.account_id = %(account)s LEFT JOIN people_user n ON n.id = h.user_id
                   ORDER BY l.ord, s.kind, s.item_id"""

    write = f"""did AS (UPDATE content_standing t SET owner_id = h.user_id, version = t.version + 1 FROM ok JOIN people_standing h
                ON h.user_id = (ok.after->>'owner_id')::uuid AND h.account_id = %(account)s
                WHERE t.item_id = ok.obj AND t.owner_id = (ok.before->>'owner_id')::uuid AND t.trashed_at IS NULL
                AND {heir_lacks("h", "t.kind")} IS NULL RETURNING t.item_id AS obj)"""

    def back(self, params: Mapping[str, Any]) -> str:
        """To whoever had it. Somebody who left by this very Change comes back with the same undo, so their items may come first; and who left by one that
        it went on with comes back with the undo of that one: their items wait for them."""
        return f"""SELECT NULL::int AS subj, e.obj, s.version, e.after AS before, e.before AS after,
                  CASE WHEN s.trashed_at IS NOT NULL OR s.owner_id IS DISTINCT FROM (e.after->>'owner_id')::uuid THEN 'changed'
                       WHEN (o.user_id IS NULL OR o.status = 'gone') AND NOT EXISTS (SELECT 1 FROM journal_effect l
                            WHERE l.change_id = ANY ({with_those_before("%(undoes)s")}) AND l.obj = o.user_id AND l.result = 'done') THEN 'owner_gone' END AS skip,
                  NULL::text AS takes, NULL::text AS gives
                  FROM journal_effect e LEFT JOIN content_standing s ON s.item_id = e.obj
                  LEFT JOIN people_standing o ON o.user_id = (e.before->>'owner_id')::uuid
                  WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done' ORDER BY e.obj"""

    back_write = """did AS (UPDATE content_standing t SET owner_id = (ok.after->>'owner_id')::uuid, version = t.version + 1 FROM ok
                    WHERE t.item_id = ok.obj AND t.owner_id = (ok.before->>'owner_id')::uuid AND t.trashed_at IS NULL RETURNING t.item_id AS obj)"""
