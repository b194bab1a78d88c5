"""What may be done to people and their groups, as far as no license, phone or content is touched."""

from .default_groups import SetDefaultGroup, SetDefaultImGroup
from .deleting_groups import DeleteGroup, DeleteImGroup
from .groups import CreateGroup, CreateImGroup, RenameGroup, RenameImGroup
from .list_look import ChooseLook
from .marking import Mark, Unmark
from .membership import AddToGroup, MoveGroup, RemoveFromGroup, SetImGroup
from .moving_groups import AddDomainToGroup, MoveImMembers, MoveMembers, RemoveFromImGroup
from .own import ChooseSettings
from .primary import SetPrimaryGroup
from .profile import EditProfile, SetDepartment
from .site import SetSite
from .stored import StoreGroupSettings, StoreSettings

__all__ = [
    "AddDomainToGroup",
    "AddToGroup",
    "ChooseLook",
    "ChooseSettings",
    "CreateGroup",
    "CreateImGroup",
    "DeleteGroup",
    "DeleteImGroup",
    "EditProfile",
    "Mark",
    "MoveGroup",
    "MoveImMembers",
    "MoveMembers",
    "RemoveFromGroup",
    "RemoveFromImGroup",
    "RenameGroup",
    "RenameImGroup",
    "SetDefaultGroup",
    "SetDefaultImGroup",
    "SetDepartment",
    "SetImGroup",
    "SetPrimaryGroup",
    "SetSite",
    "StoreGroupSettings",
    "StoreSettings",
    "Unmark",
]
