"""What races say and count. Their company and connections are fixtures of conftest.py."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection

from tests.people_of import Company, do, one
from usher.core import sql
from usher.journal import engine

CHANGE_LICENSE = "licenses.change_license"
UNASSIGNED = "meetings:unassigned"


def deadlocks() -> int:
    connection.close()
    return int(sql.value("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))


def to(license: str, *users: UUID, company: Company, **how: Any) -> Callable[[], engine.Started]:
    return partial(do, company.owner, CHANGE_LICENSE, {"license": license, "subjects": one(*users)}, **how)
