"""What a process of its own does with content in the fault tests: `python -m tests.faults.handing_over WHAT JSON`, until it ends or is killed."""

import io
import json
import sys
from typing import Any
from uuid import UUID

import django

ITEMS, ROOMS = 200, 5


def main() -> None:
    django.setup()
    print(json.dumps({"did": WHAT[sys.argv[1]](**json.loads(sys.argv[2]))}))


def fill(domains: list[str]) -> list[dict[str, str]]:
    """Accounts, each with two Licensed people, the first of whom has 200 items, five of them in the personal room."""
    from tests.people_of import accept_invitation, do, invite, one
    from usher.access.actors import operator
    from usher.lifecycle.open_account import open_account

    made = []
    for domain in domains:
        account, _ = open_account("Faults", "business", f"owner@{domain}")
        chief = operator(account)
        do(chief, "licenses.set_seats", {"product": "meetings:licensed", "quantity": 5})
        leaver, heir = invite(chief, f"leaver@{domain}", f"heir@{domain}", license="meetings:licensed")
        accept_invitation(leaver)
        accept_invitation(heir)
        do(chief, "access.set_role", {"role": "admin", "subjects": one(heir)})
        kinds = ("recording", "note", "whiteboard", "meeting")
        items = [{"owner": str(leaver), "kind": kinds[n % 4], "title": f"Item {n}"} for n in range(ITEMS - ROOMS)]
        items += [{"owner": str(leaver), "kind": "meeting", "title": f"Room {n}", "occurs": "personal"} for n in range(ROOMS)]
        do(chief, "content.create", {"items": items})
        made.append({"account": str(account), "leaver": str(leaver), "heir": str(heir)})
    return made


def hand_over(account: str, leaver: str, heir: str, *, chunk: int = 0, stop_after: int = 0) -> str:
    """The whole content under one key, to its end or until it was stopped; with `chunk` as a run of that many items at a time."""
    from usher.content.parts import MOVABLE

    wish = {"owners": {"ids": [leaver]}, "heir": heir, "kinds": list(MOVABLE)}
    return _run(account, "content.hand_over", wish, chunk, stop_after)


def leave(account: str, leaver: str, heir: str, *, chunk: int = 0, stop_after: int = 0) -> str:
    """The same in a deactivation."""
    from usher.content.parts import MOVABLE

    wish = {"subjects": {"ids": [leaver]}, "content": {"kinds": list(MOVABLE), "heir": heir}}
    return _run(account, "lifecycle.deactivate", wish, chunk, stop_after)


def _run(account: str, verb: str, wish: dict[str, Any], chunk: int, stop_after: int) -> str:
    from usher.access.actors import operator
    from usher.journal import engine, run
    from usher.journal.verb import plan

    if chunk:
        engine.INLINE, engine.CHUNK_MIN, run.CHUNK_MIN, run.CHUNK_MAX = 0, chunk, chunk, chunk
    started = engine.start(plan(operator(UUID(account)), verb, wish), "leave")
    assert started.change_id
    done = 0
    while engine.step(started.change_id):
        done += 1
        if done == stop_after:
            engine.cancel(UUID(account), started.change_id)
    return f"C-{started.number}"


def undo(account: str) -> str:
    from usher.access.actors import operator
    from usher.core import sql
    from usher.journal import engine
    from usher.journal.undo import start_undo

    number = sql.value("SELECT number FROM journal_change WHERE account_id = %(a)s AND key = 'leave'", {"a": account})
    started = start_undo(operator(UUID(account)), number)
    while started.change_id and engine.step(started.change_id):
        pass
    return str(started.number)


def upload(account: str, owner: str) -> str:
    from usher.access.actors import operator
    from usher.content.uploading import upload as sent

    return str(sent(operator(UUID(account)), io.BytesIO(b"film"), "film.mp4", 4, {"owner": owner, "title": "Film"}, "film").number)


def deactivate_and_knock(account: str, bases: list[str], rounds: int) -> list[list[int]]:
    """So many people, each with a session that every web process has just served, are deactivated one by one; what each process answers them next."""
    from django.conf import settings
    from django.contrib.sessions.backends.db import SessionStore

    from tests.harness import get
    from tests.people_of import accept_invitation, crowd, do, one
    from usher.access import sessions
    from usher.access.actors import EPOCH_KEY, USER_KEY, operator
    from usher.core import sql

    chief, answers = operator(UUID(account)), []
    for person in crowd(chief, rounds):
        accept_invitation(person)
        epoch = sql.value("SELECT access_epoch FROM people_standing WHERE user_id = %(u)s", {"u": person})
        session = SessionStore()
        session.create()
        session[USER_KEY], session[EPOCH_KEY] = str(person), epoch
        sessions.begin(session, person, epoch, {"REMOTE_ADDR": "127.0.0.1"})
        session.save()
        knock = [
            lambda base=base, key=session.session_key: get(f"{base}/me", cookie=f"{settings.SESSION_COOKIE_NAME}={key}")[0]
            for base in bases
        ]
        before = [ask() for ask in knock]
        do(chief, "lifecycle.deactivate", {"subjects": one(person)})
        answers.append(before + [ask() for ask in knock])
    return answers


def verify() -> list[str]:
    from usher.journal.verify import verify as verified

    return [f"{i.id}: {found}" for i, found in verified() if found]


WHAT: dict[str, Any] = {f.__name__: f for f in (fill, hand_over, leave, deactivate_and_knock, undo, upload, verify)}

if __name__ == "__main__":
    main()
