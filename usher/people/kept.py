"""What somebody picked by hand in a list, too much for an address: kept for a day, and nobody else can use it.

Who asks for another's selection finds nobody in it, as with any foreign id.
"""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from usher.core import clock, sql
from usher.core.actor import Actor
from usher.core.ids import uuid7
from usher.core.refusals import Refused, not_found
from usher.journal.names import figure

KEPT_FOR = timedelta(days=1)
MOST = 200_000
MINE = "k.id = %(sel_kept)s::uuid AND k.account_id = %(account)s AND k.user_id = %(actor)s"
IDS = f"SELECT p.obj FROM people_selection k JOIN people_picked p ON p.selection_id = k.id WHERE {MINE}"


def keep(actor: Actor, ids: Iterable[UUID]) -> UUID:
    """A new selection of these ids; whether they exist is asked where it is used. Refused (forbidden) for who is no person."""
    if actor.user_id is None:
        raise Refused("forbidden", "no_person", _("Only people pick by hand."))
    kept = uuid7()
    with transaction.atomic():
        sql.execute(
            "INSERT INTO people_selection (id, account_id, user_id, changed_at) VALUES (%(id)s, %(a)s, %(u)s, %(now)s)",
            {"id": kept, "a": actor.account_id, "u": actor.user_id, "now": clock.now()},
        )
        change(actor, kept, add=ids)
    return kept


def change(actor: Actor, kept: UUID, *, add: Iterable[UUID] = (), drop: Iterable[UUID] = ()) -> int:
    """Pick more, or fewer; how many there are then. Refused (missing) when it is forgotten or somebody else's, (invalid) beyond MOST."""
    mine = {"sel_kept": kept, "account": actor.account_id, "actor": actor.user_id}
    with transaction.atomic():
        if not sql.execute(f"UPDATE people_selection k SET changed_at = %(now)s WHERE {MINE}", {**mine, "now": clock.now()}):
            raise not_found(_("This selection"))
        sql.execute("DELETE FROM people_picked WHERE selection_id = %(k)s AND obj = ANY (%(i)s)", {"k": kept, "i": list(drop)})
        sql.execute(
            "INSERT INTO people_picked (selection_id, obj) SELECT %(k)s, unnest(%(i)s::uuid[]) ON CONFLICT DO NOTHING",
            {"k": kept, "i": list(add)},
        )
        n = size(actor, kept)
        if n > MOST:
            raise Refused(
                "invalid", "too_many", _("At most %(most)s are picked by hand. Select all that match instead.") % {"most": figure(MOST)}
            )
    return n


def size(actor: Actor, kept: UUID) -> int:
    """How many were picked; none in a selection that is not the actor's."""
    return int(sql.value(f"SELECT count(*) FROM ({IDS}) i", {"sel_kept": kept, "account": actor.account_id, "actor": actor.user_id}))


def among(actor: Actor, kept: UUID, ids: list[UUID]) -> frozenset[UUID]:
    """Which of these were picked."""
    found = sql.rows(
        f"{IDS} AND p.obj = ANY (%(ids)s)", {"sel_kept": kept, "account": actor.account_id, "actor": actor.user_id, "ids": ids}
    )
    return frozenset(f["obj"] for f in found)


def sweep() -> int:
    """Forget what nobody has touched for a day; how many selections."""
    with transaction.atomic():
        old = [
            s["id"]
            for s in sql.rows(
                "SELECT id FROM people_selection WHERE changed_at < %(t)s ORDER BY changed_at LIMIT 1000 FOR UPDATE SKIP LOCKED",
                {"t": clock.now() - KEPT_FOR},
            )
        ]
        sql.execute("DELETE FROM people_picked WHERE selection_id = ANY (%(s)s)", {"s": old})
        return sql.execute("DELETE FROM people_selection WHERE id = ANY (%(s)s)", {"s": old})
