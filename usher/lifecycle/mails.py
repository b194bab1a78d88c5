"""The kinds of mail about people coming in and their passwords, registered at start."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from usher.access import links
from usher.core import clock, sql
from usher.mail.kinds import Kind, register
from usher.people.filters import SENDER_GONE

from .sign_up import OPEN

Row = Mapping[str, Any]

INVITED = f"""
SELECT m.id, a.name AS account, coalesce(nullif(u.language, ''), a.language) AS language, u.time_zone, u.first_name, u.email,
  s.role, s.role <> 'member' AS admin, i.expires_at AS until, EXISTS (SELECT 1 FROM people_login l WHERE l.canonical = u.canonical) AS has_login,
  coalesce(nullif(b.display_name, ''), nullif(btrim(b.first_name || ' ' || b.last_name), ''), b.email, '') AS inviter,
  i.state = 'open' AND i.expires_at > %(now)s
    AND NOT ({SENDER_GONE}) AND NOT EXISTS (SELECT 1 FROM mail_message n WHERE n.to_user = m.to_user AND n.kind = m.kind AND n.id > m.id) AS alive
FROM mail_message m JOIN people_invitation i ON i.user_id = m.to_user JOIN people_user u ON u.id = m.to_user JOIN people_standing s ON s.user_id = m.to_user
JOIN accounts_account a ON a.id = m.account_id LEFT JOIN people_user b ON b.id = i.invited_by AND b.account_id = m.account_id WHERE m.id = ANY(%(ids)s)"""

RESET = """
SELECT m.id, a.name AS account, coalesce(nullif(u.language, ''), a.language) AS language, u.time_zone, u.first_name, u.email, s.role <> 'member' AS admin, k.expires_at AS until,
  coalesce(k.used_at IS NULL AND k.expires_at > %(now)s, false) AS alive
FROM mail_message m JOIN people_user u ON u.id = m.to_user JOIN people_standing s ON s.user_id = m.to_user JOIN accounts_account a ON a.id = m.account_id
LEFT JOIN access_link k ON k.id = (m.params->>'link')::uuid WHERE m.id = ANY(%(ids)s)"""

NOTICE = """
SELECT m.id, a.name AS account, coalesce(nullif(u.language, ''), a.language) AS language, u.time_zone, u.first_name, u.email, false AS admin, m.created_at AS at, true AS alive
FROM mail_message m JOIN people_user u ON u.id = m.to_user JOIN accounts_account a ON a.id = m.account_id WHERE m.id = ANY(%(ids)s)"""

# As who has no login nobody signs in, and their address is a name (letting_in.py): whoever reads its mail gets none.
ADDRESS = NOTICE.replace("true AS alive", "u.login_id IS NOT NULL AS alive, m.params->>'old' AS old, m.params->>'new' AS new")

DELETION = """
SELECT m.id, a.name AS account, coalesce(nullif(u.language, ''), a.language) AS language, u.time_zone, u.first_name, u.email, s.role <> 'member' AS admin,
  (m.params->>'n')::int AS n, (m.params->>'on')::timestamptz AS "on", a.delete_after_days AS days, s.status = 'active' AND s.role <> 'member'
    AND u.login_id IS NOT NULL AND a.delete_after_days > 0 AS alive
