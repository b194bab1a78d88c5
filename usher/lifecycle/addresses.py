"""Another address for somebody who is here: by hand for one person, by a file of pairs for many (behaviour.md A; R11; MAIL-06, MAIL-12).

The sign-in moves along, every session and link of the old address ends, and the old address gets a mail. Whoever is pending gets a new invitation.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.accounts.domains import DOMAIN_OF, MANAGED_HERE
from usher.core import sql
from usher.core.actor import Actor
from usher.core.address import NotAnAddress, parse
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.names import figure
from usher.journal.verb import Part, Plan, plan, reason, register
from usher.people import selection
from usher.people.of_people import OfPeople
from usher.people.rank import is_higher

from .models import Stage
from .parts import DAYS
from .update_people import staged

NAME = "lifecycle.change_address"
MOST_A_DAY = 3
NOT_MANAGED = reason("not_managed", gettext_lazy("the new address is not at a managed domain of this account"), refused=True)
NOT_FREE = reason("not_free", gettext_lazy("the new address is not free"), refused=True)
MOVES_TOO = reason(
    "moves_too", gettext_lazy("somebody has the new address who gets another one here: theirs first, then this one"), refused=True
)
NEW_TWICE = reason("new_twice", gettext_lazy("an earlier line gives this address to somebody else"), refused=True)
TOO_MANY_CHANGES = reason("too_many_changes", gettext_lazy("the address was changed three times within a day"), "later")

# Nobody here has it, and nobody else signs in with it. Both are refused alike: whether an address is known elsewhere is told to nobody (R11).
# Somebody pending has no sign-in yet, and may be asked to come with the one they have.
TAKEN = """(EXISTS (SELECT 1 FROM people_user o WHERE o.account_id = %(account)s AND o.canonical = {canonical} AND o.left_at IS NULL AND o.id <> {user}.id)
  OR {user}.login_id IS NOT NULL AND EXISTS (SELECT 1 FROM people_login o WHERE o.canonical = {canonical} AND o.id <> {user}.login_id))"""
MANAGED = f"{DOMAIN_OF} = ANY ({MANAGED_HERE})"
TODAY = f"""(SELECT count(*) FROM journal_effect e JOIN journal_change c ON c.id = e.change_id WHERE e.obj = {{user}}.id AND e.result = 'done'
  AND c.verb = '{NAME}' AND c.at > %(now)s::timestamptz - interval '24 hours')"""
OF_FILE = """SELECT l.id AS line_id, l.line, l.email, l.problem, l.field, l.said, l.places, l.more, a.id AS found, l.more->>'new_email' AS address,
  l.more->>'new_canonical' AS canonical FROM lifecycle_stagedline l
  LEFT JOIN people_user a ON l.problem IS NULL AND a.account_id = %(account)s AND a.canonical = l.canonical AND a.left_at IS NULL WHERE l.stage_id = %(sel_stage)s::uuid"""
OF_ONE = """SELECT a.id AS line_id, NULL::int AS line, a.email, NULL::text AS problem, '' AS field, '' AS said, NULL::jsonb AS places, NULL::jsonb AS more, a.id AS found,
  %(address)s::text AS address, %(canonical)s::text AS canonical FROM people_user a WHERE a.account_id = %(account)s AND a.id = ANY(%(sel_ids)s::uuid[])"""


class NewAddress(Part):
    """One row for each person. Parameters: subjects (a stage with pairs, or one id), address and canonical for the one."""

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, CASE WHEN x.nth = 1 AND x.problem IS NULL THEN coalesce(x.user_id, x.line_id) ELSE x.line_id END AS obj, x.version,
                   CASE WHEN x.skip IS NULL THEN jsonb_build_object('address', x.old, 'canonical', x.old_canonical) END AS before,
                   CASE WHEN x.skip IS NULL THEN jsonb_build_object('address', x.address, 'canonical', x.canonical, 'line', x.line)
                        ELSE jsonb_build_object('email', x.email, 'line', x.line, 'field', x.field, 'said', x.said, 'places', x.places) END AS after,
                   x.skip, NULL::text AS takes, NULL::text AS gives
                   FROM (SELECT y.*, CASE WHEN y.problem IS NOT NULL THEN y.problem WHEN y.user_id IS NULL THEN 'nobody_here' WHEN y.nth > 1 THEN 'twice'
                       WHEN y.canonical = y.old_canonical THEN 'already' WHEN y.higher THEN 'higher_rank' WHEN NOT y.managed THEN 'not_managed'
                       WHEN y.swaps THEN 'moves_too' WHEN y.taken THEN 'not_free'
                       WHEN y.nth_new > 1 THEN 'new_twice' WHEN y.today >= {MOST_A_DAY} THEN 'too_many_changes' END AS skip
                     FROM (WITH y AS MATERIALIZED (SELECT w.*, s.user_id, s.version, u.email AS old, u.canonical AS old_canonical, {is_higher()} AS higher,
                         {MANAGED.format(canonical="w.canonical")} AS managed, {TAKEN.format(canonical="w.canonical", user="u")} AS taken, {TODAY.format(user="u")} AS today,
                         row_number() OVER (PARTITION BY s.user_id, w.problem IS NULL ORDER BY w.line) AS nth,
                         row_number() OVER (PARTITION BY w.canonical, w.problem IS NULL ORDER BY w.line) AS nth_new
                       FROM ({OF_FILE if "stage" in params["subjects"] else OF_ONE}) w LEFT JOIN ({selection.sql_of(params["subjects"])}) who ON who.id = w.found
                       LEFT JOIN people_standing s ON s.user_id = who.id LEFT JOIN people_user u ON u.id = who.id) SELECT y.*,
                         coalesce(y.taken AND y.canonical IN (SELECT z.old_canonical FROM y z WHERE z.old_canonical IS NOT NULL), false) AS swaps FROM y) y) x
                   ORDER BY x.line, x.line_id"""

    # What happens to whoever is `fit` for it; an undo gives the old address back by the same.
    THEREFORE = f"""
did AS (UPDATE people_user t SET email = fit.after->>'address', canonical = fit.after->>'canonical' FROM fit WHERE t.id = fit.obj RETURNING t.id AS obj),
login AS (UPDATE people_login t SET email = fit.after->>'address', canonical = fit.after->>'canonical' FROM fit WHERE t.id = fit.login_id),
ended AS (UPDATE people_standing t SET access_epoch = t.access_epoch + 1, version = t.version + 1 FROM fit WHERE t.user_id = fit.obj),
shut AS (UPDATE access_link l SET used_at = %(now)s FROM fit WHERE l.login_id = fit.login_id AND l.used_at IS NULL),
unsent AS (UPDATE mail_message m SET state = 'cancelled' FROM fit WHERE m.to_user = fit.obj AND m.state = 'waiting'),
asked AS (UPDATE people_invitation i SET nonce = gen_random_uuid(), token_hash = NULL, invited_by = %(actor)s::uuid, sent_at = %(now)s,
    expires_at = %(now)s::timestamptz + interval '{DAYS} days' FROM fit WHERE i.user_id = fit.obj AND i.state = 'open' RETURNING i.user_id),
mail AS (INSERT INTO mail_message (id, account_id, kind, to_user, address, params, created_at, next_try)
  SELECT usher_uuid7(), %(account)s, CASE WHEN asked.user_id IS NOT NULL THEN 'invitation' ELSE 'address_changed' END, fit.obj,
         CASE WHEN asked.user_id IS NOT NULL THEN fit.after->>'address' ELSE fit.before->>'address' END,
         CASE WHEN asked.user_id IS NOT NULL THEN '{{}}'::jsonb ELSE jsonb_build_object('old', fit.before->>'address', 'new', fit.after->>'address') END, %(now)s, %(now)s
  FROM fit LEFT JOIN asked ON asked.user_id = fit.obj WHERE asked.user_id IS NOT NULL OR fit.status = 'active')"""
    FIT = f"""
fit AS MATERIALIZED (SELECT ok.obj, ok.before, ok.after, u.login_id, s.status FROM ok JOIN people_user u ON u.id = ok.obj AND u.left_at IS NULL
  JOIN people_standing s ON s.user_id = u.id WHERE u.email = ok.before->>'address' AND NOT {is_higher()}
  AND NOT {TAKEN.format(canonical="ok.after->>'canonical'", user="u")}"""
    write = f"""{FIT} AND {MANAGED.format(canonical="ok.after->>'canonical'")} AND {TODAY.format(user="u")} < {MOST_A_DAY}), {THEREFORE}"""
    back_write = f"{FIT}), {THEREFORE}"

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, s.version, e.after AS before, e.before AS after,
                   CASE WHEN u.left_at IS NOT NULL OR u.email <> e.after->>'address' THEN 'changed' WHEN {is_higher()} THEN 'higher_rank'
                        WHEN {TAKEN.format(canonical="e.before->>'canonical'", user="u")} THEN 'not_free' END AS skip, NULL::text AS takes, NULL::text AS gives
                   FROM journal_effect e JOIN people_user u ON u.id = e.obj JOIN people_standing s ON s.user_id = e.obj
                   WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done' ORDER BY e.ord"""


