"""Many phones, their uses and their calls, made by set statements, the same every time: for reading only."""

from .population import DRAW

# The first %(n)s active people of an account get a phone; four of five hold a calling plan, a third has set it up.
PHONES = (
    """INSERT INTO licenses_seat (id, account_id, user_id, product, since)
       SELECT usher_uuid7(), account_id, user_id, 'phone', now() FROM (SELECT * FROM people_standing WHERE account_id = %(a)s AND status = 'active' ORDER BY user_id LIMIT %(n)s) s
       ON CONFLICT DO NOTHING""",
    """INSERT INTO phone_user (id, account_id, user_id, extension, site_id, since, set_up_at)
       SELECT user_id, account_id, user_id, (200000 + row_number() OVER (ORDER BY user_id))::text, (SELECT id FROM accounts_site WHERE account_id = %(a)s LIMIT 1),
         timestamptz '2025-01-01 00:00:00+00' + make_interval(mins => (row_number() OVER (ORDER BY user_id))::int),
         CASE WHEN hashint8(('x' || right(user_id::text, 8))::bit(32)::int) %% 3 = 0 THEN now() END
       FROM (SELECT * FROM people_standing WHERE account_id = %(a)s AND status = 'active' ORDER BY user_id LIMIT %(n)s) s""",
    """INSERT INTO licenses_seat (id, account_id, user_id, product, since) SELECT usher_uuid7(), account_id, user_id, 'calling:200', now()
       FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM phone_user WHERE account_id = %(a)s) h WHERE n %% 5 > 0""",
)
# Nine of ten used theirs, on ten days each.
USES = (
    """INSERT INTO licenses_usage (user_id, account_id, product, day, source) SELECT h.id, h.account_id, 'phone', current_date - ((h.n + d * 7) %% 120)::int, 'calls'
       FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM phone_user WHERE account_id = %(a)s) h, generate_series(1, 10) d WHERE h.n %% 10 > 0
       ON CONFLICT DO NOTHING""",
)
CALLS = f"""
INSERT INTO phone_call (id, account_id, call_id, direction, caller, callee, user_id, holder_name, site_id, started_at, seconds, result, path)
SELECT usher_uuid7(), %(a)s, 'old-' || n, CASE WHEN d %% 2 = 0 THEN 'inbound' ELSE 'outbound' END,
  CASE WHEN d %% 2 = 0 THEN '+4420' || lpad((d %% 100000000)::text, 8, '0') ELSE h.extension END,
  CASE WHEN d %% 2 = 1 THEN '+4420' || lpad((d %% 100000000)::text, 8, '0') ELSE h.extension END,
  h.id, 'Somebody', h.site_id, timestamptz '2025-02-01 00:00:00+00' + make_interval(secs => n * 30), (d %% 900)::int,
  (ARRAY['answered', 'answered', 'answered', 'answered', 'missed', 'missed', 'voicemail', 'busy', 'rejected', 'answered'])[1 + d / 10 %% 10], 'pstn'
FROM (SELECT n, {DRAW.format(seed=1)} AS d FROM generate_series(%(low)s::bigint, %(high)s::bigint) n) x
JOIN (SELECT id, extension, site_id, row_number() OVER (ORDER BY id) AS nth FROM phone_user WHERE account_id = %(a)s) h ON h.nth = 1 + d / 1000 %% 10000"""
