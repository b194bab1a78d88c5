"""Status and license in a narrow table of their own, or as columns of the wide one: a mass change and the lists on both (decision 0003)."""

from django.db import connection

from .figure import Figure, median, seconds
from .population import fill
from .server import open_account

WIDE = """
CREATE TABLE bench_wide (LIKE people_user INCLUDING ALL);
ALTER TABLE bench_wide ADD status text, ADD license text, ADD version int;
INSERT INTO bench_wide ({columns}, status, license, version) SELECT {wide}, s.status, s.license, s.version FROM people_user u JOIN people_standing s ON s.user_id = u.id;
CREATE INDEX ON bench_wide (account_id, status, id);
CREATE INDEX ON bench_wide (account_id, license, id);
VACUUM ANALYZE bench_wide
"""
SOME = "SELECT user_id FROM people_standing WHERE status = 'active' AND license = 'meetings:basic' ORDER BY user_id OFFSET {low} LIMIT {n}"
LISTS = {
    "by name": "ORDER BY u.name_key, u.id LIMIT 50",
    "one license, by name": "AND {hot}.license = 'meetings:licensed' ORDER BY u.name_key, u.id LIMIT 50",
    "rare license, by name": "AND {hot}.license = 'meetings:on_prem' ORDER BY u.name_key, u.id LIMIT 50",
    "search and license": "AND u.search LIKE '%%12345%%' AND {hot}.license = 'meetings:basic' ORDER BY u.name_key, u.id LIMIT 50",
}


def run(people: int = 300_000, changed: int = 20_000) -> list[Figure]:
    """Ours is the narrow table, bare is the wide one."""
    account = open_account("big")
    fill(account, people, "big.test")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'people_user' AND is_generated = 'NEVER' AND table_schema = 'public'"
        )
        columns = [c for (c,) in cursor.fetchall()]
        for statement in WIDE.format(columns=", ".join(columns), wide=", ".join(f"u.{c}" for c in columns)).split(";"):
            cursor.execute(statement)

        def change(table: str, key: str, low: int) -> float:
            some = SOME.format(low=low, n=changed)
            return seconds(
                lambda: cursor.execute(
                    f"UPDATE {table} t SET license = 'meetings:on_prem', version = version + 1 FROM ({some}) x WHERE t.{key} = x.user_id"
                )
            )

        def look(ending: str, *, wide: bool) -> float:
            source = "bench_wide u" if wide else "people_user u JOIN people_standing s ON s.user_id = u.id AND s.account_id = u.account_id"
            query = f"SELECT u.email, {'u' if wide else 's'}.license FROM {source} WHERE u.account_id = %s AND u.left_at IS NULL {ending.format(hot='u' if wide else 's')}"
            return median(seconds(lambda: (cursor.execute(query, [account]), cursor.fetchall())) for _ in range(9))

        lists = [(name, look(ending, wide=False), look(ending, wide=True)) for name, ending in LISTS.items()]
        # The wide one first: the narrow one's change would take the same people out of SOME.
        both = [(change("bench_wide", "id", n * changed), change("people_standing", "user_id", n * changed)) for n in range(3)]
    narrow, wide = median(n for _, n in both), median(w for w, _ in both)
    return [
        Figure(f"{changed:,} licenses, narrow table against wide", f"{narrow:.2f} s", f"{wide:.2f} s", f"{wide / narrow:.0f} x faster"),
        *(
            Figure(f"list {name}: joined against wide", f"{n * 1000:.1f} ms", f"{w * 1000:.1f} ms", f"{n / w:.2f} x")
            for name, n, w in lists
        ),
    ]
