"""What may be done to phones, numbers, packages and the phone side of sites."""

from . import adding, deleting_sites, extension, keeping_up, numbers, packages, removing, rooms, settings, sites, templates, trash

__all__ = [
    "adding",
    "deleting_sites",
    "extension",
    "keeping_up",
    "numbers",
    "packages",
    "removing",
    "rooms",
    "settings",
    "sites",
    "templates",
    "trash",
]
