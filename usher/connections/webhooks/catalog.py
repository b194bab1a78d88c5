"""The events there are, what each is about, and who may hear of it: an app whose scopes include one of the event's, of somebody with its right."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from usher.access import scopes
from usher.core.actor import Actor

USERS, GROUPS, ACCOUNT, SETTINGS = "people:user:view", "people:group:view", "accounts:account:view", "accounts:settings:view"
ROLES = "access:role:view"
OF_APP = "app_deauthorized"  # told to the app it is about, and to no other
READS_USERS = ("user:read:admin", "user:write:admin", "user:read:user:admin")
READS_GROUPS = ("group:read:admin", "group:write:admin", "group:read:group:admin")
READS_MEMBERS = ("group:read:admin", "group:write:admin", "group:read:member:admin", "group:read:list_members:admin")
READS_ADMINS = ("group:read:admin", "group:write:admin", "group:read:administrator:admin")
READS_ACCOUNT = ("account:read:admin", "account:write:admin")


@dataclass(frozen=True)
class Kind:
    """One event: its name on the wire, what happened, in words, the right and the scopes that may hear of it (contract, webhooks); none: any app."""

    name: str
    words: str | Promise
    right: str
    scopes: tuple[str, ...]


KINDS: dict[str, Kind] = {
    k.name: k
    for k in (
        Kind("user.created", _("Somebody was added"), USERS, READS_USERS),
        Kind("user.updated", _("Somebody's profile, license or role changed"), USERS, READS_USERS),
        Kind("user.invitation_accepted", _("Somebody accepted an invitation"), USERS, READS_USERS),
        Kind("user.activated", _("Somebody was reactivated"), USERS, READS_USERS),
        Kind("user.deactivated", _("Somebody was deactivated"), USERS, READS_USERS),
        Kind("user.disassociated", _("Somebody was unlinked"), USERS, READS_USERS),
        Kind("user.deleted", _("Somebody was deleted"), USERS, READS_USERS),
        Kind("user.settings_updated", _("Somebody's settings changed"), USERS, (*READS_USERS, "user:read:settings:admin")),
        Kind("user.signed_in", _("Somebody signed in"), USERS, READS_USERS),
        Kind("user.signed_out", _("Somebody signed out"), USERS, READS_USERS),
        Kind("group.created", _("A group was created"), GROUPS, READS_GROUPS),
        Kind("group.updated", _("A group was renamed"), GROUPS, READS_GROUPS),
        Kind("group.deleted", _("A group was deleted"), GROUPS, READS_GROUPS),
        Kind("group.member_added", _("Somebody came into a group"), GROUPS, READS_MEMBERS),
        Kind("group.member_deleted", _("Somebody left a group"), GROUPS, READS_MEMBERS),
        Kind("group.admin_added", _("Somebody administers a group"), ROLES, READS_ADMINS),
        Kind("group.admin_deleted", _("Somebody administers a group no longer"), ROLES, READS_ADMINS),
        Kind("group.settings_updated", _("A group's settings changed"), GROUPS, (*READS_GROUPS, "group:read:settings:admin")),
        Kind(
            "group.lock_settings_updated",
            _("A group locked settings, or lets them free"),
            GROUPS,
            (*READS_GROUPS, "group:read:lock_settings:admin"),
        ),
        Kind("account.updated", _("The account's name or a domain changed"), ACCOUNT, READS_ACCOUNT),
        Kind("account.settings_updated", _("The account's settings changed"), SETTINGS, (*READS_ACCOUNT, "account:read:settings:admin")),
        Kind(
            "account.lock_settings_updated",
            _("The account locked settings, or lets them free"),
            SETTINGS,
            (*READS_ACCOUNT, "account:read:lock_settings:admin"),
        ),
        Kind(OF_APP, _("Somebody took back their agreement to this app"), "access:app:view", ()),
    )
}


def audible(kind: Kind, actor: Actor, app_scopes: Iterable[str]) -> bool:
    """Whether an app of this creator may hear of it now. A creator whose role covers a part of the account hears of nothing: events are of everybody."""
    named = frozenset(app_scopes)
    return (
        actor.scope is None and actor.may(kind.right) and (not kind.scopes or scopes.ALL in named or bool(named & frozenset(kind.scopes)))
    )


def heard_by(found: Mapping[str, Any], actor: Actor) -> list[str]:
    """The events of a subscription that it may hear of now; `found` has its events and app_scopes."""
    return [name for name in found["events"] if name in KINDS and audible(KINDS[name], actor, found["app_scopes"])]
