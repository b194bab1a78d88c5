"""The fixtures `northlake` and `southport`: two companies, committed once for a module. A folder's conftest.py takes them in.

A test that also asks for `db` works on them in a transaction that is rolled back; one that does not commits for real, as threads and
other processes need it. The real verbs make each once per process; every module gets its rows back as they were, as if made a moment ago.
Imports stand inside: a conftest is read before Django knows its settings.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.people_of import Company

CHEAP = ["django.contrib.auth.hashers.MD5PasswordHasher"]
NAMES = ("Northlake", "Southport")
# Every table with rows is kept in a schema of the company; what is told here is table, columns, and the same with times moved to now.
KEEP = """
DO $$ DECLARE t name; filled bool; BEGIN
  CREATE SCHEMA {schema};
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ({made_by_migrate}) LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I)', t) INTO filled;
    IF filled THEN EXECUTE format('CREATE TABLE {schema}.%I AS TABLE public.%I', t, t); END IF;
  END LOOP;
  CREATE TABLE {schema}.kept_at AS SELECT now() AS at;
END $$"""
BACK = """
SELECT format('INSERT INTO public.%I (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM {schema}.%I', c.table_name,
    string_agg(format('%I', c.column_name), ', '),
    string_agg(format(CASE c.data_type WHEN 'timestamp with time zone' THEN '%I + (now() - (SELECT at FROM {schema}.kept_at))' ELSE '%I' END, c.column_name), ', '),
    c.table_name)
FROM information_schema.columns c JOIN information_schema.tables k ON k.table_schema = '{schema}' AND k.table_name = c.table_name
WHERE c.table_schema = 'public' AND c.is_generated = 'NEVER' GROUP BY c.table_name"""


@pytest.fixture(scope="session")
def kept_companies(django_db_setup: None, django_db_blocker: Any) -> "dict[str, tuple[Company, str]]":
    """name -> the company and the SQL that brings its rows back."""
    from django.test import override_settings

    from tests.people_of import MADE_BY_MIGRATE, broom, empty, open_company

    kept = {}
    with django_db_blocker.unblock(), override_settings(PASSWORD_HASHERS=CHEAP):
        for name in NAMES:
            empty()
            company, schema = open_company(name), f"kept_{name.lower()}"
            broom().execute(KEEP.format(schema=schema, made_by_migrate=MADE_BY_MIGRATE))
            back = " ".join(f"{insert};" for (insert,) in broom().execute(BACK.format(schema=schema)).fetchall())
            broom().execute(f"CREATE FUNCTION {schema}.back() RETURNS void LANGUAGE plpgsql AS $$ BEGIN {back} END $$")
            kept[name] = (company, f"SELECT {schema}.back()")
        empty()
    return kept


@pytest.fixture(scope="module")
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """What the module writes is committed; at its end every table of ours is emptied, which only the superuser can."""
    from django.db import connection
    from django.test import override_settings

    from tests.people_of import empty

    with django_db_blocker.unblock(), override_settings(PASSWORD_HASHERS=CHEAP):
        yield
        connection.close()
        empty()


@pytest.fixture(scope="module")
def northlake(kept_companies: "dict[str, tuple[Company, str]]", committed: None) -> "Company":
    return brought_back(kept_companies["Northlake"])


@pytest.fixture(scope="module")
def southport(kept_companies: "dict[str, tuple[Company, str]]", committed: None) -> "Company":
    """The other account: nothing in it exists for anybody of Northlake."""
    return brought_back(kept_companies["Southport"])


@pytest.fixture(scope="module")
def equipped(northlake: "Company") -> "Company":
    """Northlake with packages and numbers of Phone to give."""
    from tests.phone.phones import equip

    equip(northlake)
    return northlake


def brought_back(kept: "tuple[Company, str]") -> "Company":
    """With all its rows, committed."""
    from tests.people_of import broom

    company, back = kept
    broom().execute(back)
    return company
