"""The areas of /v2. Importing them registers their operations."""

from . import groups, leaving, people, people_changes, roles

AREAS = (people, people_changes, leaving, groups, roles)
