"""The areas of /v2. Importing them registers their operations."""

from . import leaving, people, people_changes

AREAS = (people, people_changes, leaving)
