"""What somebody else has: whose an extension is, which one is free, and what of a phone in the trash is gone by now (S3-53)."""

from typing import Any
from uuid import UUID

from usher.core import sql
from usher.core.actor import Actor
from usher.core.keyset import Row
from usher.people.verbs.profile import name_of

from .extensions import RESERVED, TAKEN

WHOSE = f"""h.id, coalesce({name_of("u")}, r.name) AS name, h.user_id, h.room_id
  FROM phone_user h LEFT JOIN people_user u ON u.id = h.user_id LEFT JOIN accounts_room r ON r.id = h.room_id"""
FURTHER = 20_000  # how far a free one is looked for
NEXT = f"""SELECT g.extension FROM accounts_account a, LATERAL (SELECT lpad(n::text, length(%(extension)s), '0') AS extension
    FROM generate_series(%(extension)s::int + 1, least((10 ^ length(%(extension)s))::int - 1, %(extension)s::int + {FURTHER})) n) g
  WHERE a.id = %(account)s AND NOT {TAKEN.format(extension="g.extension")} AND NOT {RESERVED.format(countries="ARRAY[a.country]", extensions="g.extension")} LIMIT 1"""


def who_has(actor: Actor, extension: str) -> Row | None:
    """Whose extension it is: id, name, and user_id or room_id; None when nobody has it."""
    return sql.row(
        f"SELECT {WHOSE} WHERE h.account_id = %(account)s AND h.extension = %(extension)s AND h.state = 'active'",
        {"account": actor.account_id, "extension": extension},
    )


def next_free(actor: Actor, extension: str) -> str:
    """The next one with as many digits that is neither in use nor a service of the account's country; empty when none is among the next FURTHER."""
    return str(sql.value(NEXT, {"account": actor.account_id, "extension": extension}) or "")


def meanwhile(actor: Actor, id: UUID) -> dict[str, Any] | None:
    """Of a phone in the trash what others got: `extension` and `extension_of` (or None), `lost` numbers with their holder (None: released), and the
    numbers that are `left`. None for a phone that is not in the trash here."""
    found = sql.row(
        "SELECT extension, had FROM phone_user WHERE account_id = %(a)s AND id = %(i)s AND state = 'trash'",
        {"a": actor.account_id, "i": id},
    )
    if found is None:
        return None
    numbers = sql.rows(
        f"""SELECT v.number, n.id IS NOT NULL AND n.holder_id IS NULL AS free, o.* FROM unnest(%(numbers)s::text[]) v(number)
            LEFT JOIN phone_number n ON n.account_id = %(account)s AND n.number = v.number LEFT JOIN LATERAL (SELECT {WHOSE} WHERE h.id = n.holder_id) o ON true""",
        {"account": actor.account_id, "numbers": found["had"].get("numbers", [])},
    )
    return {
        "extension": found["extension"],
        "extension_of": who_has(actor, found["extension"]),
        "lost": [n for n in numbers if not n["free"]],
        "left": [n["number"] for n in numbers if n["free"]],
    }
