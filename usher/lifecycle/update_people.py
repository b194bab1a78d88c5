"""Changing people by a file: each line says what one person shall have (S0-10, S0-37; behaviour.md C)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.accounts.models import Account
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.names import figure
from usher.journal.verb import Part, Plan, plan, register
from usher.licenses.catalog import clashes
from usher.people import marks
from usher.people.named import id_of
from usher.people.of_people import OfPeople

from .join import switched_off
from .lines import COLUMNS
from .models import Stage
from .staging import mode_of
from .updated import Updated

RIGHTS = {
    "user_group": "people:group:manage",
    "im_group": "people:im_group:manage",
}  # columns that need more than the right to change people


def staged(actor: Actor, given: Any, mode: str) -> Stage:
    """The list a verb is about, or Refused (missing) when it is forgotten, of another account, or was given for something else."""
    id = id_of(str(given))
    stage = Stage.objects.filter(pk=id, account_id=actor.account_id).first() if id else None
    if stage is None or mode_of(stage) != mode:
        raise Refused("missing", "not_found", _("This import is not here any more. Upload the file again."))
    return stage


@register
class UpdatePeople(OfPeople):
    """Give each person of a file what their line says: profile, department, groups, manager, license, add-ons. Parameter: stage.

    A line is done whole or not at all. Refused per line: what is wrong in it, nobody or several people meant, a second line of the same person, an unknown
    group or manager, products that do not go together. An admin passes over the profile of other admins and the owner (higher_rank, AUTHZ-05).
    """

    name = "lifecycle.update_people"
    keeps_scope = False  # a line may name anybody, and say where they belong
    privilege = "people:user:manage"
    parts = (Updated(),)
    then = ("phone.hurry",)  # a phone follows its seat

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        return super().check(actor, {**params, "subjects": {"stage": str(params.get("stage"))}})

    def wish(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        stage = staged(actor, params.get("stage"), "update")
        columns = stage.choices.get("columns") or list(COLUMNS)
        for column in columns:
            if column in RIGHTS:
                actor.require(RIGHTS[column])
        off = switched_off(Account.objects.get(pk=actor.account_id))
        return {"stage": str(stage.id), "lines": stage.lines, "file": stage.filename, "columns": columns, "off": off}

    def terms(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"off": params["off"], "clashes": clashes()}

    def select(self, part: Part, actor: Actor, params: Mapping[str, Any]) -> str:
        return marks.sparing(part.rows(params), "obj")  # whom it locks is more than whom it is about

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return False  # what is wrong with the one line is listed like that of many

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext(
            "%(n)s\u00a0person will be changed as their line says.", "%(n)s\u00a0people will be changed, each as their line says.", will
        )
        return told % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = ngettext("%(n)s\u00a0person changed from %(file)s", "%(n)s\u00a0people changed from %(file)s", done)
        return told % {"n": figure(done), "file": params.get("file") or _("a list")}


def plan_update(actor: Actor, stage: Stage) -> Plan:
    """The plan of changing everybody of a stage as its lines say."""
    return plan(actor, UpdatePeople.name, {"stage": str(stage.id)})
