"""Whom or what somebody means by an id, a name or an address: the one of this account, or a refusal that names the closest (TENANT-03, TENANT-10)."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from usher.accounts import places
from usher.core import sql
from usher.core.actor import Actor
from usher.core.address import looked_up
from usher.core.refusals import Refused

from . import find
from .scope import within

MOST_GROUPS = 5_000  # more names than this are not compared
ALIKE = 0.7  # of 1: "Desgin" and "Design" are 0.83


def group_named(actor: Actor, kind: str, given: Any, field: str = "group") -> dict[str, Any]:
    """`group` and `group_name` of a group, user or im, by id or by name in any spelling. Refused (invalid, no_group) with the closest name."""
    text = bare(given)
    clause, key = ("id = %(g)s", str(id)) if (id := id_of(text)) else ("name_key = usher_fold(%(g)s)", text)
    found = sql.row(
        f"SELECT id::text AS group, name AS group_name FROM people_group WHERE account_id = %(a)s AND kind = %(k)s AND {clause}",
        {"a": actor.account_id, "k": kind, "g": key},
    )
    if found is None:
        raise Refused("invalid", "no_group", no_group_words(kind, text, closest_groups(actor, kind, [text]).get(text, "")), field=field)
    return found


def no_group_words(kind: str, name: str, closest: str) -> str:
    """There is no such group; the closest one, when one is close."""
    told = _("There is no IM group %(group)s.") if kind == "im" else _("There is no user group %(group)s.")
    return told % {"group": name} + (" " + _("Closest: %(name)s.") % {"name": closest} if closest else "")


def closest_groups(actor: Actor, kind: str, names: Iterable[str]) -> dict[str, str]:
    """Name nobody has -> the group that is probably meant; names that nothing is close to are left out."""
    rows = sql.rows(
        "SELECT name FROM people_group WHERE account_id = %(a)s AND kind = %(k)s ORDER BY name_key LIMIT %(most)s",
        {"a": actor.account_id, "k": kind, "most": MOST_GROUPS},
    )
    there = {r["name"].casefold(): r["name"] for r in rows}
    close = {name: get_close_matches(name.casefold(), there, 1, ALIKE) for name in set(names)}
    return {name: there[found[0]] for name, found in close.items() if found}


def site_named(actor: Actor, given: Any, field: str = "site") -> dict[str, Any]:
    """`site` and `site_name` of a site, by id or by name in any spelling. Refused (invalid, no_site) with the closest name."""
    text = bare(given)
    clause, key = ("id = %(g)s", str(id)) if (id := id_of(text)) else ("name_key = usher_fold(%(g)s)", text)
    found = sql.row(
        f"SELECT id::text AS site, name AS site_name FROM accounts_site WHERE account_id = %(a)s AND {clause}",
        {"a": actor.account_id, "g": key},
    )
    if found is None:
        there = {s["name"].casefold(): s["name"] for s in places.sites(actor)}
        close = get_close_matches(text.casefold(), there, 1, ALIKE)
        told = _("There is no site %(site)s.") % {"site": text} + "".join(" " + _("Closest: %(name)s.") % {"name": there[c]} for c in close)
        raise Refused("invalid", "no_site", told, field=field)
    return found


def manager_named(actor: Actor, given: Any) -> str:
    """The id of a living person by id or address. Refused (invalid, no_manager) with the closest person, for who may see people."""
    text = bare(given)
    clause, key = ("id = %(k)s", str(id)) if (id := id_of(text)) else ("canonical = %(k)s", looked_up(text))
    found = sql.value(
        f"SELECT id::text FROM people_user WHERE account_id = %(a)s AND left_at IS NULL AND {clause}{within(actor, 'id')}",
        {"a": actor.account_id, "k": key},
    )
    if found is None:
        words = _("Nobody here has this address. Type the e-mail address of somebody in the account.")
        near = find.similar(actor, text)[:1] if not id and actor.may("people:user:view") else []
        raise Refused(
            "invalid", "no_manager", " ".join([words, *(_("Closest: %(name)s.") % {"name": n["email"]} for n in near)]), field="manager"
        )
    return str(found)


def id_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def bare(given: Any) -> str:
    """What was typed, as it can be asked for and shown; the database takes no NUL and no half of a character."""
    return str(given or "").replace("\x00", "\ufffd").encode("utf-8", "replace").decode().strip()
