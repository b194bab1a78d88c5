"""What the journal can tell: Changes, their outcome, their effects. Every read starts from the actor's account."""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from usher.core import sql
from usher.core.actor import Actor
from usher.core.privileges import all_names
from usher.core.refusals import Refused, not_found

from . import names
from .verb import ALREADY, KEPT_LATER, REASONS, VERBS, Plan, main_phase

COLUMNS = """c.id, c.number, c.account_id, c.verb, c.params, c.actor_kind, c.actor_id, c.actor_name, c.door, c.request_id, c.ip, c.cause, c.undoes, c.at,
             r.state, r.phase, r.ord, r.totals, r.counts, r.held, r.stop, r.beat, r.started_at, r.ended_at,
             (SELECT max(u.number) FROM journal_change u WHERE u.undoes = c.id) AS undone_by,
             EXISTS (SELECT 1 FROM journal_change u JOIN journal_run n ON n.change_id = u.id WHERE u.undoes = c.id
                     AND (n.state NOT IN ('running', 'done') AND NOT EXISTS (SELECT 1 FROM journal_change v WHERE v.undoes = c.id AND v.cause = u.id)
                          OR jsonb_path_exists(n.counts, '$.*.keyvalue() ? (@.key != "done" && @.value > 0)'))) AS undone_in_part"""
FROM = "FROM journal_change c LEFT JOIN journal_run r ON r.change_id = c.id"
CHANGE = f"SELECT {COLUMNS} {FROM}"
MOST_BESIDE = 20_000


@dataclass(frozen=True)
class Outcome:
    """What came of a Change. Counts are of people (or things); `reasons` name every skip; `left` is what is still to do."""

    done: int
    unchanged: int
    skipped: int
    failed: int
    refused: int
    left: int
    reasons: dict[str, int]
    state: str

    def as_counts(self, *, makes_new: bool) -> dict[str, int]:
        """The `counts` object of the command line (docs/guide/command-line.md)."""
        return {
            "new": self.done if makes_new else 0,
            "updated": 0 if makes_new else self.done,
            "unchanged": self.unchanged,
            "skipped": self.skipped,
            "failed": self.failed,
            "refused": self.refused,
        }


ONE = Outcome(done=1, unchanged=0, skipped=0, failed=0, refused=0, left=0, reasons={}, state="done")


def seen_by(actor: Actor, by: str = "c.actor_id") -> str:
    """What follows a WHERE so that whose role covers a part of the account sees only what they did themselves; empty for everybody else."""
    return f" AND {by} = '{actor.user_id}'::uuid" if actor.scope else ""


def change(actor: Actor, number: int) -> dict[str, Any]:
    """One Change of the actor's account by its number; Refused (missing) for any other."""
    found = (
        sql.row(f"{CHANGE} WHERE c.account_id = %(a)s AND c.number = %(n)s{seen_by(actor)}", {"a": actor.account_id, "n": number})
        if number < 2**63
        else None
    )
    if not found:
        raise not_found(_("This change"))
    return found


def changes(actor: Actor, *, before: int | None = None, limit: int = 50, running: bool = False) -> list[dict[str, Any]]:
    """The account's Changes, newest first, by keyset on the number."""
    where = "AND r.state = 'running'" if running else ""
    return sql.rows(
        f"{CHANGE} WHERE c.account_id = %(a)s AND c.number < %(b)s{seen_by(actor)} {where} ORDER BY c.number DESC LIMIT %(l)s",
        {"a": actor.account_id, "b": before or 2**62, "l": limit},
    )


def lately_by(actor: Actor, limit: int) -> list[dict[str, Any]]:
    """The people behind the account's last thousand changes, the busiest first, without those who only signed in: actor_id, actor_name."""
    return sql.rows(
        f"""SELECT actor_id, max(actor_name) AS actor_name FROM (SELECT actor_id, actor_name, door FROM journal_change c
           WHERE account_id = %(a)s{seen_by(actor)} ORDER BY number DESC LIMIT 1000) l
            WHERE actor_id IS NOT NULL AND door <> 'sign_in' GROUP BY actor_id ORDER BY count(*) DESC LIMIT %(l)s""",
        {"a": actor.account_id, "l": limit},
    )


