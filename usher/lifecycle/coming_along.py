"""Content that comes along when its owner goes from one account to another: by an account of their own, or by an invitation they accept."""

from collections.abc import Mapping
from typing import Any

from usher.journal.verb import Part


class ContentComesAlong(Part):
    """Items change account and owner together, the trash too. Parameters: user, whose they become; from_users and from_accounts, pairs of whose they were.

    Meetings go first. A recording whose meeting went in an earlier chunk has no link for that while, because none may lead into another account;
    it gets it back when it follows, from what the plan remembers.
    """

    lock = ("content_standing", "item_id")
    asks_again = True

    def rows(self, params: Mapping[str, Any]) -> str:
        return """SELECT 1 AS subj, s.item_id AS obj, s.version,
                  jsonb_strip_nulls(jsonb_build_object('name', i.title, 'kind', i.kind, 'owner_id', s.owner_id, 'meeting_id', i.meeting_id)) AS before,
                  jsonb_build_object('name', i.title, 'owner_id', %(user)s::uuid) AS after, NULL::text AS skip, NULL::text AS takes, NULL::text AS gives
                  FROM unnest(%(from_users)s::uuid[], %(from_accounts)s::uuid[]) f(user_id, account_id)
                  JOIN content_standing s ON s.account_id = f.account_id AND s.owner_id = f.user_id JOIN content_item i ON i.id = s.item_id
                  ORDER BY i.meeting_id IS NOT NULL, s.item_id"""

    # One statement, because the foreign keys between item and standing carry the account and are asked at its end.
    write = """
did AS (UPDATE content_standing t SET account_id = %(account)s, owner_id = %(user)s::uuid, version = t.version + 1 FROM ok
  WHERE t.item_id = ok.obj AND t.owner_id = (ok.before->>'owner_id')::uuid RETURNING t.item_id AS obj, (ok.before->>'meeting_id')::uuid AS meeting),
items AS (UPDATE content_item i SET account_id = %(account)s, meeting_id = CASE WHEN did.meeting IN (SELECT obj FROM did)
    OR EXISTS (SELECT 1 FROM content_item m WHERE m.id = did.meeting AND m.account_id = %(account)s) THEN did.meeting END FROM did WHERE i.id = did.obj),
parted AS (UPDATE content_item i SET meeting_id = NULL FROM did WHERE i.meeting_id = did.obj AND i.id NOT IN (SELECT obj FROM did))"""
