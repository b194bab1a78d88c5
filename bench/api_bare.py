"""The least anybody could do with the same rows, for granian: nothing is read of the request and nothing checked; statements on a pool, their answer as bytes.

GET sends the statements that ours sends (BENCH_SENT, written by bench/api.py), below /list that of the list alone, and answers as many bytes. POST writes the rows
that ours leaves behind, by hand and at once.
"""

import hashlib
import json
import os
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from psycopg import RawCursor
from psycopg_pool import ConnectionPool

SENT = json.loads(Path(os.environ["BENCH_SENT"]).read_text())
ACCOUNT = os.environ["BENCH_ACCOUNT"]
# The seat, the person with standing and invitation, the Change with its effect, the mail and its job: the rows ours writes, by one statement.
INVITE = """
WITH seat AS (UPDATE licenses_license SET pending = pending + 1 WHERE account_id = %(a)s AND product = 'meetings:licensed' AND used + pending + held < bought RETURNING account_id AS a),
  who AS (INSERT INTO people_user (id, account_id, email, canonical, first_name, last_name, came_in, created_at)
    SELECT usher_uuid7(), a, %(e)s, %(e)s, %(f)s, %(l)s, 'api', now() FROM seat RETURNING id, account_id AS a),
  standing AS (INSERT INTO people_standing (user_id, account_id, status, license, role, access_epoch, version)
    SELECT id, a, 'pending', 'meetings:licensed', 'member', 1, 1 FROM who),
  invitation AS (INSERT INTO people_invitation (user_id, account_id, nonce, invited_by, sent_at, expires_at, state)
    SELECT id, a, id, id, now(), now() + interval '30 days', 'open' FROM who),
  change AS (INSERT INTO journal_change (id, account_id, verb, params, key, params_hash, actor_kind, actor_id, actor_name, door, request_id, ip)
    SELECT usher_uuid7(), a, 'bench', %(p)s::jsonb, %(k)s, %(h)s, 'person', id, 'Bench (owner@bare.test)', 'api', 'ABCD-12', '127.0.0.1' FROM who RETURNING id),
  effect AS (INSERT INTO journal_effect (change_id, phase, ord, obj, result, after)
    SELECT change.id, 0, 1, who.id, 'done', jsonb_build_object('email', %(e)s::text, 'name', %(f)s || ' ' || %(l)s, 'license', 'meetings:licensed', 'line', 1,
      'group', NULL, 'im_group', NULL) FROM who, change),
  mail AS (INSERT INTO mail_message (id, account_id, kind, to_user, address, params, state, tries, next_try, created_at, error)
    SELECT usher_uuid7(), a, 'invitation', id, %(e)s, '{}', 'waiting', 0, now(), now(), '' FROM who),
  job AS (INSERT INTO procrastinate_jobs (queue_name, task_name, args) SELECT 'mail', 'mail.deliver', '{}' FROM who)
SELECT id FROM who"""
PARAMS = {
    **dict.fromkeys(("group", "manager", "im_group")),
    **{"lines": 1, "source": "api", "add_ons": [], "license": "meetings:licensed", "location": "", "job_title": "", "department": ""},
}
STATEMENTS = [(text, [bytes.fromhex(v["bytes"]) if isinstance(v, dict) else v for v in values]) for text, values in SENT["statements"]]
POOL = ConnectionPool(os.environ["DATABASE_URL"], kwargs=SENT["connection"], open=False, **SENT["pool"])


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """GET answers the page, POST makes somebody; `Connection` and the rest are the server's."""
    POOL.open()
    if environ["REQUEST_METHOD"] == "GET":
        statements = STATEMENTS[-1:] if environ["PATH_INFO"] == "/list" else STATEMENTS
        with POOL.connection() as connection:
            for text, values in statements:
                found = RawCursor(connection).execute(text, values).fetchone()
        return answer(start_response, "200 OK", f"{SENT['around']}{found[0] if found else ''}]}}".encode())
    told = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))["user_info"]
    params = json.dumps({**PARAMS, "person": told})
    row = {"a": ACCOUNT, "e": told["email"], "f": told["first_name"], "l": told["last_name"], "p": params, "k": f"api:once:{uuid.uuid4()}"}
    with POOL.connection() as connection:
        made = connection.execute(INVITE, {**row, "h": hashlib.sha256(params.encode()).digest()}).fetchone()
    if made is None:
        return answer(start_response, "400 Bad Request", b"{}")
    return answer(start_response, "201 Created", json.dumps({"id": str(made[0]), **told}).encode())


def answer(start_response: Callable[..., Any], status: str, body: bytes) -> Iterable[bytes]:
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
