"""The shared half of every verb over a set of people: the selection, what else it needs, and both as parameters for SQL."""

from collections.abc import Mapping
from typing import Any, ClassVar

from usher.core.actor import Actor
from usher.journal.verb import Part, Verb

from . import marks, selection
from .rank import refuse_higher
from .scope import refuse_outside


class OfPeople(Verb):
    """`subjects` is a selection (selection.py). A verb says in `wish` what else it needs, checked, and in `terms` what its SQL needs of that.

    Of more than one person picked by hand, whoever is marked is passed over (marks.py), and of a file the lines that name nobody, or somebody twice, are
    refused with the reason; no part has to know. An undo holds nobody back.
    """

    keeps_scope = True
    spares_marked: ClassVar[bool] = True
    tells_lines: ClassVar[bool] = False  # the rows are a file's lines themselves, those that name nobody among them
    by_rank: ClassVar[bool] = False  # one person above the actor is refused (AUTHZ-05); in a set of many the parts pass over them

    def wish(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        """The parameters beside the subjects, as they are journaled; Refused when one is wrong."""
        return {}

    def terms(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The same as parameters for SQL."""
        return {name: value for name, value in params.items() if name != "subjects"}

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        wish, subjects = self.wish(actor, params), selection.checked(actor, params.get("subjects"))
        if self.by_rank:
            refuse_higher(actor, subjects)
        return {**wish, "subjects": subjects}

    def check_undo(self, actor: Actor, change: Mapping[str, Any]) -> None:
        refuse_outside(actor, change)

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {**self.terms(params), **selection.params_of(params["subjects"])}

    def select(self, part: Part, actor: Actor, params: Mapping[str, Any]) -> str:
        rows, person = part.rows(params), marks.person_of(part)
        spares = self.spares_marked and person and (actor.kind == "system" or marks.of_many(params["subjects"]))
        rows = marks.sparing(rows, person) if spares else rows
        beside = "" if self.tells_lines or part is not self.parts[self.main] else selection.strangers(params["subjects"])
        return f"({rows}) {beside}" if beside else rows
