"""A leaver with 100,000 items: all of them change hands in chunks, against one bare UPDATE and one INSERT of a journal row each (issue 4: 10,000 items a second)."""

from uuid import UUID

from django.db import connection, transaction

from .figure import Figure, median, seconds
from .server import open_account, to_its_end

PROMISED = 10_000  # items a second
KINDS = "(ARRAY['meeting','recording','whiteboard','note','recording'])[1 + n %% 5]"
ITEMS = f"""
WITH made AS (INSERT INTO content_item (id, account_id, kind, title, occurs, starts_at, seconds, size, created_at)
  SELECT usher_uuid7(), %(account)s, kind, 'Weekly review of project ' || n, CASE WHEN kind = 'meeting' THEN 'recurring' ELSE '' END, now(), 3600,
         CASE WHEN kind = 'recording' THEN 100000000 END, now() FROM (SELECT n, {KINDS} AS kind FROM generate_series(1, %(items)s) n) k RETURNING id, kind)
INSERT INTO content_standing (item_id, account_id, owner_id, kind, version) SELECT id, %(account)s, %(owner)s, kind, 1 FROM made"""
BARE = """
WITH old AS (SELECT s.item_id, i.title, s.owner_id FROM content_standing s JOIN content_item i ON i.id = s.item_id WHERE s.account_id = %(account)s AND s.owner_id = %(owner)s),
  did AS (UPDATE content_standing t SET owner_id = %(heir)s, version = t.version + 1 FROM old WHERE t.item_id = old.item_id RETURNING t.item_id, old.title, old.owner_id)
INSERT INTO bench_audit SELECT gen_random_uuid(), 0, row_number() OVER (), item_id, 'done', jsonb_build_object('name', title, 'owner_id', owner_id),
  jsonb_build_object('name', title, 'owner_id', %(heir)s::uuid), NULL FROM did"""


def run(items: int = 100_000, rounds: int = 4) -> list[Figure]:
    """To and fro between two people; one account ours, one bare, in turn. Undo is timed once."""
    from usher.access.actors import operator
    from usher.content.parts import MOVABLE
    from usher.journal import engine
    from usher.journal.plan import preview
    from usher.journal.undo import start_undo
    from usher.journal.verb import plan

    ours, theirs = two_people("ours", items), two_people("bare", items)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_audit (LIKE journal_effect INCLUDING INDEXES)")
    actor = operator(ours[0])
    number = 0

    def move(leaver: UUID, heir: UUID) -> None:
        nonlocal number
        wish = {"owners": {"ids": [str(leaver)]}, "heir": str(heir), "kinds": list(MOVABLE)}
        planned = plan(actor, "content.hand_over", wish)
        started = engine.start(planned, f"handover:{number}", digest=preview(planned).digest)
        number = to_its_end(started)

    def bare(leaver: UUID, heir: UUID) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(BARE, {"account": theirs[0], "owner": leaver, "heir": heir})

    mine, bares = [], []
    for n in range(rounds):
        ends = slice(1, None) if n % 2 == 0 else slice(None, 0, -1)
        mine.append(seconds(lambda ends=ends: move(*ours[ends])))
        bares.append(seconds(lambda ends=ends: bare(*theirs[ends])))
    back = seconds(lambda: to_its_end(start_undo(actor, number)))
    rate = items / median(mine)
    return [
        Figure(
            f"hand-over of {items:,} items, with the plan page",
            f"{rate:,.0f} a second",
            f"{items / median(bares):,.0f} a second",
            f"{median(m / b for m, b in zip(mine, bares, strict=True)):.2f} x the time",
            f"{PROMISED:,} a second",
            rate >= PROMISED,
        ),
        Figure("… undo of it", f"{items / back:,.0f} a second"),
    ]


def two_people(name: str, items: int) -> tuple[UUID, UUID, UUID]:
    """An account, its owner with that many items, and a Licensed heir."""
    from usher.access.actors import operator
    from usher.journal import engine
    from usher.journal.verb import plan

    account = open_account(name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT user_id FROM people_standing WHERE account_id = %s", [account])
        (owner,) = cursor.fetchone()
        cursor.execute(
            """WITH u AS (INSERT INTO people_user (id, account_id, email, canonical, created_at) VALUES (usher_uuid7(), %(a)s, %(m)s, %(m)s, now()) RETURNING id)
               INSERT INTO people_standing (user_id, account_id, status, license, role, access_epoch, version)
               SELECT id, %(a)s, 'active', 'meetings:basic', 'member', 1, 1 FROM u RETURNING user_id""",
            {"a": account, "m": f"heir@{name}.test"},
        )
        (heir,) = cursor.fetchone()
        cursor.execute("UPDATE people_standing SET status = 'active' WHERE user_id = %s", [owner])
        cursor.execute("UPDATE licenses_license SET used = 2, pending = 0 WHERE account_id = %s AND product = 'meetings:basic'", [account])
    everybody = {"license": "meetings:licensed", "subjects": {"query": {}, "except": []}}
    engine.start(plan(operator(account), "licenses.change_license", everybody), f"bench:{name}")
    with connection.cursor() as cursor:
        cursor.execute(ITEMS, {"account": account, "owner": owner, "items": items})
        cursor.execute("VACUUM ANALYZE content_item")
        cursor.execute("VACUUM ANALYZE content_standing")
    return account, owner, heir
