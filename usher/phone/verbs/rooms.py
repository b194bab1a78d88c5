"""The phones of rooms: the same parts as those of people, over rooms (S3-3; docs/decisions/0093). Extension, caller ID and numbers of one phone have one verb
for both (extension.py, numbers.py)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import ngettext

from usher.accounts.places import checked_ids
from usher.accounts.room_verbs import RoomGone
from usher.core import sql
from usher.core.actor import Actor
from usher.journal.names import figure, listed
from usher.journal.verb import DONE, Verb, register
from usher.licenses.catalog import PRODUCTS
from usher.phone.holders import ROOMS
from usher.phone.numbers_with_package import NumbersToo
from usher.phone.of_rooms import OfRooms
from usher.phone.parts import SEATS_FREE, Made, PhoneSeats
from usher.phone.verbs.adding import Add, MadeForThem, receivers
from usher.phone.verbs.extension import AtPhoneSite, MoveToSite
from usher.phone.verbs.keeping_up import OfTheClock
from usher.phone.verbs.packages import AssignPackage, PackagesChanged, RemovePackages
from usher.phone.verbs.removing import KEPT_TOO, Away, Gone
from usher.phone.verbs.templates import Applied, ApplyTemplate

SEATS, PACKAGES = PhoneSeats(ROOMS), PackagesChanged(ROOMS)


@register
class AddRooms(OfRooms, Add):
    """Give each of a set of rooms a phone. Parameters: subjects; site, package, template and numbers as for people. Skipped: a room that has one.

    The site is the chosen one, else where the room stands, else the main one. Refuses as for people.
    """

    name = "phone.add_rooms"
    parts = (SEATS, MadeForThem(receivers(SEATS.rows), ROOMS))
    lost = ""

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        if params["package"]:
            told = ngettext(
                "%(n)s\u00a0room will have a phone with %(package)s.", "%(n)s\u00a0rooms will have a phone with %(package)s.", will
            )
            return told % {"n": figure(will), "package": PRODUCTS[params["package"]].name}
        return ngettext("%(n)s\u00a0room will have a phone.", "%(n)s\u00a0rooms will have a phone.", will) % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return ngettext("%(n)s\u00a0room got a phone", "%(n)s\u00a0rooms got a phone", done) % {"n": figure(done)}


@register
class AssignRoomPackage(OfRooms, AssignPackage):
    """Give each of a set of rooms with a phone a calling package; one calling plan replaces another. Parameters: package, numbers. Refuses and skips as
    for people."""

    name = "phone.assign_room_package"
    parts = (PACKAGES, NumbersToo(PACKAGES.rows, ROOMS))

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext("%(n)s\u00a0room will have the package %(package)s.", "%(n)s\u00a0rooms will have the package %(package)s.", will)
        return told % {"n": figure(will), "package": PRODUCTS[params["package"]].name}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = ngettext("%(n)s\u00a0room got the package %(package)s", "%(n)s\u00a0rooms got the package %(package)s", done)
        return told % {"n": figure(done), "package": PRODUCTS[params["package"]].name}


@register
class RemoveRoomPackages(OfRooms, RemovePackages):
    """Take packages back from each of a set of rooms: the named ones, or all. Without a calling plan they lose their direct numbers. Parameter: packages."""

    name = "phone.remove_room_packages"
    parts = (PACKAGES,)

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        if params["packages"]:
            told = ngettext("%(n)s\u00a0room will lose %(packages)s.", "%(n)s\u00a0rooms will lose %(packages)s.", will)
        else:
            told = ngettext(
                "%(n)s\u00a0room will lose all calling packages, and with them its direct numbers.",
                "%(n)s\u00a0rooms will lose all calling packages, and with them their direct numbers.",
                will,
            )
        return told % {"n": figure(will), "packages": listed([PRODUCTS[p].name for p in params["packages"]])}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return ngettext("%(n)s\u00a0room lost calling packages", "%(n)s\u00a0rooms lost calling packages", done) % {"n": figure(done)}


@register
class MoveRoomPhones(OfRooms, MoveToSite):
    """Move the phones of a set of rooms to another site; their extensions stay, and so do the rooms. Parameter: site. Refuses (invalid, no_site)."""

    name = "phone.move_rooms_to_site"
    parts = (AtPhoneSite(ROOMS),)


@register
class ApplyRoomTemplate(OfRooms, ApplyTemplate):
    """Apply a template to the phones of a set of rooms: what it sets wins over what they had. Parameter: template. Refuses and skips as for people."""

    name = "phone.apply_room_template"
    parts = (Applied(ROOMS),)


@register
class RemoveRooms(OfRooms, Away):
    """Take the phone from each of a set of rooms: seat, package, extension and numbers are free at once, the room stays. Skipped: no_phone.

    There is no trash for the phones of rooms (behaviour.md L).
    """

    name = "phone.remove_rooms"
    lost = KEPT_TOO
    parts = (Gone(ROOMS),)

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext("%(n)s\u00a0room will lose its phone.", "%(n)s\u00a0rooms will lose their phones.", will)
        return told % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return ngettext("%(n)s\u00a0room lost its phone", "%(n)s\u00a0rooms lost their phones", done) % {"n": figure(done)}


# Those of some rooms that have a phone, or hold a seat of one.
PHONED = """SELECT r.id FROM accounts_room r WHERE r.account_id = %(account)s AND r.id = ANY(%(ids)s::uuid[])
  AND (EXISTS (SELECT 1 FROM licenses_roomseat a WHERE a.room_id = r.id) OR EXISTS (SELECT 1 FROM phone_user h WHERE h.id = r.id))"""


class GoneWithRoom(Gone):
    """The phones of rooms that are deleted with them. Parameter: ids. Undone, the seats are back as far as they are free; without one of Phone it rests."""

    def __init__(self) -> None:
        super().__init__(replace(ROOMS, chosen=lambda params: f"({PHONED}) who JOIN accounts_room u ON u.id = who.id"))

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""WITH gone AS (SELECT e.ord, e.obj, e.before, e.after FROM journal_effect e WHERE {DONE}),
                   wanted AS (SELECT g.obj, p.product, row_number() OVER (PARTITION BY p.product ORDER BY g.ord) <= {SEATS_FREE.format(product="p.product")} AS fits
                     FROM gone g CROSS JOIN LATERAL unnest(string_to_array(g.before->>'phone_seats', ' ')) p(product)),
                   fit AS (SELECT obj, product, fits AND bool_or(fits AND product = 'phone') OVER (PARTITION BY obj) AS fits FROM wanted)
                   SELECT NULL::int AS subj, g.obj, NULL::int AS version, g.after AS before,
                     g.before || CASE WHEN f.misses = '[]' THEN '{{}}' ELSE jsonb_build_object('not_back', f.misses) END AS after, NULL::text AS skip, f.gets AS takes,
                     NULL::text AS gives
                   FROM gone g CROSS JOIN LATERAL (SELECT string_agg(f.product, ' ' ORDER BY f.product) FILTER (WHERE f.fits) AS gets,
                     coalesce(jsonb_agg(f.product ORDER BY f.product) FILTER (WHERE NOT f.fits), '[]') AS misses FROM fit f WHERE f.obj = g.obj) f ORDER BY g.ord"""


