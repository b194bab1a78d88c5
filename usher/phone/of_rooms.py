"""The shared half of every verb over a set of rooms: that of people with another selection (room_selection.py)."""

from collections.abc import Mapping
from typing import Any

from usher.core.actor import Actor
from usher.people.of_people import OfPeople

from . import room_selection


class OfRooms(OfPeople):
    """`subjects` is a selection of rooms. What else the verb needs, and its SQL, are as for people. Nobody marks a room, and no role covers some rooms only."""

    keeps_scope = False
    spares_marked = False

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        return {**self.wish(actor, params), "subjects": room_selection.checked(params.get("subjects"))}

    def check_undo(self, actor: Actor, change: Mapping[str, Any]) -> None:
        actor.require_everybody()

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {**self.terms(params), **room_selection.params_of(params["subjects"])}
