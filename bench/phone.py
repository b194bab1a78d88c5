"""Phones: 10,000 people get one with extension, package and number; the list of 100,000; files of calls, and the account log of a million."""

import io
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from .figure import Figure, median, percentile, seconds
from .people import FIRST
from .phone_population import CALLS, PHONES, USES
from .population import SYLLABLES, fill
from .server import open_account, to_its_end

PROMISED = 0.5
PLAN = "calling:200"
# The rows that change, their audit rows as ours are (of one change, and as long) and the counts: nothing is planned, nothing skipped, and whose extension is
# whose is known before.
BARE = (
    """CREATE TEMP TABLE new ON COMMIT DROP AS SELECT u.id, u.email, 200000 + row_number() OVER (ORDER BY u.id) AS extension,
       row_number() OVER (ORDER BY u.id) AS n FROM people_user u WHERE u.id = ANY(%(u)s)""",
    """INSERT INTO licenses_seat (id, account_id, user_id, product, since) SELECT usher_uuid7(), %(a)s, id, p, now() FROM new, unnest(ARRAY['phone', 'calling:200']) p""",
    """INSERT INTO phone_user (id, account_id, user_id, extension, site_id) SELECT id, %(a)s, id, extension::text, (SELECT id FROM accounts_site WHERE account_id = %(a)s LIMIT 1) FROM new""",
    """UPDATE phone_number x SET holder_id = new.id, caller = true, since = now(), version = x.version + 1 FROM new
       JOIN (SELECT id, row_number() OVER (ORDER BY number) AS n FROM phone_number WHERE account_id = %(a)s AND holder_id IS NULL) f USING (n) WHERE x.id = f.id""",
    """INSERT INTO mail_message (id, account_id, kind, to_user, address, params, created_at, next_try) SELECT usher_uuid7(), %(a)s, 'phone', id, email, '{}', now(), now() FROM new""",
    """INSERT INTO bench_audit SELECT (SELECT usher_uuid7()), p, n, id, 'done', jsonb_build_object('name', email, 'email', email, 'extension', NULL),
       CASE p WHEN 0 THEN jsonb_build_object('name', email, 'phone_seats', 'calling:200 phone') ELSE jsonb_build_object('user', id, 'extension', extension::text,
         'site', 'Oslo', 'site_id', id, 'template_id', NULL, 'numbers', jsonb_build_array(extension::text), 'lost', '[]'::jsonb) END, NULL FROM new, generate_series(0, 1) p""",
    "UPDATE licenses_license SET used = used + (SELECT count(*) FROM new) WHERE account_id = %(a)s AND product IN ('phone', 'calling:200')",
)
CHOSEN = """SELECT s.user_id FROM people_standing s LEFT JOIN licenses_seat a ON a.user_id = s.user_id AND a.product = 'phone'
  WHERE s.account_id = %(a)s AND s.status = 'active' AND s.role = 'member' AND a.id IS NULL ORDER BY s.user_id LIMIT %(n)s"""


