"""A set of people as SQL; the account and the actor's scope stand in its WHERE. One shape for every face, as it is journaled:

    {"ids": [...]}                            hand-picked
    {"kept": id}                              hand-picked, more than an address takes: a selection of the actor (kept.py)
    {"query": {...}, "except": [...]}         whoever a list's query finds, but not these
    {"query": {...}, "except_kept": id}       the same with more exceptions than an address takes
    {"stage": id}                             whoever the addresses (or employee ids) of a file or a typed list name (lifecycle/staging.py)
    {"left_by": id}                           whoever a change left out for a reason that may have passed, or failed at
    {"rest_of": id}                           whoever stood in the plan of a change that was stopped before it came to them

Each may name an `order`.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.core.actor import Actor
from usher.core.ids import canonical
from usher.core.refusals import Refused
from usher.journal.names import figure
from usher.journal.verb import REASONS, reason

from . import kept
from .filters import cleaned, where
from .scope import covered_by

NOBODY = reason("nobody_here", gettext_lazy("nobody here has this address"), refused=True)
MOST_IDS = 10_000
# In which order the people of a set are done; with a minus backwards, empty by their id: who was added first. It decides who finds a seat.
ORDERS = {
    "name": "u.name_key",
    "email": "u.canonical",
    "department": "u.department",
    "created": "u.created_at",
    "last_sign_in": "s.last_sign_in",
}


LEFT = """SELECT e.obj FROM journal_effect e WHERE e.change_id = %(sel_left)s::uuid
          AND (e.result = 'failed' OR e.result = 'skipped' AND e.reason = ANY(%(sel_passing)s::text[]))"""
STAGED = """SELECT p.id FROM lifecycle_stagedline l JOIN lifecycle_stage g ON g.id = l.stage_id AND g.account_id = %(account)s
            JOIN people_user p ON p.account_id = %(account)s AND p.canonical = l.canonical AND p.left_at IS NULL
            WHERE l.stage_id = %(sel_stage)s::uuid AND l.problem IS NULL
            UNION ALL SELECT p.id FROM lifecycle_stagedline l JOIN lifecycle_stage g ON g.id = l.stage_id AND g.account_id = %(account)s
            JOIN people_user p ON p.account_id = %(account)s AND p.employee_id <> '' AND p.employee_id = l.more->>'employee_id' AND p.left_at IS NULL
            WHERE l.stage_id = %(sel_stage)s::uuid AND l.problem IS NULL AND l.canonical IS NULL"""
PICKED = {
    "ids": "s.user_id = ANY(%(sel_ids)s::uuid[])",
    "kept": f"s.user_id IN ({kept.IDS})",
    "stage": f"s.user_id IN ({STAGED})",
    "left_by": f"s.user_id IN ({LEFT})",
    "rest_of": "s.user_id IN (SELECT l.obj FROM journal_left l WHERE l.change_id = %(sel_rest)s::uuid AND l.version IS NULL)",
}


def checked(actor: Actor, subjects: Any) -> dict[str, Any]:
    """A selection as it is journaled: with `within`, whoever's scope it stays in, when the actor's role covers a part of the account only.

    Refuses what has none of its shapes.
    """
    return {**_checked(subjects), **({"within": str(actor.user_id)} if actor.scope else {})}


def _checked(subjects: Any) -> dict[str, Any]:
    shapes = (("ids", list), ("query", dict), ("kept", str), ("stage", str), ("left_by", str), ("rest_of", str))
    if not isinstance(subjects, dict) or not any(key in subjects and isinstance(subjects[key], shape) for key, shape in shapes):
        raise Refused("invalid", "no_selection", _("Choose somebody first."))
    try:
        ids = [canonical(str(i)) for i in subjects.get("ids", [])]
        but = [str(UUID(str(i))) for i in subjects.get("except", [])]
        kept_ids = {key: str(UUID(str(subjects[key]))) for key in ("kept", "except_kept", "stage", "left_by", "rest_of") if key in subjects}
    except (TypeError, ValueError):
        raise Refused("invalid", "bad_id", _("One of the chosen people has no valid id.")) from None
    order = {"order": str(subjects["order"])} if subjects.get("order") else {}
    if order and order["order"].removeprefix("-") not in ORDERS:
        raise Refused("invalid", "bad_order", _("There is no such order."))
    if "ids" in subjects:
        if not ids or len(ids) > MOST_IDS:
            raise Refused("invalid", "no_selection", _("Choose between 1 and %(most)s people.") % {"most": figure(MOST_IDS)})
        return {"ids": sorted(set(ids)), **(order if len(set(ids)) > 1 else {})}
    if "query" in subjects:
        return {"query": cleaned(subjects["query"]), "except": sorted(set(but)), **kept_ids, **order}
    return {**kept_ids, **order}


def sql_of(subjects: Mapping[str, Any]) -> str:
    """`SELECT id` of the living people meant, with their `place` when there is an order. Foreign and unknown ids select nobody: to this actor they
    do not exist."""
    place = f", {ORDERS[subjects['order'].removeprefix('-')]} AS place" if subjects.get("order") else ""
    rest = f" AND s.user_id IN {covered_by(subjects['within'])}{_own_file(subjects)}" if "within" in subjects else ""
    if "ids" in subjects and not place:
        # The narrow table says it all; planning a read of the wide one costs one person's change a fifth of its time.
        return f"SELECT s.user_id AS id FROM people_standing s WHERE s.account_id = %(account)s AND s.status <> 'gone' AND {PICKED['ids']}{rest}"
    if "query" not in subjects:
        return f"""SELECT s.user_id AS id{place} FROM people_standing s JOIN people_user u ON u.id = s.user_id
                   WHERE s.account_id = %(account)s AND s.status <> 'gone' AND {PICKED[next(shape for shape in PICKED if shape in subjects)]}{rest}"""
    clause, _ = where(subjects["query"])
    but = f" AND NOT s.user_id IN ({kept.IDS})" if "except_kept" in subjects else ""
    but += f" AND NOT s.user_id = ANY(%(sel_except)s::uuid[]){rest}"
    if "u." not in clause + place:  # who is here is known in the narrow table, too (invariant I3-standing)
        return f"SELECT s.user_id AS id FROM people_standing s WHERE s.account_id = %(account)s AND s.status <> 'gone' AND {clause}{but}"
    return f"""SELECT u.id{place} FROM people_user u JOIN people_standing s ON s.user_id = u.id
               WHERE u.account_id = %(account)s AND u.left_at IS NULL AND {clause}{but}"""


def _own_file(subjects: Mapping[str, Any]) -> str:
    """Whose role covers a part of the account goes by the files they gave themselves: in another's stand people who do not exist for them (AUTHZ-11)."""
    if not {"stage", "within"} <= subjects.keys():
        return ""
    return f" AND EXISTS (SELECT 1 FROM lifecycle_stage o WHERE o.id = %(sel_stage)s::uuid AND o.user_id = '{UUID(subjects['within'])}')"


