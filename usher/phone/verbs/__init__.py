"""What may be done to phones, numbers, packages and the phone side of sites."""

from . import adding, extension, keeping_up, numbers, packages, removing, rooms, settings, sites, templates, trash

__all__ = ["adding", "extension", "keeping_up", "numbers", "packages", "removing", "rooms", "settings", "sites", "templates", "trash"]
