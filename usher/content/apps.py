from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from usher.core.privileges import register_pair
from usher.journal.verify import invariant


class ContentConfig(AppConfig):
    name = "usher.content"

    def ready(self) -> None:
        register_pair("content:item", _("content"))
        from . import verbs  # noqa: F401

        invariant(
            "I8-owner",
            "every item has exactly one owner, and that one is in its account",
            """SELECT coalesce(i.id, s.item_id)::text AS item FROM content_item i FULL JOIN content_standing s ON s.item_id = i.id
               LEFT JOIN people_user u ON u.id = s.owner_id
               WHERE i.id IS NULL OR s.item_id IS NULL OR u.id IS NULL OR s.account_id <> i.account_id OR u.account_id <> i.account_id OR s.kind <> i.kind""",
        )
        invariant("I8-journal", "every item is with somebody to whom the journal gave it", UNTOLD)


UNTOLD = """SELECT s.item_id::text AS item, s.owner_id::text AS owner FROM content_standing s WHERE NOT EXISTS (SELECT 1 FROM journal_effect e
            WHERE e.obj = s.item_id AND e.result = 'done' AND (e.after->>'owner_id' = s.owner_id::text OR e.before->>'owner_id' = s.owner_id::text))"""
