"""The areas of /v2. Importing them registers their operations."""

from . import (
    accounts,
    features,
    group_admins,
    groups,
    leaving,
    marketplace,
    meetings,
    people,
    people_changes,
    recordings,
    reports,
    roles,
    rooms,
    settings,
)

AREAS = (
    people,
    people_changes,
    features,
    leaving,
    groups,
    group_admins,
    roles,
    rooms,
    accounts,
    settings,
    meetings,
    recordings,
    reports,
    marketplace,
)
