"""What may be done to people and their groups, as far as no license, phone or content is touched."""

from .groups import CreateGroup
from .language import SetLanguage
from .membership import AddToGroup, MoveGroup, RemoveFromGroup, SetImGroup
from .profile import EditProfile, SetDepartment

__all__ = ["AddToGroup", "CreateGroup", "EditProfile", "MoveGroup", "RemoveFromGroup", "SetDepartment", "SetImGroup", "SetLanguage"]
