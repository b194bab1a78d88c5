"""What may be done to people and their groups, as far as no license, phone or content is touched."""

from .groups import CreateGroup
from .list_look import ChooseLook
from .marking import Mark, Unmark
from .membership import AddToGroup, MoveGroup, RemoveFromGroup, SetImGroup
from .own import ChooseSettings
from .profile import EditProfile, SetDepartment

__all__ = [
    "AddToGroup",
    "ChooseLook",
    "ChooseSettings",
    "CreateGroup",
    "EditProfile",
    "Mark",
    "MoveGroup",
    "RemoveFromGroup",
    "SetDepartment",
    "SetImGroup",
    "Unmark",
]