@register
class ChangeAddress(OfPeople):
    """Give somebody another address. Parameters: subjects (one id) and email; or stage, a file of pairs.

    Refuses, for one person or line by line: an address that is none, one outside of the account's managed domains (not_managed), one that is not free
    (not_free; R11), a fourth change within 24 hours (too_many_changes), and an admin who changes another admin (higher_rank; AUTHZ-05).
    """

    name = NAME
    keeps_scope = False  # it says of any address whether it is free
    privilege = "people:user:manage"
    parts = (NewAddress(),)
    by_rank = True
    tells_lines = True
    lost = gettext_lazy("Sessions that ended do not come back, and mails that were sent cannot be called back.")
    then = ("mail.deliver",)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        subjects = {"stage": str(params["stage"])} if "stage" in params else params.get("subjects")
        return super().check(actor, {**params, "subjects": subjects})

    def wish(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if "stage" in params:
            stage = staged(actor, params["stage"], "addresses")
            return {"stage": str(stage.id), "lines": stage.lines, "file": stage.filename}
        if len((params.get("subjects") or {}).get("ids", ())) != 1:
            raise Refused("invalid", "one_person", _("An address belongs to one person. Change them one by one, or by a file."))
        try:
            new = parse(str(params.get("email") or ""))
        except NotAnAddress as wrong:
            raise Refused("invalid", wrong.code, wrong.words, field="email") from None
        return {"email": new.shown, "canonical": new.canonical}

    def terms(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"address": params.get("email"), "canonical": params.get("canonical")}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return "stage" not in params

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext("%(n)s\u00a0person will have another address.", "%(n)s\u00a0people will have another address.", will)
        return told % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return ngettext("The address of %(n)s\u00a0person changed", "The addresses of %(n)s\u00a0people changed", done) % {
            "n": figure(done)
        }

    def undo_words(self, done: int) -> str:
        return _("The old addresses come back, if they are still free.")


def managed_domains(actor: Actor) -> list[str]:
    """The domains at which addresses of this account can be."""
    return list(sql.value(f"SELECT {MANAGED_HERE}", {"account": actor.account_id}))


def plan_addresses(actor: Actor, stage: Stage) -> Plan:
    """The plan of the new addresses of a stage."""
    return plan(actor, NAME, {"stage": str(stage.id)})


def change_address(actor: Actor, person: UUID, email: str, key: str) -> int | None:
    """Give one person another address; the number of the Change. Of two who want one address at once the second is refused (conflict, not_free)."""
    planned = plan(actor, NAME, {"subjects": {"ids": [str(person)]}, "email": email})
    return engine.start(planned, key).number
