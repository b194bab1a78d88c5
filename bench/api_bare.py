"""The least anybody could do with the same rows, for granian: no token, no limit, no check; one statement a request on a pool, its answer as bytes."""

import json
import os
from collections.abc import Callable, Iterable
from typing import Any

from psycopg_pool import ConnectionPool

PAGE = """SELECT coalesce(json_agg(x), '[]')::text FROM (
  SELECT u.id, u.email, u.first_name, u.last_name, u.display_name, u.department, u.job_title, u.location, u.cost_center, u.employee_id, u.time_zone, u.language,
    u.personal_meeting_id, u.created_at, u.im_group_id, s.status, s.license, s.role, s.last_sign_in,
    ARRAY(SELECT m.group_id::text FROM people_membership m WHERE m.user_id = u.id ORDER BY m."primary" DESC, m.id) AS group_ids
  FROM people_standing s JOIN people_user u ON u.id = s.user_id WHERE s.account_id = %s AND s.status = 'active' ORDER BY s.user_id LIMIT 30) x"""
# The seat, the person with standing and invitation, the Change with its effect, the mail and its job: the rows ours writes, by one statement.
INVITE = """
WITH seat AS (UPDATE licenses_license SET pending = pending + 1 WHERE account_id = %(a)s AND product = 'meetings:licensed' AND used + pending + held < bought RETURNING account_id AS a),
  who AS (INSERT INTO people_user (id, account_id, email, canonical, first_name, last_name, came_in, created_at)
    SELECT usher_uuid7(), a, %(e)s, %(e)s, %(f)s, %(l)s, 'api', now() FROM seat RETURNING id, account_id AS a),
  standing AS (INSERT INTO people_standing (user_id, account_id, status, license, role, access_epoch, version)
    SELECT id, a, 'pending', 'meetings:licensed', 'member', 1, 1 FROM who),
  invitation AS (INSERT INTO people_invitation (user_id, account_id, nonce, sent_at, expires_at, state)
    SELECT id, a, id, now(), now() + interval '30 days', 'open' FROM who),
  change AS (INSERT INTO journal_change (id, account_id, verb, params, key, params_hash, actor_kind, actor_name, door, request_id, ip)
    SELECT usher_uuid7(), a, 'bench', '{"license":"meetings:licensed"}', id::text, '', 'person', 'Bench', 'api', '', '' FROM who RETURNING id),
  effect AS (INSERT INTO journal_effect (change_id, phase, ord, obj, result, after)
    SELECT change.id, 0, 1, who.id, 'done', jsonb_build_object('email', %(e)s::text, 'license', 'meetings:licensed') FROM who, change),
  mail AS (INSERT INTO mail_message (id, account_id, kind, to_user, address, params, state, tries, next_try, created_at, error)
    SELECT usher_uuid7(), a, 'invitation', id, %(e)s, '{}', 'waiting', 0, now(), now(), '' FROM who),
  job AS (INSERT INTO procrastinate_jobs (queue_name, task_name, args) SELECT 'mail', 'mail.deliver', '{}' FROM who)
SELECT id FROM who"""
POOL = ConnectionPool(os.environ["DATABASE_URL"], min_size=4, max_size=8, open=False)
ACCOUNT = os.environ["BENCH_ACCOUNT"]


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """GET answers the page, POST makes somebody; `Connection` and the rest are the server's."""
    POOL.open()
    if environ["REQUEST_METHOD"] == "GET":
        with POOL.connection() as connection:
            found = connection.execute(PAGE, [ACCOUNT]).fetchone()
        return answer(start_response, "200 OK", str(found[0] if found else "").encode())
    told = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))["user_info"]
    with POOL.connection() as connection:
        made = connection.execute(INVITE, {"a": ACCOUNT, "e": told["email"], "f": told["first_name"], "l": told["last_name"]}).fetchone()
    if made is None:
        return answer(start_response, "400 Bad Request", b"{}")
    return answer(start_response, "201 Created", json.dumps({"id": str(made[0]), **told}).encode())


def answer(start_response: Callable[..., Any], status: str, body: bytes) -> Iterable[bytes]:
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