def outcome(found: dict[str, Any]) -> Outcome:
    """The outcome of a Change row of this module: from its Run when it has one, else from its effects."""
    verb = VERBS.get(found["verb"])
    main = main_phase(verb, undoes=found["undoes"] is not None) if verb else 0
    counted: Counter[str] = Counter()
    if found["state"]:
        counted.update((found["counts"] or {}).get(str(main), {}))
    else:
        for e in sql.rows(
            "SELECT CASE WHEN result = 'done' THEN 'done' ELSE coalesce(reason, result) END AS fate, count(*)::int AS n FROM journal_effect "
            "WHERE change_id = %(c)s AND phase = %(p)s GROUP BY 1",
            {"c": found["id"], "p": main},
        ):
            counted[e["fate"]] += e["n"]
    unchanged_codes = verb.unchanged if verb else frozenset({"already"})
    reasons = {k: n for k, n in sorted(counted.items()) if k not in {"done", "failed"} and k not in unchanged_codes}
    refused = sum(n for k, n in reasons.items() if k in REASONS and REASONS[k].refused)
    total = found["totals"][main] if found["totals"] else sum(counted.values())
    return Outcome(
        done=counted["done"],
        unchanged=sum(counted[k] for k in unchanged_codes),
        skipped=sum(reasons.values()) - refused,
        failed=counted["failed"],
        refused=refused,
        left=max(0, total - sum(n for fate, n in counted.items() if fate != ALREADY)) if found["state"] else 0,
        reasons=reasons,
        state=found["state"] or "done",
    )


def in_short(found: dict[str, Any]) -> Outcome:
    """The same for many lines. A Change without a run was done to one object, or it would not be there: nothing is counted."""
    return outcome(found) if found["state"] else ONE


def sentence(found: dict[str, Any], done: int) -> str:
    """What this Change did, as a sentence."""
    return names.sentence(found["verb"], found["params"], done, undoes=found["undoes"] is not None)


def effects(
    found: dict[str, Any],
    *,
    result: str | None = None,
    phase: int | None = None,
    after: tuple[int, int] = (0, 0),
    limit: int = 50,
    of: list[UUID] | None = None,
    saying: str = "",
) -> list[dict[str, Any]]:
    """The effects of a Change row of this module, by keyset on (phase, ord); `result` is done, skipped or failed; "left" is all but done.

    `of` keeps those on these objects, by their index; `saying` those with this text in what was or became.
    """
    where = {"": "", "left": "AND result <> 'done'"}.get(result or "", "AND result = %(result)s")
    where += " AND phase = %(phase)s" if phase is not None else ""
    where += " AND obj = ANY(%(of)s)" if of is not None else ""
    where += (
        " AND position(usher_fold(%(say)s) IN usher_fold(coalesce(after::text, '') || coalesce(before::text, ''))) > 0" if saying else ""
    )
    return sql.rows(
        f"""SELECT phase, ord, obj, result, before, after, reason FROM journal_effect WHERE change_id = %(c)s AND (phase, ord) > (%(p)s, %(o)s) {where}
            ORDER BY phase, ord LIMIT %(l)s""",
        {"c": found["id"], "p": after[0], "o": after[1], "l": limit, "result": result, "phase": phase, "of": of, "say": saying},
    )


def beside(found: dict[str, Any], people: list[UUID], main: int) -> list[dict[str, Any]]:
    """What the other phases of a Change row did to these people: obj (the person), before, after. Nothing beyond MOST_BESIDE rows, which are read whole."""
    if sum(n for phase, n in enumerate(found["totals"] or []) if phase != main) > MOST_BESIDE or not people:
        return []
    return sql.rows(
        """SELECT coalesce(after->>'user', before->>'user', obj::text)::uuid AS obj, before, after FROM journal_effect
           WHERE change_id = %(c)s AND phase <> %(m)s AND result = 'done' AND coalesce(after->>'user', before->>'user', obj::text) = ANY(%(p)s) ORDER BY phase, ord""",
        {"c": found["id"], "m": main, "p": [str(person) for person in people]},
    )


def related(found: dict[str, Any], limit: int = 10) -> list[dict[str, Any]]:
    """The Changes tied to a Change row of this module: how (cause, undoes or led_to) and number. What undid it stands in the row itself."""
    return sql.rows(
        """SELECT 'cause' AS how, number FROM journal_change WHERE id = %(cause)s UNION ALL
           SELECT 'undoes', number FROM journal_change WHERE id = %(undoes)s UNION ALL
           (SELECT 'led_to', number FROM journal_change WHERE cause = %(c)s ORDER BY number LIMIT %(l)s)""",
        {"c": found["id"], "cause": found["cause"], "undoes": found["undoes"], "l": limit},
    )


