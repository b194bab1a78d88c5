"""What may be done to phones, numbers, packages, the phone side of sites, and the account log."""

from . import (
    activating,
    adding,
    automatic,
    calls,
    deleting_sites,
    extension,
    keeping_up,
    numbers,
    packages,
    removing,
    rooms,
    settings,
    sites,
    storing,
    templates,
    trash,
)

__all__ = [
    "activating",
    "adding",
    "automatic",
    "calls",
    "deleting_sites",
    "extension",
    "keeping_up",
    "numbers",
    "packages",
    "removing",
    "rooms",
    "settings",
    "sites",
    "storing",
    "templates",
    "trash",
]
