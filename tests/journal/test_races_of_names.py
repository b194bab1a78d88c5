"""One name for two things at once: the first has it, the second is refused in words, and nobody meets an error of the database."""

import threading
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from tests.people_of import Company, do
from tests.threads import at_once, wait_until_locked
from usher.accounts import places
from usher.core import sql
from usher.core.refusals import Refused

pytestmark = pytest.mark.django_db(transaction=True)
NEW_ROLE = {"description": "", "privileges": ["people:user:view"], "most": None}
# kind -> how one is made, how it is renamed, what it is called by there, where the names stand
KINDS: dict[str, tuple[str, dict[str, Any], str, dict[str, Any], str, str]] = {
    "group": ("people.create_group", {}, "people.rename_group", {}, "group", "people_group"),
    "IM group": ("people.create_im_group", {}, "people.rename_im_group", {}, "group", "people_group"),
    "site": ("accounts.create_site", {}, "accounts.rename_site", {}, "site", "accounts_site"),
    "room": ("accounts.create_room", {"kind": "Kiosk"}, "accounts.edit_room", {"kind": "Kiosk"}, "room", "accounts_room"),
    "role": ("access.create_role", NEW_ROLE, "access.edit_role", NEW_ROLE, "role", "access_role"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_two_renames_to_one_name(company: Company, kind: str) -> None:
    """F35: the first one's name is written and not yet there for others; the second waits for it, and is told that the name is taken."""
    make, given, rename, more, key, table = KINDS[kind]
    for name in ("One", "Two"):
        do(company.owner, make, {"name": name, **given})
    column = "key" if kind == "role" else "id::text"
    one, two = (sql.value(f"SELECT {column} FROM {table} WHERE name = %(n)s", {"n": n}) for n in ("One", "Two"))
    written, told = threading.Event(), []

    def second() -> None:
        written.wait(30)
        try:
            told.append(do(company.owner, rename, {key: two, "name": "three", **more}))
        except Exception as trouble:
            told.append(trouble)
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    thread.start()
    with transaction.atomic():
        do(company.owner, rename, {key: one, "name": "Three", **more})
        written.set()
        wait_until_locked()
    thread.join(30)
    (no,) = told
    assert isinstance(no, Refused) and no.code in ("name_taken", "place_name_taken", "role_name_taken"), repr(no)
    assert sorted(r["name"] for r in sql.rows(f"SELECT name FROM {table}")) == ["Three", "Two"]


def test_people_come_while_the_making_of_their_site_is_undone(company: Company) -> None:
    """The undo of making a site takes the lock that deleting one takes: nobody is at a site that is gone."""
    from usher.journal import undo

    do(company.owner, "accounts.create_site", {"name": "Main"})
    for nth in range(6):
        made = do(company.owner, "accounts.create_site", {"name": f"Site {nth}"})
        (site,) = [str(s["id"]) for s in places.sites(company.owner) if s["name"] == f"Site {nth}"]
        told = at_once(
            [
                partial(do, company.owner, "people.set_site", {"site": site, "subjects": {"ids": [str(company.owner.user_id)]}}),
                partial(undo.start_undo, company.owner, made.number or 0),
            ]
        )
        assert all(isinstance(t, Refused) or not isinstance(t, Exception) for t in told), told
        there = [str(s["id"]) for s in places.sites(company.owner)]
        at = sql.value("SELECT site_id::text FROM people_user WHERE id = %(u)s", {"u": company.owner.user_id})
        assert at != site or site in there, told
