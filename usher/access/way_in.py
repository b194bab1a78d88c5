"""Who may come in: a person found by address and password, or by the login a link belongs to. Sign-ins and failures are written down here."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, check_password
from django.db import transaction

from usher.core import clock, sql
from usher.core.actor import Actor
from usher.core.address import NotAnAddress, parse

from . import throttle
from .origin import neighborhood
from .throttle import PASSWORD_ADDRESS, PASSWORD_HERE, PASSWORD_ORIGIN

LONGEST_PASSWORD = 256
KNOWN_DAYS = 90  # an origin counts as known for so long after a sign-in from it

# The epoch is read before the password is checked: whatever ends sessions meanwhile ends this one too.
PERSON = """SELECT l.id AS login_id, l.password, u.id AS user_id, u.account_id, s.status, s.access_epoch AS epoch FROM people_login l
            LEFT JOIN people_user u ON u.login_id = l.id AND u.left_at IS NULL LEFT JOIN people_standing s ON s.user_id = u.id"""


@dataclass(frozen=True)
class Person:
    """Somebody who has shown who they are. Without `user_id` the login belongs to no account; only `active` ones may go on."""

    login_id: UUID
    user_id: UUID | None
    account_id: UUID | None
    status: str | None
    epoch: int | None


def by_password(email: str, password: str, ip: str) -> Person | None:
    """Who has this address and password, else None, after the same work for an unknown address as for a wrong password (SECRET-03).

    Refused (later, too_many) beyond the limits, before the password is looked at (DOS-02).
    """
    canonical = canonical_of(email)
    counts = [(PASSWORD_HERE, f"{canonical}|{neighborhood(ip)}"), (PASSWORD_ORIGIN, neighborhood(ip)), (PASSWORD_ADDRESS, canonical)]
    exceeded = throttle.count(*counts)
    if PASSWORD_ADDRESS in exceeded and _is_known(canonical, ip):
        del exceeded[PASSWORD_ADDRESS]  # DOS-03: strangers who fail must not lock out a person where they usually are
    if exceeded:
        _failed(canonical, ip, "too_many")
    throttle.refuse_beyond(exceeded)
    found = sql.row(f"{PERSON} WHERE l.canonical = %(c)s", {"c": canonical})
    if not check_password(password[:LONGEST_PASSWORD], found["password"] if found else UNUSABLE_PASSWORD_PREFIX) or found is None:
        _failed(canonical, ip, "wrong_password")
        return None
    throttle.forget(counts[0])
    throttle.give_back(*counts[1:])
    return _person(found)


def by_login(login: UUID) -> Person | None:
    """The person of a login that a link was made for."""
    found = sql.row(f"{PERSON} WHERE l.id = %(l)s", {"l": login})
    return _person(found) if found else None


def by_user(user: UUID) -> Person | None:
    """The person as they are now, to go on after a verb has moved their epoch."""
    found = sql.row(f"{PERSON} WHERE u.id = %(u)s", {"u": user})
    return _person(found) if found else None


def canonical_of(email: str) -> str:
    """The canonical form of what somebody typed; what is no address keeps its shape and belongs to nobody (MAIL-03)."""
    try:
        return parse(email).canonical
    except NotAnAddress:
        return email.replace("\x00", "")[:200].encode(errors="replace").decode() + "\n"


def came_in(user: UUID, means: str, ip: str, agent: str) -> None:
    """Write a sign-in down. The date in the list moves at most once in three days (behaviour.md A)."""
    sql.execute(
        """WITH seen AS (INSERT INTO people_signin (account_id, user_id, at, means, ip, agent)
             SELECT u.account_id, u.id, %(now)s, %(means)s, %(ip)s, %(agent)s FROM people_user u WHERE u.id = %(u)s)
           UPDATE people_standing SET last_sign_in = %(now)s WHERE user_id = %(u)s
           AND (last_sign_in IS NULL OR last_sign_in < %(now)s::timestamptz - interval '3 days')""",
        {"u": user, "now": clock.now(), "means": means, "ip": ip, "agent": printable(agent)},
    )


def went_out(actor: Actor) -> None:
    """Write down that somebody ended their session."""
    sql.execute(
        "INSERT INTO people_signout (account_id, user_id, at, ip) VALUES (%(a)s, %(u)s, %(now)s, %(ip)s)",
        {"a": actor.account_id, "u": actor.user_id, "now": clock.now(), "ip": actor.ip},
    )


def recent(actor: Actor, limit: int = 5) -> list[dict[str, Any]]:
    """The actor's own last sign-ins: at, means, ip."""
    return sql.rows(
        "SELECT at, means, ip FROM people_signin WHERE user_id = %(u)s ORDER BY at DESC LIMIT %(n)s", {"u": actor.user_id, "n": limit}
    )


def failed_login(login: UUID, ip: str, code: str) -> None:
    """A try to pass the second step that failed, noted like a wrong password."""
    _failed(str(sql.value("SELECT canonical FROM people_login WHERE id = %(l)s", {"l": login})), ip, code)


def _failed(canonical: str, ip: str, code: str) -> None:
    """A grouped denial when the person is known (AUDIT-02); for an unknown address a counter of equal cost, and no wait for the disk, so that
    neither answers later than the other (SECRET-03)."""
    with transaction.atomic():
        sql.execute("SET LOCAL synchronous_commit = off")
        sql.execute(
            """WITH who AS MATERIALIZED (SELECT u.account_id, u.id, u.email FROM people_login l JOIN people_user u ON u.login_id = l.id AND u.left_at IS NULL
                 WHERE l.canonical = %(c)s),
               nobody AS (INSERT INTO access_throttle AS t (key, window_ends, tries) SELECT 'nobody|' || %(ip)s, now() + interval '1 day', 1
                 WHERE NOT EXISTS (SELECT 1 FROM who) ON CONFLICT (key) DO UPDATE SET tries = t.tries + 1)
               INSERT INTO journal_denial (account_id, day, actor_id, actor_name, door, verb, code, times, first_at, last_at, ip)
               SELECT account_id, (now() AT TIME ZONE 'UTC')::date, id, email, 'sign_in', 'access.sign_in', %(code)s, 1, now(), now(), %(ip)s FROM who
               ON CONFLICT ON CONSTRAINT denial_group DO UPDATE SET times = journal_denial.times + 1, last_at = now(), ip = excluded.ip""",
            {"c": canonical, "ip": ip, "code": code},
        )


def _is_known(canonical: str, ip: str) -> bool:
    return bool(
        sql.value(
            """SELECT true FROM people_login l JOIN people_user u ON u.login_id = l.id AND u.left_at IS NULL JOIN people_signin i ON i.user_id = u.id
               WHERE l.canonical = %(c)s AND i.ip = %(ip)s AND i.at > %(now)s::timestamptz - make_interval(days => %(d)s) LIMIT 1""",
            {"c": canonical, "ip": ip, "now": clock.now(), "d": KNOWN_DAYS},
        )
    )


def _person(found: dict[str, Any]) -> Person:
    return Person(found["login_id"], found["user_id"], found["account_id"], found["status"], found["epoch"])


def printable(agent: str) -> str:
    """What a browser says it is, as one line that can be shown."""
    return "".join(c for c in agent[:400] if c.isprintable()).encode(errors="ignore").decode()[:200]
