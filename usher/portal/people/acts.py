"""What can be done to one person: the same verbs in the same order in the menu of a row and at the head of the profile (S4-11, S4-23)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from usher.core.actor import Actor
from usher.core.ids import short
from usher.people import rank
from usher.portal.listing_page import Act


def row_acts(actor: Actor, row: Mapping[str, Any]) -> list[Act]:
    """The menu of a row in a list."""
    return [Act(_("Open"), f"/people/{short(row['id'])}"), *acts_of(actor, row)]


def acts_of(actor: Actor, person: Mapping[str, Any]) -> list[Act]:
    """Everything that can be done, in one order; what this actor may not do, or nobody can do now, says why."""
    ids = f"?ids={short(person['id'])}"
    pending = person["status"] == "pending"
    acts = [
        Act(_("Edit"), f"/people/{short(person['id'])}/profile", why_not=why_no_edit(actor, person)),
        *([] if pending else [stop_or_start(actor, person)]),
        Act(_("Change license"), "/people/license-changes" + ids, why_not=why_no_license(person)),
        Act(_("Add-ons"), "/people/add-on-changes" + ids, why_not=why_no_license(person)),
        Act(_("Groups"), "/people/group-changes" + ids, why_not=actor.why_not("people:group:manage")),
        Act(_("Change address"), f"/people/{short(person['id'])}/address", why_not=why_no_edit(actor, person)),
        Act(_("Set role"), "/people/role-changes" + ids, why_not=why_no_role(actor, person)),
    ]
    if pending and person["role"] != "owner":
        return [*acts, Act(_("Resend"), "/people/resends" + ids), Act(_("Delete"), "/people/withdrawals" + ids, last=True)]
    if pending:
        return [*acts, Act(_("Resend"), "/people/resends" + ids)]
    if actor.may("people:mark:manage") and "mark" in person:
        acts.append(
            Act(_("Take the mark away"), "/people/mark-removals" + ids) if person["mark"] else Act(_("Never touch"), "/people/marks" + ids)
        )
    return [
        *acts,
        Act(_("Sign out everywhere"), "/people/sign-outs" + ids, why_not=why_no_sign_out(actor, person)),
        *for_leavers(actor, person),
    ]


def stop_or_start(actor: Actor, person: Mapping[str, Any]) -> Act:
    """Deactivate who is active, reactivate who is not (S4-12, S4-22, S4-53)."""
    path = f"/people/{short(person['id'])}"
    if person["status"] == "inactive":
        return Act(_("Reactivate"), f"{path}/reactivation")
    return Act(_("Deactivate"), f"{path}/deactivation", why_not=why_no_leaving(actor, person))


def for_leavers(actor: Actor, person: Mapping[str, Any]) -> list[Act]:
    """What takes somebody out of the account, below a rule."""
    path, why_not = f"/people/{short(person['id'])}", why_no_leaving(actor, person)
    managed = _("At a managed domain nobody can be unlinked.") if person.get("managed") else ""
    return [
        Act(_("Unlink"), f"{path}/unlinking", last=True, why_not=why_not or managed),
        Act(_("Delete"), f"{path}/deletion", why_not=why_not),
    ]


def factor_removal(actor: Actor, person: Mapping[str, Any], factors: Mapping[str, Any]) -> Act:
    """For somebody who lost the phone: on their Sign-in tab only, because it is rare and somebody must have looked who asks."""
    return Act(
        _("Remove second factors"), f"/people/factor-removals?ids={short(person['id'])}", why_not=why_no_removal(actor, person, factors)
    )


def why_no_removal(actor: Actor, person: Mapping[str, Any], factors: Mapping[str, Any]) -> str:
    if not factors["apps"] and not factors["passkeys"]:
        return _("No second factor is set up.")
    if person["id"] == actor.user_id:
        return _("Your own are removed under Sign-in and security.")
    return why_no_edit(actor, person)


def why_no_edit(actor: Actor, person: Mapping[str, Any]) -> str:
    """AUTHZ-05, said before it is tried."""
    return "" if rank.may_change(actor, person) else rank.words_for(person["role"])


def why_no_leaving(actor: Actor, person: Mapping[str, Any]) -> str:
    """Why somebody cannot be deactivated, unlinked or deleted, said before it is tried (R12, S4-5, S4-23)."""
    if person["role"] == "owner":
        return _("The owner leaves only after the account was handed over.")
    if person["id"] == actor.user_id:
        return _("That is you. Another administrator can do it.")
    if person["status"] == "pending":
        return _("Still pending. Delete the invitation instead.")
    if person["role"] == "member":
        return ""
    if person["role"] != "admin" and rank.may_change(actor, person):
        return _("Whoever has a role is made a member first, by Set role.")
    if actor.is_owner:
        return _("An admin is made a member first, by Set role.")
    return _("Only the owner can make an admin a member, and only members can leave.")


def why_no_license(person: Mapping[str, Any]) -> str:
    return _("Deactivated people hold no license.") if person["status"] == "inactive" else ""


def why_no_role(actor: Actor, person: Mapping[str, Any]) -> str:
    """S0-14, S0-17, S0-18."""
    if person["role"] == "owner":
        return _("The owner's role moves only by a transfer.")
    if not actor.may("access:role:manage"):
        return _("Setting a role needs the right to manage roles.")
    if person["role"] == "admin" and not actor.may("access:admin:manage"):
        return _("Only the owner can make somebody an admin, or a member again.")
    if not rank.may_change(actor, person):
        return rank.words_for(person["role"])
    return "" if person["status"] == "active" else _("Only active people can be admins.")


def why_no_sign_out(actor: Actor, person: Mapping[str, Any]) -> str:
    if person["id"] == actor.user_id:
        return _("Your own sessions end under Sign-in and security.")
    if person["status"] != "active":
        return _("Deactivated people have no session.")
    return why_no_edit(actor, person)
