"""The areas of /v2. Importing them registers their operations."""

from . import groups, leaving, people, people_changes, roles, rooms

AREAS = (people, people_changes, leaving, groups, roles, rooms)