def stopped_undo(found: dict[str, Any]) -> UUID | None:
    """The undo of a Change row of this module that was stopped and has something left to go on with; none when it has ended or still goes on."""
    left: UUID | None = sql.value(
        """SELECT c.id FROM journal_change c JOIN journal_run r ON r.change_id = c.id WHERE c.undoes = %(c)s AND c.number = %(n)s
           AND r.state = 'cancelled' AND EXISTS (SELECT 1 FROM journal_left l WHERE l.change_id = c.id)""",
        {"c": found["id"], "n": found["undone_by"]},
    )
    return left


def undone(found: dict[str, Any]) -> dict[str, Any]:
    """The Change row that an undo, a Change row of this module, takes back."""
    return sql.rows(f"{CHANGE} WHERE c.id = %(c)s", {"c": found["undoes"]})[0]


def has_left(found: dict[str, Any]) -> bool:
    """Whether a Change row of this module was stopped and it is known what it had not come to."""
    return bool(sql.value("SELECT EXISTS (SELECT 1 FROM journal_left WHERE change_id = %(c)s)", {"c": found["id"]}))


def later_left(found: dict[str, Any]) -> int:
    """How many rows of its later phases a Change row of this module, which was stopped, has still left of those it had come to."""
    return int(sql.value(f"SELECT count(*) FROM {KEPT_LATER} AND l.skip IS NULL", {"goes_on": found["id"]}))


def failed_lately(actor: Actor, days: int, limit: int = 3) -> list[dict[str, Any]]:
    """The account's runs of the last days of which a part failed, newest first, as rows of CHANGE."""
    return sql.rows(
        f"""{CHANGE} WHERE c.account_id = %(a)s AND r.account_id = %(a)s AND r.started_at > now() - make_interval(days => %(d)s)
            AND jsonb_path_exists(r.counts, '$.*.failed ? (@ > 0)'){seen_by(actor)} ORDER BY c.number DESC LIMIT %(l)s""",
        {"a": actor.account_id, "d": days, "l": limit},
    )


def own_work(actor: Actor, limit: int = 20) -> list[dict[str, Any]]:
    """The actor's own runs for the tray, as rows of CHANGE: what goes on now, ended in the last 12 seconds, or failed in part within the last day."""
    return sql.rows(
        f"""{CHANGE} WHERE r.account_id = %(a)s AND c.account_id = %(a)s AND c.actor_id = %(u)s AND r.started_at > now() - interval '7 days'
            AND (r.state = 'running' OR r.ended_at > now() - interval '12 seconds'
                 OR r.ended_at > now() - interval '1 day' AND jsonb_path_exists(r.counts, '$.*.failed ? (@ > 0)')) ORDER BY c.number DESC LIMIT %(l)s""",
        {"a": actor.account_id, "u": actor.user_id, "l": limit},
    )


def plan_of(found: dict[str, Any]) -> Plan:
    """The plan of a stored Change, for the worker that goes on with it. The right was asked when it was started."""
    if found["verb"] not in VERBS:
        words = _("This version of Usher does not know %(verb)s any more.") % {"verb": found["verb"]}
        raise Refused("conflict", "unknown_verb", words)
    actor = Actor(
        kind=found["actor_kind"],
        account_id=found["account_id"],
        name=found["actor_name"],
        privileges=all_names(),
        door=found["door"],
        user_id=found["actor_id"],
        role="owner",
        request_id=found["request_id"],
        ip=found["ip"],
    )
    return Plan(actor, VERBS[found["verb"]], found["params"], undoes=found["undoes"], cause=found["cause"])


def made_by(change: UUID | None) -> UUID:
    """What a Change made that made one thing."""
    return UUID(str(sql.value("SELECT obj FROM journal_effect WHERE change_id = %(c)s", {"c": change})))


def stalled(seconds: int = 8) -> list[UUID]:
    """Runs that nobody moved for so long: their worker died, or was never there."""
    return [
        r["change_id"]
        for r in sql.rows(
            "SELECT change_id FROM journal_run WHERE state = 'running' AND beat < now() - make_interval(secs => %(s)s) ORDER BY beat LIMIT 100",
            {"s": seconds},
        )
    ]