@register
class DeleteRooms(Verb):
    """Delete rooms; a phone of theirs goes with them, and its seats, extension and numbers are free. Parameter: rooms, ids. What is not of this account
    does not exist. Needs the right to manage phone users where one has a phone."""

    name = "accounts.delete_rooms"
    privilege = "accounts:place:manage"
    parts = (GoneWithRoom(), RoomGone())
    main = 1
    then = ("phone.hurry",)  # undone, a phone gets its extension back
    lost = KEPT_TOO

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        rooms = checked_ids(params.get("rooms"))
        if sql.value(f"SELECT true FROM ({PHONED}) r LIMIT 1", {"account": actor.account_id, "ids": rooms}):
            actor.require("phone:user:manage")
        return {"rooms": rooms}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"ids": params["rooms"]}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return len(params["rooms"]) == 1

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return ngettext("%(n)s\u00a0room will be deleted.", "%(n)s\u00a0rooms will be deleted.", will) % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return ngettext("%(n)s\u00a0room was deleted", "%(n)s\u00a0rooms were deleted", done) % {"n": figure(done)}


LACKS = """SELECT NULL::int AS subj, a.room_id AS id, NULL::uuid AS site_id, NULL::uuid AS template_id FROM licenses_roomseat a
  LEFT JOIN phone_user h ON h.id = a.room_id WHERE a.account_id = %(account)s AND a.product = 'phone' AND (h.id IS NULL OR h.state = 'away') ORDER BY a.since, a.room_id"""


def lacking(params: Mapping[str, Any]) -> str:
    return LACKS


@register
class SetUpRooms(OfTheClock):
    """Give an extension to a room that holds Phone without one: after a removal was undone, the one it had as far as that is free."""

    name = "phone.set_up_rooms"
    parts = (Made(lacking, ROOMS),)

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"wants_number": False}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return ngettext("%(n)s\u00a0room will get an extension.", "%(n)s\u00a0rooms will get an extension.", will) % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return ngettext("%(n)s\u00a0room got an extension", "%(n)s\u00a0rooms got an extension", done) % {"n": figure(done)}
