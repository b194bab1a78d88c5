"""What a process of its own does with people who move in the fault tests: `python -m tests.faults.moving WHAT JSON`, until it ends or is killed."""

import json
import sys
from typing import Any
from uuid import UUID

import django

NOTES, PAIRS = 100, 50


def main() -> None:
    django.setup()
    print(json.dumps({"did": WHAT[sys.argv[1]](**json.loads(sys.argv[2]))}))


def fill(names: list[str]) -> dict[str, Any]:
    """One company; people with accounts of their own, each with 200 items, 50 of them recordings of their own meetings, each invited with an add-on."""
    from tests.lifecycle.movers import on_their_own, with_items
    from tests.people_of import do, invite
    from usher.access.actors import operator
    from usher.core import sql
    from usher.lifecycle.open_account import open_account

    company, _ = open_account("Faults", "business", f"owner@{names[0]}.test")
    chief = operator(company)
    do(chief, "licenses.set_seats", {"product": "phone", "quantity": len(names)})
    made = []
    for name in names:
        mover = on_their_own(f"ida@{name}.test")
        items = [{"kind": "note", "title": f"Note {n}"} for n in range(NOTES)]
        items += [{"kind": "recording", "title": f"Meeting {n}"} for n in range(PAIRS)]
        items += [{"kind": "meeting", "title": f"Meeting {n}", "occurs": "recurring"} for n in range(PAIRS)]
        with_items(mover.account, mover.user, *items)
        sql.execute(
            """UPDATE content_item r SET meeting_id = m.id FROM content_item m WHERE r.kind = 'recording' AND m.kind = 'meeting' AND m.title = r.title
               AND r.account_id = %(a)s AND m.account_id = %(a)s""",
            {"a": mover.account},
        )
        (user,) = invite(chief, mover.email, add_ons=["phone"])
        made.append({"account": str(mover.account), "login": str(mover.login), "from_user": str(mover.user), "user": str(user)})
    return {"company": str(company), "movers": made}


def move(account: str, login: str, from_user: str, user: str, *, chunk: int = 0) -> str:
    """Accept, then go on with what runs, as a worker does; once more after a kill it goes on where it was."""
    from tests.people_of import link_of
    from usher.core import sql
    from usher.core.refusals import Refused
    from usher.journal import engine, run
    from usher.lifecycle import accept, transfer

    if chunk:
        engine.INLINE, engine.CHUNK_MIN, run.CHUNK_MIN, run.CHUNK_MAX = 0, chunk, chunk, chunk
    told, secret = "moved", link_of(UUID(user))
    try:
        transfer.accept(UUID(login), UUID(user), lambda: accept.look_up(UUID(user), secret))
    except Refused as no:
        told = no.code
    for running in sql.rows("SELECT change_id FROM journal_run WHERE state = 'running'"):
        while engine.step(running["change_id"]):
            pass
    return told


def verify() -> list[str]:
    from usher.journal.verify import verify as verified

    return [f"{i.id}: {found}" for i, found in verified() if found]


WHAT: dict[str, Any] = {f.__name__: f for f in (fill, move, verify)}

if __name__ == "__main__":
    main()
