from django.apps import AppConfig

from usher.core.privileges import register_pair
from usher.journal.verify import invariant


class ContentConfig(AppConfig):
    name = "usher.content"

    def ready(self) -> None:
        register_pair("content:item", "content")
        from . import parts  # noqa: F401

        invariant(
            "I8-owner",
            "every item has exactly one owner, and that one is in its account",
            """SELECT coalesce(i.id, s.item_id)::text AS item FROM content_item i FULL JOIN content_standing s ON s.item_id = i.id
               LEFT JOIN people_user u ON u.id = s.owner_id
               WHERE i.id IS NULL OR s.item_id IS NULL OR u.id IS NULL OR s.account_id <> i.account_id OR u.account_id <> i.account_id OR s.kind <> i.kind""",
        )
        invariant("I8-moved", "an item that was handed over and touched by nothing since is where the last hand-over put it", MOVED)


# The newest effect that named an owner of the item says who has it.
MOVED = """SELECT s.item_id::text AS item, s.owner_id::text AS owner, e.owner AS handed_to FROM content_standing s
CROSS JOIN LATERAL (SELECT e.after->>'owner_id' AS owner FROM journal_effect e WHERE e.obj = s.item_id AND e.result = 'done' AND e.after ? 'owner_id'
                    ORDER BY e.change_id DESC, e.phase DESC LIMIT 1) e
WHERE e.owner <> s.owner_id::text"""
