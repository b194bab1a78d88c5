"""What a verb is made of. A Part gives SQL and belongs to one area; the engine (engine.py) runs it and knows no product word.

The SELECT of a part names these columns, in the order in which the rows are to be done:

    subj    int    the ord of the person's row in phase 0, when this row depends on it
    obj     uuid   the object, never null: somebody new has an id from the moment the line was staged
    version int    of the object, or null for one yet to be made; it goes into the digest
    before  jsonb  what it is now; the write is guarded by it
    after   jsonb  what it will be
    skip    text   a reason code, or null for a row that will be done
    takes   text   a seat: product, or product@pending; several with a blank between
    gives   text   likewise

Every part finds these parameters: %(account)s, %(actor)s (user id or null), %(now)s, %(change)s, the verb's own, and for an undo %(undoes)s, %(of_phase)s.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.core.actor import Actor

COLUMNS = "subj, obj, version, before, after, skip, takes, gives"
# The SELECT of a part that has rows on the way back only; whoever does one thing passes it by.
NO_ROWS = """SELECT NULL::int AS subj, NULL::uuid AS obj, NULL::int AS version, NULL::jsonb AS before, NULL::jsonb AS after,
             NULL::text AS skip, NULL::text AS takes, NULL::text AS gives WHERE false"""
NO_SEATS = "NULL::text AS takes, NULL::text AS gives"  # in the rows of a part that moves none
# The rows r of an undo that goes on with one that was stopped, its cause: what that one had not come to.
UNDO_LEFT = "JOIN journal_left l ON l.change_id = %(goes_on)s AND l.phase = %(last)s - %(of_phase)s AND l.obj = r.obj"


def with_those_before(change: str) -> str:
    """SQL: the ids of a Change, which is given as an expression, and of those it went on with, as an array."""
    return f"""ARRAY(WITH RECURSIVE g AS (SELECT c.id, c.cause, c.params FROM journal_change c WHERE c.id = {change}
      UNION ALL SELECT c.id, c.cause, c.params FROM g JOIN journal_change c ON c.id = g.cause AND g.params->'subjects'->>'rest_of' = g.cause::text)
      SELECT g.id FROM g)"""


# The rows l of later phases that a stopped change kept of those it had come to: none of them once it was undone, because they are back as they were,
# and none that was done since by a change that went on with it.
KEPT_LATER = f"""journal_left l WHERE l.change_id = %(goes_on)s AND l.version IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM journal_change u WHERE u.undoes = ANY ({with_those_before("%(goes_on)s")}))
  AND NOT EXISTS (SELECT 1 FROM journal_change x JOIN journal_effect e ON e.change_id = x.id
                  WHERE x.cause = %(goes_on)s AND e.phase = l.phase AND e.result = 'done' AND e.obj = l.obj)"""
KEPT = f"""SELECT NULL::int AS subj, l.obj, l.version, l.before, l.after, l.skip, l.takes, l.gives FROM {KEPT_LATER} AND l.phase = %(of_phase)s
           AND NOT EXISTS (SELECT 1 FROM fresh f WHERE f.obj = l.obj) ORDER BY l.ord"""
DONE = "e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done'"  # the effects e that an undo takes back


class Part:
    """One phase of a verb. `lock` names the table and key whose rows a chunk locks in id order before it writes; empty for rows yet to be made.

    `locked` is the key in terms of a row's columns: the object itself, or whoever it belongs to, when everybody locks that one first.
    """

    lock: tuple[str, str] | None = None
    locked: str = "obj"
    beside: ClassVar[bool] = True  # its rows are told beside those of the people they belong to
    asks_again: ClassVar[bool] = False  # at the end of its phase a run asks `rows` once more, for what arrived meanwhile
    became: ClassVar[str] = (
        "c.after"  # what a done row (c, with its row d of `did`) is told to have become; some only know it when they write
    )
    write: str = ""
    back_write: str = ""

    def rows(self, params: Mapping[str, Any]) -> str:
        """The SELECT of this part."""
        raise NotImplementedError

    def writes(self, params: Mapping[str, Any]) -> str:
        """What writes the rows: `write`, unless the parameters say where more about them is to be found."""
        return self.write

    def back(self, params: Mapping[str, Any]) -> str:
        """The SELECT of the rows that undo this part, from its done effects. `skip` says what was changed since and is left alone."""
        raise NotImplementedError


@dataclass(frozen=True)
class Reason:
    """Why a row was left alone. `words` complete "Skipped: 12 …"; retry tells when another try may help.

    A row may name what it is about after a colon (`role:Help desk`); then the words have a place for it, %(name)s.
    """

    code: str
    words: str | Promise
    retry: str = "never"  # never | seat_free | later
    refused: bool = False  # the request itself was wrong there, as against somebody passed over


REASONS: dict[str, Reason] = {}


def reason(code: str, words: str | Promise, retry: str = "never", *, refused: bool = False) -> str:
    """Register a skip reason at import, its words lazily translated; returns its code. One code has one meaning: naming it twice is an error."""
    if code in REASONS:
        raise ValueError(f"two reasons are named {code}")
    REASONS[code] = Reason(code, words, retry, refused)
    return code


def words_of(code: str) -> str:
    """The words of a reason; an unknown code speaks for itself. What follows the first colon of a code is a name that its words have a place for."""
    kind, _colon, name = code.partition(":")
    words = str(REASONS[kind].words) if kind in REASONS else code
    return words % {"name": name} if name and kind in REASONS else words


ALREADY = reason("already", gettext_lazy("already so"))
CHANGED = reason("changed", gettext_lazy("changed meanwhile"), "later")
NO_SEAT = reason("no_seat", gettext_lazy("no seat free"), "seat_free")
SUBJECT = reason("subject", gettext_lazy("the person was skipped"))


class Verb:
    """One thing that can be done to a set. Instances register themselves by name; an unknown name is an error at import.

    Words are made when they are read, in the language of the reader, from the journaled parameters: nothing translated is ever stored.
    """

    name: ClassVar[str]
    privilege: ClassVar[str]
    parts: ClassVar[tuple[Part, ...]]
    main: ClassVar[int] = 0  # the part whose rows are the people (or things) that headlines and counts speak of
    unchanged: ClassVar[frozenset[str]] = frozenset({ALREADY})  # reasons that mean "as wanted", counted apart
    makes_new: ClassVar[bool] = False  # what is done are new objects, not changed ones
    undoable: ClassVar[bool] = True
    undo_privilege: ClassVar[str] = (
        ""  # what its undo asks for, where that is another: what people do to what is their own, others take back
    )
    for_good: ClassVar[bool] = (
        False  # something is gone afterwards that nobody can bring back: a fresh sign-in, and its number or name is typed
    )
    lost: ClassVar[str | Promise] = ""  # what undo cannot bring back, as a sentence
    queues: ClassVar[bool] = (
        False  # who finds no seat may wait for one: the main part's rows are people, each with one seat, or `waiting` plans it
    )
    then: ClassVar[tuple[str, ...]] = ()  # jobs to defer with the end of the change: without arguments and without locks
    keeps_scope: ClassVar[bool] = False  # touches only whom its selection names, or the actor: open to who covers a part of the account

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        """Parameters as they will be journaled, or Refused. Privileges beyond `privilege` are asked here."""
        return params

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Further parameters for the parts' SQL, made from the journaled ones."""
        return dict(params)

    def check_undo(self, actor: Actor, change: Mapping[str, Any]) -> None:
        """Refuse what this actor may not take back, beyond the verb's privilege. `change` is a row of reads.change."""
        actor.require_everybody()

    def select(self, part: Part, actor: Actor, params: Mapping[str, Any]) -> str:
        """The SELECT of a part as this actor's plan reads it: where what holds for every part of a verb is said once."""
        return part.rows(params)

    def waiting(self, params: dict[str, Any]) -> dict[str, Any]:
        """The parameters with which whoever finds no seat waits for one; the same where the engine queues the rows that found none."""
        return params

    def is_one(self, params: Mapping[str, Any]) -> bool:
        """Whether the subjects are exactly one object by construction: then the short way is taken."""
        return len(params.get("subjects", {}).get("ids", ())) == 1

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        """One sentence for the plan page: what will be, in words and numbers."""
        raise NotImplementedError

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        """One sentence in the past tense for Activity and results."""
        raise NotImplementedError

    def why_no_undo(self, change: Mapping[str, Any]) -> str:
        """Why a Change that has ended, a row of reads.change, cannot be taken back by now, as a sentence; empty when it can."""
        return ""

    def undo_words(self, done: int) -> str:
        """What the undo button promises."""
        return _("Everything goes back as it was, unless it was changed since.")