def order_by(subjects: Mapping[str, Any]) -> str:
    """The ORDER BY of a part that reads `sql_of` as `who` and people_standing as `s`."""
    order = subjects.get("order", "")
    return f"ORDER BY who.place{' DESC' if order.startswith('-') else ''} NULLS LAST, s.user_id" if order else "ORDER BY s.user_id"


def strangers(subjects: Mapping[str, Any]) -> str:
    """What follows the rows of a part about the people of a file: its lines that name nobody here, or somebody again, as rows that are refused. No line is
    passed over in silence. Empty for any other selection."""
    if "stage" not in subjects:
        return ""
    unseen = f" OR coalesce(u.id, v.id) NOT IN {covered_by(subjects['within'])}" if "within" in subjects else ""
    return f"""UNION ALL SELECT NULL, l.id, 0, jsonb_build_object('name', l.named, 'email', l.named, 'line', l.line), NULL, l.why, NULL, NULL FROM (
      SELECT x.id, x.line, coalesce(nullif(x.email, ''), x.more->>'employee_id') AS named,
        coalesce(x.problem, CASE WHEN row_number() OVER (PARTITION BY coalesce(u.id, v.id, x.id) ORDER BY x.line) > 1 THEN 'twice'
          WHEN coalesce(u.id, v.id) IS NULL{unseen} THEN '{NOBODY}' END) AS why
      FROM lifecycle_stagedline x JOIN lifecycle_stage g ON g.id = x.stage_id AND g.account_id = %(account)s
      LEFT JOIN people_user u ON u.account_id = %(account)s AND u.canonical = x.canonical AND u.left_at IS NULL
      LEFT JOIN people_user v ON x.canonical IS NULL AND v.account_id = %(account)s AND v.employee_id = x.more->>'employee_id' AND v.employee_id <> ''
        AND v.left_at IS NULL
      WHERE x.stage_id = %(sel_stage)s::uuid{_own_file(subjects)}) l WHERE l.why IS NOT NULL"""


def params_of(subjects: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of sql_of, `account` and `actor` apart."""
    if "ids" in subjects:
        return {"sel_ids": f"{{{','.join(subjects['ids'])}}}"}  # as one text: a list is quoted id by id, each time it is sent
    if "kept" in subjects:
        return {"sel_kept": subjects["kept"]}
    if "stage" in subjects:
        return {"sel_stage": subjects["stage"]}
    if "left_by" in subjects:
        return {"sel_left": subjects["left_by"], "sel_passing": passing()}
    if "rest_of" in subjects:
        return {"sel_rest": subjects["rest_of"]}
    _, params = where(subjects["query"])
    return {**params, "sel_except": subjects.get("except", []), "sel_kept": subjects.get("except_kept")}


def passing() -> list[str]:
    """The reasons that may have passed: another try may help."""
    return sorted(code for code, reason in REASONS.items() if reason.retry != "never")
