"""Many people between groups in one go: everybody of one group to another, everybody of a domain into one (S0-64, S0-65, S0-67)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.accounts import domains
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.names import figure
from usher.journal.verb import register
from usher.people.named import group_named
from usher.people.of_people import OfPeople

from .group_parts import FromGroup, FromImGroup
from .membership import AddToGroup, OfGroup


class _MoveMembers(OfPeople):
    """The shared half: whoever is in `group` is the set, `to` is where they go. Refuses (invalid, same_group) a move to where they are."""

    keeps_scope = False
    kind: ClassVar[str]

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        left = group_named(actor, self.kind, params.get("group"))
        came = group_named(actor, self.kind, params.get("to"), "to")
        if left["group"] == came["group"]:
            raise Refused("invalid", "same_group", _("They are in this group already. Choose another one to move to."), field="to")
        members = {"group" if self.kind == "user" else "im_group": [left["group"]]}
        told = super().check(actor, {"subjects": {"query": members}})
        return {**left, "to": came["group"], "to_name": came["group_name"], **told}


@register
class MoveMembers(_MoveMembers):
    """Move everybody in one user group to another: they leave the first, join the second, and where the first was primary the second is.

    Who is in the second already only leaves the first. Refuses what group_named refuses, and a move to the same group.
    """

    name = "people.move_members"
    privilege = "people:group:manage"
    kind = "user"
    parts = (FromGroup(),)

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext(
            "%(n)s\u00a0person will move from %(group)s to %(to)s.", "%(n)s\u00a0people will move from %(group)s to %(to)s.", will
        )
        return told % {"n": figure(will), "group": params["group_name"], "to": params["to_name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = ngettext("%(n)s\u00a0person moved from %(group)s to %(to)s", "%(n)s\u00a0people moved from %(group)s to %(to)s", done)
        return told % {"n": figure(done), "group": params["group_name"], "to": params["to_name"]}


@register
class MoveImMembers(_MoveMembers):
    """Move everybody in one IM group to another."""

    name = "people.move_im_members"
    privilege = "people:im_group:manage"
    kind = "im"
    parts = (FromImGroup(),)

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext(
            "%(n)s\u00a0person will move from the IM group %(group)s to %(to)s.",
            "%(n)s\u00a0people will move from the IM group %(group)s to %(to)s.",
            will,
        )
        return told % {"n": figure(will), "group": params["group_name"], "to": params["to_name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = ngettext(
            "%(n)s\u00a0person moved from the IM group %(group)s to %(to)s",
            "%(n)s\u00a0people moved from the IM group %(group)s to %(to)s",
            done,
        )
        return told % {"n": figure(done), "group": params["group_name"], "to": params["to_name"]}


@register
class RemoveFromImGroup(OfGroup):
    """Take each of a set of people out of an IM group; they are left without one. Who is not in it is skipped (not_member)."""

    name = "people.remove_from_im_group"
    privilege = "people:im_group:manage"
    kind = "im"
    parts = (FromImGroup(),)

    def terms(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {**super().terms(params), "to": None, "to_name": None}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext(
            "%(n)s\u00a0person will leave the IM group %(group)s.", "%(n)s\u00a0people will leave the IM group %(group)s.", will
        )
        return told % {"n": figure(will), "group": params["group_name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = ngettext(
            "%(n)s\u00a0person taken out of the IM group %(group)s", "%(n)s\u00a0people taken out of the IM group %(group)s", done
        )
        return told % {"n": figure(done), "group": params["group_name"]}


@register
class AddDomainToGroup(OfGroup):
    """Put everybody whose address is at one domain of the account into a user group; they stay in the groups they are in.

    Refuses (invalid, no_domain) a domain that the account has not proven. Whoever came in by a domain has an address at it.
    """

    name = "people.add_domain_to_group"
    parts = AddToGroup.parts

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        domain = domain_proven(actor, str(params.get("domain") or ""))
        return {**super().check(actor, {"group": params.get("group"), "subjects": {"query": {"domain": [domain]}}}), "domain": domain}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext(
            "%(n)s\u00a0person at %(domain)s will be added to %(group)s.",
            "%(n)s\u00a0people at %(domain)s will be added to %(group)s.",
            will,
        )
        return told % {"n": figure(will), "domain": params["domain"], "group": params["group_name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = ngettext("%(n)s\u00a0person at %(domain)s added to %(group)s", "%(n)s\u00a0people at %(domain)s added to %(group)s", done)
        return told % {"n": figure(done), "domain": params["domain"], "group": params["group_name"]}


def domain_proven(actor: Actor, text: str) -> str:
    """A domain that the account has proven, by its name in any spelling. Refused (invalid, no_domain) else."""
    try:
        found = domains.by_name(actor, text)
    except Refused as no:
        if no.kind == "forbidden":
            raise
        found = {"state": ""}
    if found["state"] != "verified":
        raise Refused("invalid", "no_domain", _("This account has no proven domain of this name."), field="domain")
    return str(found["name"])