def main_phase(verb: Verb, *, undoes: bool) -> int:
    """The phase of a verb's main part; an undo runs the parts backwards."""
    return len(verb.parts) - 1 - verb.main if undoes else verb.main


VERBS: dict[str, Verb] = {}


def register(verb: type[Verb]) -> type[Verb]:
    """Class decorator: the verb can be found by its name from then on."""
    if verb.name in VERBS:
        raise ValueError(f"two verbs are named {verb.name}")
    VERBS[verb.name] = verb()
    return verb


@dataclass(frozen=True)
class Plan:
    """A verb with its actor and parameters, checked; nothing is written yet. `undoes` makes it the reverse of a Change; with a `cause` it goes on
    with an undo that was stopped. Whose subjects are the rest of its cause goes on with a change that was stopped."""

    actor: Actor
    verb: Verb
    params: dict[str, Any]
    undoes: UUID | None = None
    cause: UUID | None = None

    def phases(self) -> list[tuple[int, Part, int]]:
        """(phase, part, index of the part); an undo runs the same parts backwards."""
        order = list(range(len(self.verb.parts)))
        if self.undoes:
            order.reverse()
        return [(phase, self.verb.parts[i], i) for phase, i in enumerate(order)]

    @property
    def main(self) -> int:
        """The phase whose rows are counted."""
        return main_phase(self.verb, undoes=self.undoes is not None)

    def waiting(self) -> "Plan":
        """The same with everybody waiting who finds no seat."""
        return replace(self, params=self.verb.waiting(self.params))

    @property
    def goes_on(self) -> bool:
        """Whether what a stopped change had left of its later phases is done with it. Whose role covers a part of the account does not know whose that is."""
        subjects = self.params.get("subjects", {})
        return self.undoes is None and self.cause is not None and subjects.get("rest_of") == str(self.cause) and "within" not in subjects

    def select(self, part: Part) -> str:
        if not self.undoes:
            rows = self.verb.select(part, self.actor, self.params)
            return f"WITH fresh AS MATERIALIZED ({rows}) SELECT {COLUMNS} FROM fresh UNION ALL ({KEPT})" if self.goes_on else rows
        back = part.back(self.params)
        return back if self.cause is None else f"SELECT r.* FROM ({back}) r {UNDO_LEFT} ORDER BY l.ord"

    def write(self, part: Part) -> str:
        return part.back_write if self.undoes else part.writes(self.params)


gates: list[Callable[[Actor, str], None]] = []  # what else a right may need, such as a plan that has it; registered at start


def require(actor: Actor, verb: Verb) -> None:
    """Refuse (forbidden) without the verb's privilege, or what a gate finds missing, and (scope) what goes beyond people to whose role covers a part of the account."""
    _require(actor, verb, verb.privilege)


def require_undo(actor: Actor, verb: Verb) -> None:
    """The same for taking back what the verb does."""
    _require(actor, verb, verb.undo_privilege or verb.privilege)


def _require(actor: Actor, verb: Verb, privilege: str) -> None:
    actor.require(privilege)
    for gate in gates:
        gate(actor, privilege)
    if not verb.keeps_scope:
        actor.require_everybody()


def plan(actor: Actor, name: str, params: dict[str, Any], *, cause: UUID | None = None) -> Plan:
    """A checked plan of a verb. Refuses (forbidden) without the verb's privilege: this is the one place that asks for it."""
    verb = VERBS[name]
    require(actor, verb)
    return Plan(actor, verb, verb.check(actor, params), cause=cause)
