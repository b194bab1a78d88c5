"""The areas of /v2. Importing them registers their operations."""

from . import accounts, groups, leaving, people, people_changes, roles, rooms, settings

AREAS = (people, people_changes, leaving, groups, roles, rooms, accounts, settings)
