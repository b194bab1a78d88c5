"""The parts of the verbs about webhooks: rows of subscriptions and deliveries. Secrets are written beside them (subscriptions.py)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from usher.journal.verb import NO_SEATS, Part, reason

from .fields import MOST

TOO_MANY = reason("too_many_webhooks", gettext_lazy("this app has 20 webhooks already"), refused=True)
SILENT = reason("webhook_silent", gettext_lazy("a webhook that hears of nothing now: confirm it or let it go on first"))
VALUES = """jsonb_build_object('name', {s}.name, 'url', {s}.url, 'events', to_jsonb({s}.events), 'auth', {s}.auth, 'reach', {s}.scope,
            'user_ids', to_jsonb({s}.user_ids), 'webhook_state', {s}.state)"""
TEXTS = "ARRAY(SELECT jsonb_array_elements_text(ok.after->'events'))"
IDS = "ARRAY(SELECT jsonb_array_elements_text(ok.after->'user_ids'))::uuid[]"


class NewWebhook(Part):
    """A subscription under the id its key made. Parameters: webhook, app, fields, source. The app is locked, so that it has MOST at the most."""

    lock, locked = ("access_app", "id"), "(after->>'app')::uuid"

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, %(webhook)s::uuid AS obj, NULL::int AS version, NULL::jsonb AS before,
                   %(fields)s::jsonb || jsonb_build_object('app', %(app)s::text) AS after,
                   CASE WHEN (SELECT count(*) FROM webhooks_subscription s WHERE s.app_id = %(app)s::uuid) >= {MOST} THEN '{TOO_MANY}' END AS skip, {NO_SEATS}"""

    write = f"""did AS (INSERT INTO webhooks_subscription (id, account_id, app_id, name, url, events, scope, user_ids, auth, sealed, state, source, failures, version, created_at)
               SELECT ok.obj, %(account)s, p.id, ok.after->>'name', ok.after->>'url', {TEXTS}, ok.after->>'reach', {IDS}, ok.after->'auth', '', 'new',
                      %(source)s, 0, 1, %(now)s
               FROM ok JOIN access_app p ON p.id = %(app)s::uuid AND p.account_id = %(account)s
               WHERE (SELECT count(*) FROM webhooks_subscription s WHERE s.app_id = p.id) < {MOST} ON CONFLICT DO NOTHING RETURNING id AS obj)"""


class EditedWebhook(Part):
    """Its fields, and whether it is paused. Parameters: webhook, fields. Another address has to confirm again."""

    lock = ("webhooks_subscription", "id")

    def rows(self, params: Mapping[str, Any]) -> str:
        now = VALUES.format(s="s")
        return f"""SELECT NULL::int AS subj, s.id AS obj, s.version, {now} AS before, {now} || %(fields)s::jsonb
                     || CASE WHEN s.url <> coalesce(%(fields)s::jsonb->>'url', s.url) THEN '{{"webhook_state": "new"}}'::jsonb ELSE '{{}}' END AS after,
                   CASE WHEN {now} || %(fields)s::jsonb = {now} AND NOT %(anew)s THEN 'already' END AS skip, {NO_SEATS}
                   FROM webhooks_subscription s WHERE s.account_id = %(account)s AND s.id = %(webhook)s::uuid"""

    write = f"""did AS (UPDATE webhooks_subscription t SET name = ok.after->>'name', url = ok.after->>'url', events = {TEXTS}, scope = ok.after->>'reach',
                  user_ids = {IDS}, auth = ok.after->'auth', state = ok.after->>'webhook_state', version = t.version + 1,
                  checked_at = CASE WHEN ok.after->>'webhook_state' = 'new' THEN NULL ELSE t.checked_at END,
                  check_at = CASE WHEN ok.after->>'webhook_state' = 'new' THEN NULL ELSE t.check_at END
                FROM ok WHERE t.id = ok.obj AND {VALUES.format(s="t")} = ok.before RETURNING t.id AS obj),
                stopped AS (UPDATE webhooks_delivery d SET state = 'failed', trouble = 'bad_address' FROM ok JOIN did ON did.obj = ok.obj
                  WHERE d.subscription_id = ok.obj AND d.state = 'waiting' AND ok.after->>'webhook_state' = 'new')"""


class StateOfWebhook(Part):
    """Confirmed, or off. Parameters: webhook, becomes, of (the states it may have)."""

    lock = ("webhooks_subscription", "id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, s.id AS obj, s.version, jsonb_build_object('name', s.name, 'webhook_state', s.state) AS before,
                   jsonb_build_object('name', s.name, 'webhook_state', %(becomes)s::text) AS after,
                   CASE WHEN NOT s.state = ANY(%(of)s::text[]) THEN 'already' END AS skip, {NO_SEATS}
                   FROM webhooks_subscription s WHERE s.account_id = %(account)s AND s.id = %(webhook)s::uuid"""

    write = """did AS (UPDATE webhooks_subscription t SET state = ok.after->>'webhook_state', version = t.version + 1,
                 check_at = CASE WHEN ok.after->>'webhook_state' = 'off' THEN NULL ELSE t.check_at END FROM ok
               WHERE t.id = ok.obj AND t.state = ok.before->>'webhook_state' RETURNING t.id AS obj)"""


class WebhookGone(Part):
    """A subscription with its log. Parameter: webhook."""

    lock = ("webhooks_subscription", "id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, s.id AS obj, s.version, {VALUES.format(s="s")} AS before, NULL::jsonb AS after, NULL::text AS skip, {NO_SEATS}
                   FROM webhooks_subscription s WHERE s.account_id = %(account)s AND s.id = %(webhook)s::uuid"""

    write = "did AS (DELETE FROM webhooks_subscription t USING ok WHERE t.id = ok.obj RETURNING t.id AS obj)"


class SentAgain(Part):
    """Deliveries that are over go on their way once more, in the order in which things happened. Parameters: webhook, deliveries (ids, or null for all that failed)."""

    lock = ("webhooks_delivery", "id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, d.id AS obj, NULL::int AS version, jsonb_build_object('name', d.event || ' ' || e.name, 'delivery', d.state) AS before,
                   jsonb_build_object('delivery', 'waiting') AS after,
                   CASE WHEN s.state <> 'on' THEN '{SILENT}' WHEN d.state = 'waiting' THEN 'already' END AS skip, {NO_SEATS}
                   FROM webhooks_delivery d JOIN webhooks_subscription s ON s.id = d.subscription_id JOIN webhooks_event e ON e.id = d.message_id
                   WHERE d.account_id = %(account)s AND d.subscription_id = %(webhook)s::uuid
                     AND CASE WHEN %(deliveries)s::uuid[] IS NULL THEN d.state = 'failed' ELSE d.id = ANY(%(deliveries)s::uuid[]) END ORDER BY d.seq"""

    write = """did AS (UPDATE webhooks_delivery t SET state = 'waiting', tries = 0, next_at = %(now)s, leased_until = NULL FROM ok
               WHERE t.id = ok.obj AND t.state = ok.before->>'delivery' RETURNING t.id AS obj)"""