def run(people: int = 50_000, assigned: int = 10_000, phones: int = 100_000, calls: int = 1_000_000) -> list[Figure]:
    """Ours and bare in turn; what is only read is made by set statements."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_audit (LIKE journal_effect INCLUDING INDEXES)")
    return [*assigning(people, assigned), *many_phones(phones), *the_log(calls)]


def equipped(name: str, people: int, numbers: int) -> UUID:
    """People, a site with a range for all of them, seats and numbers."""
    from usher.access.actors import operator
    from usher.core import sql
    from usher.journal import engine
    from usher.journal.verb import plan

    account = open_account(name)
    fill(account, people, f"{name}.test")
    actor = operator(account)

    def do(verb: str, params: dict[str, Any]) -> None:
        to_its_end(engine.start(plan(actor, verb, params), f"{verb}:{len(str(params))}"))

    do("accounts.create_site", {"name": "Oslo"})
    site = str(sql.value("SELECT id FROM accounts_site WHERE account_id = %(a)s", {"a": account}))
    do("phone.set_site", {"site": site, "lowest": 200_000, "highest": 499_999, "country": "NO"})
    do("licenses.set_seats", {"product": "phone", "quantity": 2 * people})
    do("licenses.set_seats", {"product": PLAN, "quantity": 2 * people})
    sql.execute(
        """INSERT INTO phone_number (id, account_id, number, country, kind) SELECT usher_uuid7(), %(a)s, '+4722' || (100000 + n), 'NO', 'local'
           FROM generate_series(1, %(n)s) n""",
        {"a": account, "n": numbers},
    )
    sql.execute("ANALYZE phone_number")
    return account


def assigning(people: int, assigned: int, rounds: int = 3) -> list[Figure]:
    """Seat, package, extension, number and mail for each, with the plan page; taken away again between the rounds."""
    from usher.access.actors import operator
    from usher.core import sql
    from usher.journal import engine
    from usher.journal.plan import preview
    from usher.journal.undo import start_undo
    from usher.journal.verb import plan

    ours, theirs = (equipped(name, people, rounds * assigned) for name in ("ours", "bare"))
    actor, number = operator(ours), 0
    mine, others = ([r["user_id"] for r in sql.rows(CHOSEN, {"a": account, "n": rounds * assigned})] for account in (ours, theirs))

    def add(ids: list[UUID], key: str) -> None:
        nonlocal number
        wish = {"subjects": {"ids": [str(i) for i in ids]}, "package": PLAN, "numbers": "next"}
        planned = plan(actor, "phone.add", wish)
        number = to_its_end(engine.start(planned, key, digest=preview(planned).digest))

    def bare(ids: list[UUID]) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in BARE:
                cursor.execute(statement.replace("200000 +", f"{200_000 + done} +"), {"a": theirs, "u": ids})

    took, bare_took = [], []
    for nth in range(rounds):
        done = nth * assigned
        sql.execute("ANALYZE phone_user")  # as autovacuum would
        took.append(seconds(partial(add, mine[done : done + assigned], f"add:{nth}")))
        bare_took.append(seconds(partial(bare, others[done : done + assigned])))
    undone = seconds(lambda: to_its_end(start_undo(actor, number)))
    ratio = median(b / a for a, b in zip(took, bare_took, strict=True))
    told = f"{assigned:,} people get a phone with extension, package and number, with the plan page"
    return [
        Figure(told, f"{median(took):.2f} s", f"{median(bare_took):.2f} s", f"{ratio:.2f}", f">= {PROMISED}", ratio >= PROMISED),
        Figure("… undo of the last of them", f"{undone:.2f} s"),
    ]


def many_phones(phones: int) -> list[Figure]:
    """Users & Rooms: filters, sorts, both ends, searches."""
    from usher.access.actors import operator
    from usher.core import sql
    from usher.portal.listing import fetch
    from usher.portal.phone.lists import USERS
    from usher.portal.wish import Wish

    account = equipped("phones", int(phones * 1.2), 1)
    with connection.cursor() as cursor:
        for statement in (*PHONES, *USES):
            cursor.execute(statement, {"a": account, "n": phones})
        cursor.execute("VACUUM ANALYZE phone_user, phone_number, licenses_seat, licenses_usage")
    site = str(sql.value("SELECT id FROM accounts_site WHERE account_id = %(a)s", {"a": account}))
    filters: list[Mapping[str, tuple[str, ...]]] = [
        {},
        {"package": (PLAN,)},
        {"package": ("none",)},
        {"set_up": ("no",)},
        {"phone_site": (site,)},
        {"department": ("Department 7",)},
        {"phone_unused": ("30",)},
        {"phone_unused": ("never",)},
    ]
    wishes = [Wish(chosen=c, sort=s, down=d) for c in filters for s in ("name", "extension", "since") for d in (False, True)]
    draw = random.Random(7)
    searches = [
        draw.choice([draw.choice(FIRST), "".join(draw.choices(SYLLABLES, k=3)), str(draw.randrange(200_000, 300_000))]) for _ in range(100)
    ]
    key_page = f"SELECT {USERS.select} {USERS.source} AND u.id > %(id)s ORDER BY u.id LIMIT 50"
    ids = [r["id"] for r in sql.rows("SELECT id FROM phone_user WHERE account_id = %(a)s LIMIT 2000", {"a": account})]
    keyed = [seconds(lambda: sql.rows(key_page, {"account": account, "id": draw.choice(ids)})) for _ in searches]
    return figures_of(
        f"Users & Rooms with {phones:,} phones", USERS, operator(account), wishes, [Wish(q=q) for q in searches], keyed, fetch
    )


def the_log(calls: int) -> list[Figure]:
    """The account log: first page, filters, last page, searches; and how fast a file comes in."""
    from usher.access.actors import operator
    from usher.core import sql
    from usher.journal import engine
    from usher.journal.verb import plan
    from usher.phone.call_files import stage_calls
    from usher.portal.listing import fetch
    from usher.portal.phone.log import CALLS as LOG
    from usher.portal.wish import Wish

    account = equipped("log", 20_000, 1)
    actor = operator(account)
    with connection.cursor() as cursor:
        for statement in PHONES:
            cursor.execute(statement, {"a": account, "n": 10_000})
        for low in range(1, calls + 1, 100_000):
            cursor.execute(CALLS, {"a": account, "low": low, "high": min(low + 99_999, calls)})
        cursor.execute("VACUUM ANALYZE phone_user, phone_call")
    some = sql.rows("SELECT user_id::text AS id, site_id::text AS site FROM phone_call WHERE account_id = %(a)s LIMIT 1", {"a": account})[0]
    filters: list[Mapping[str, tuple[str, ...]]] = [
        {},
        {"direction": ("outbound",)},
        {"result": ("busy",)},
        {"result": ("missed", "voicemail")},
        {"site": (some["site"],)},
        {"person": (some["id"],)},
        {"from": ("2025-03-01",), "to": ("2025-03-07",)},
        {"direction": ("inbound",), "result": ("failed",)},
    ]
    draw = random.Random(7)
    searches = [
        draw.choice([draw.choice(FIRST), "".join(draw.choices(SYLLABLES, k=3)), f"4420{draw.randrange(10**6):06}", "44"]) for _ in range(60)
    ]
    key_page = f"SELECT {LOG.select} {LOG.source} AND c.id > %(id)s ORDER BY c.id LIMIT 50"
    ids = [
        r["id"] for r in sql.rows("SELECT id FROM phone_call TABLESAMPLE SYSTEM (1) WHERE account_id = %(a)s LIMIT 2000", {"a": account})
    ]
    keyed = [seconds(lambda: sql.rows(key_page, {"account": account, "id": draw.choice(ids)})) for _ in searches]
    wishes = [Wish(chosen=c, sort="at", down=d) for c in filters for d in (True, False)]
    read = figures_of(f"Account log of {calls:,} calls", LOG, actor, wishes, [Wish(q=q) for q in searches], keyed, fetch)

    lines, stage = 50_000, None

    def staged() -> None:
        nonlocal stage
        stage = stage_calls(actor, io.BytesIO(a_file(lines)), "calls.csv")

    read_in = seconds(staged)
    assert stage is not None
    planned = plan(actor, "phone.import_calls", {"file": str(stage.id)})
    taken = seconds(lambda: to_its_end(engine.start(planned, "calls")))
    told = f"usher phone calls import: {lines:,} lines read, and taken in"
    return [*read, Figure(told, f"{read_in:.1f} s + {taken:.1f} s", "", f"{lines / (read_in + taken):,.0f} lines a second")]


def a_file(lines: int) -> bytes:
    """Calls of the first thousand phones, to their extensions."""
    rows = [
        f"new-{n},{'inbound' if n % 2 else 'outbound'},+4420{n:08},{200_001 + n % 1000},{200_001 + n % 1000},2026-03-01T{n % 24:02}:00:00Z,{n % 900},answered"
        for n in range(lines)
    ]
    return "\n".join(["call_id,direction,from,to,user,started_at,seconds,result", *rows]).encode()


def figures_of(
    what: str, listing: Any, actor: Any, wishes: list[Any], searches: list[Any], keyed: list[float], fetch: Callable[..., Any]
) -> list[Figure]:
    """First page, last page and searches of a list, as the list of Users is measured."""
    first, last, most = [], [], 0
    for wish in wishes:
        with CaptureQueriesContext(connection) as asked:
            page = fetch(listing, actor, wish)
        most = max(most, len(asked))
        first.append(seconds(partial(fetch, listing, actor, wish)))
        opposite = fetch(listing, actor, replace(wish, down=not wish.down)).rows
        if page.after is not None and opposite:
            edge = opposite[min(49, len(opposite) - 1)]
            value = edge["sort_value"]
            at = replace(page.after, value=value.isoformat() if hasattr(value, "isoformat") else value, id=edge["sort_id"])
            last.append(seconds(partial(fetch, listing, actor, replace(wish, cursor=at))))
    found = [seconds(partial(fetch, listing, actor, wish)) for wish in searches]
    ends, ratio = median(last) / median(first), percentile(found, 0.99) / percentile(keyed, 0.99)
    return [
        Figure(f"{what}: {len(first)} filters and sorts, first page p50 (p99)", _ms(first), "", "", f"{most} statements", most <= 15),
        Figure("… last page", _ms(last), _ms(first), f"{ends:.2f} x", "about 1 x", ends < 2),
        Figure(f"… {len(found)} searches, p50 (p99), against a page by primary key", _ms(found), _ms(keyed), f"p99 {ratio:.1f} x"),
    ]


def _ms(times: list[float]) -> str:
    return f"{median(times) * 1000:.1f} ({percentile(times, 0.99) * 1000:.0f}) ms"