FROM mail_message m JOIN people_user u ON u.id = m.to_user JOIN people_standing s ON s.user_id = u.id JOIN accounts_account a ON a.id = m.account_id WHERE m.id = ANY(%(ids)s)"""


def invited(messages: Sequence[Row]) -> dict[UUID, dict[str, Any]]:
    """Who invites whom, where to, until when, and whether they sign in here already. A mail that a newer one replaced, or whose sender has left, is
    not alive."""
    return _by_id(INVITED, messages)


def resetting(messages: Sequence[Row]) -> dict[UUID, dict[str, Any]]:
    return _by_id(RESET, messages)


def noticed(messages: Sequence[Row]) -> dict[UUID, dict[str, Any]]:
    return _by_id(NOTICE, messages)


def readdressed(messages: Sequence[Row]) -> dict[UUID, dict[str, Any]]:
    """Which address somebody had, and which they have now."""
    return _by_id(ADDRESS, messages)


def deleting(messages: Sequence[Row]) -> dict[UUID, dict[str, Any]]:
    """How many people will be deleted, and from when on; not alive when the account does not want it any more."""
    return _by_id(DELETION, messages)


def deactivated_list(messages: Sequence[Row]) -> dict[UUID, str]:
    """Where they stand. It is no key: whoever opens it signs in."""
    return {m["id"]: f"{settings.BASE_URL}/people?status=inactive" for m in messages}


def invitation_links(messages: Sequence[Row]) -> dict[UUID, str]:
    """The link of each invitation; its hash is stored from then on."""
    urls = links.invitation_urls([m["to_user"] for m in messages])
    return {m["id"]: urls[m["to_user"]] for m in messages if m["to_user"] in urls}


def reset_links(messages: Sequence[Row]) -> dict[UUID, str]:
    """The link of each reset."""
    wanted = {m["id"]: UUID(m["params"]["link"]) for m in messages}
    urls = links.urls(wanted.values())
    return {id: urls[link] for id, link in wanted.items() if link in urls}


def _by_id(query: str, messages: Sequence[Row]) -> dict[UUID, dict[str, Any]]:
    return {r["id"]: r for r in sql.rows(query, {"ids": [m["id"] for m in messages], "now": clock.now()})}


# Whether somebody signs in here already is looked up when the mail goes out, and told to nobody but its reader (S0-33, R11).
SIGN_UP = f"""
SELECT m.id, a.name AS account, a.language, m.address AS email, '' AS first_name, false AS admin, k.expires_at AS until,
  coalesce(k.used_at IS NULL AND k.expires_at > %(now)s AND EXISTS (SELECT 1 FROM {OPEN.format(canonical="k.canonical")} AND d.account_id = k.account_id), false) AS alive
FROM mail_message m JOIN accounts_account a ON a.id = m.account_id LEFT JOIN accounts_signup k ON k.id = (m.params->>'sign_up')::uuid WHERE m.id = ANY(%(ids)s)"""


def signing_up(messages: Sequence[Row]) -> dict[UUID, dict[str, Any]]:
    """Not alive once the link was used or is too old, or nobody signs up by the domain any more."""
    return _by_id(SIGN_UP, messages)


def sign_up_links(messages: Sequence[Row]) -> dict[UUID, str]:
    """The link of each."""
    wanted = {m["id"]: UUID(m["params"]["sign_up"]) for m in messages}
    urls = links.asked_urls(wanted.values(), "sign_up")
    return {id: urls[asked] for id, asked in wanted.items() if asked in urls}


NEW_ADDRESS = """
SELECT m.id, a.name AS account, coalesce(nullif(u.language, ''), a.language) AS language, u.time_zone, m.address AS email, u.email AS old, u.first_name, false AS admin,
  k.expires_at AS until, coalesce(k.used_at IS NULL AND k.expires_at > %(now)s, false) AS alive
FROM mail_message m JOIN accounts_account a ON a.id = m.account_id JOIN people_standing s ON s.account_id = a.id AND s.role = 'owner' AND s.status = 'active'
JOIN people_user u ON u.id = s.user_id LEFT JOIN accounts_signup k ON k.id = (m.params->>'asked')::uuid WHERE m.id = ANY(%(ids)s)"""


def choosing_address(messages: Sequence[Row]) -> dict[UUID, dict[str, Any]]:
    """Whose address it will be; not alive once the link was used or is too old."""
    return _by_id(NEW_ADDRESS, messages)


def new_address_links(messages: Sequence[Row]) -> dict[UUID, str]:
    """The link of each."""
    wanted = {m["id"]: UUID(m["params"]["asked"]) for m in messages}
    urls = links.asked_urls(wanted.values(), "address")
    return {id: urls[asked] for id, asked in wanted.items() if asked in urls}


def way_in(messages: Sequence[Row]) -> dict[UUID, str]:
    """The page of sign-in. It is no key."""
    return {m["id"]: f"{settings.BASE_URL}/sign-in" for m in messages}


register(Kind("sign_up", _("Join %(account)s"), signing_up, sign_up_links, secret=True))
register(Kind("new_address", _("Use this address from now on"), choosing_address, new_address_links, secret=True))
register(Kind("sign_up_known", _("You have an account already"), noticed, way_in))
register(Kind("invitation", _("You are invited to %(account)s"), invited, invitation_links, private=frozenset({"has_login"})))
register(Kind("owner_setup", _("Set up %(account)s"), invited, invitation_links, secret=True))
register(Kind("password_reset", _("Choose a new password"), resetting, reset_links, secret=True))
register(Kind("password_changed", _("Your password was changed"), noticed))
register(Kind("address_changed", _("Your address was changed"), readdressed))
register(Kind("deletion_ahead", _("Deactivated people will be deleted at %(account)s"), deleting, deactivated_list))
