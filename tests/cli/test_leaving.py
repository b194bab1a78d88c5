"""`usher people deactivate`, `activate`, `unlink`, `delete`, `restore`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.told import Told
from tests.lifecycle.leavers import somebody
from tests.people_of import Company, add_ons, breaches, do, invite, one, standing

Cli = Callable[..., Told]


@pytest.mark.parametrize(("way", "status"), [("deactivate", "inactive"), ("unlink", "gone"), ("delete", "gone")])
def test_each_way_out(cli: Cli, northlake: Company, way: str, status: str) -> None:
    """S0-2, S4-2, S4-4: the public object tells the Change, the counts and the seats that came free."""
    ann = somebody(northlake, "ann", "phone")
    done = cli("people", way, f"ann@{northlake.domain}")
    assert (done.code, done.answer["state"], done.counts, standing(ann)["status"]) == (0, "done", {"updated": 1}, status)
    assert done.answer["seats"]["phone"] == {"before": 4, "after": 5}
    assert cli("undo", done.answer["change_id"]).code == 0
    assert (standing(ann)["status"], add_ons(ann)) == ("active", ["phone"])
    assert breaches() == []


def test_reactivate_and_restore(cli: Cli, northlake: Company) -> None:
    """S4-22, S4-55, R15."""
    ann, bob = somebody(northlake, "ann", "phone"), somebody(northlake, "bob")
    assert cli("people", "deactivate", f"ann@{northlake.domain}").code == 0
    assert cli("people", "activate", f"ann@{northlake.domain}").counts == {"updated": 1}
    assert (standing(ann)["status"], add_ons(ann)) == ("active", ["phone"])
    assert cli("people", "delete", f"bob@{northlake.domain}").code == 0
    invite(northlake.operator, f"bob@{northlake.domain}")
    taken = cli("people", "restore", f"bob@{northlake.domain}")
    assert (taken.code, taken.answer["code"]) == (3, "address_taken")
    assert cli("people", "restore", f"bob@{northlake.domain}", "--new-email", f"bob2@{northlake.domain}").code == 0
    assert standing(bob)["status"] == "active"


def test_a_file_of_leavers_tells_every_line_that_was_not_done(cli: Cli, northlake: Company, tmp_path: Path) -> None:
    """S4-2, CSV-03, CSV-05: semicolons, BOM, other columns; a stranger, a wrong address, a repeat, an admin, somebody pending: each listed by line."""
    ann, bob = somebody(northlake, "ann"), somebody(northlake, "bob")
    d = northlake.domain
    lines = [
        "Name;E-Mail",
        f"Ann;ann@{d}",
        f"Bob;BOB@{d}",
        "Eve;eve@nowhere.test",
        "Bad;bad@",
        f"Ann;ann@{d}",
        f"Adi;admin@{d}",
        f"Pen;pending@{d}",
    ]
    file = tmp_path / "leavers.csv"
    file.write_bytes("\r\n".join(lines).encode("utf-8-sig"))
    told = cli("people", "deactivate", "--file", str(file), "--refusals", str(tmp_path / "left.csv"))
    assert (told.code, told.counts) == (4, {"updated": 2, "skipped": 2, "refused": 3})
    assert {(r["line"], r["code"]) for r in told.answer["refusals"]} == {
        (4, "nobody_here"),
        (5, "bad_email"),
        (6, "twice"),
        (None, "is_admin"),
        (None, "still_pending"),
    }
    assert {standing(u)["status"] for u in (ann, bob)} == {"inactive"}
    assert len((tmp_path / "left.csv").read_text().splitlines()) == 6
    back = cli("people", "activate", "--file", "-", data=file.read_bytes())
    assert (back.code, back.counts["updated"], standing(ann)["status"]) == (4, 2, "active")


def test_filters_choose_a_set(cli: Cli, northlake: Company) -> None:
    """S4-48: the filters of `people list`; a dry run writes nothing, not even what it read."""
    from tests.people_of import rows_written

    ann = somebody(northlake, "ann")
    do(northlake.owner, "people.edit_profile", {"subjects": one(ann), "fields": {"department": "Closed"}})
    before = rows_written()
    planned = cli("people", "deactivate", "--department", "Closed", "--dry-run")
    assert (planned.code, planned.answer["state"], planned.counts) == (0, "planned", {"updated": 1})
    assert rows_written() == before
    assert cli("people", "deactivate", f"ann@{northlake.domain}", "--dry-run").code == 0
    assert rows_written() == before
    assert cli("people", "deactivate", "--department", "Closed").code == 0
    assert standing(ann)["status"] == "inactive"


def test_content_goes_to_the_heir(cli: Cli, northlake: Company) -> None:
    """S4-14, S4-17: by address; an heir who is not active is refused before anything is done."""
    ann, ben = somebody(northlake, "ann"), somebody(northlake, "ben")
    do(northlake.owner, "content.create", {"items": [{"owner": str(ann), "kind": "meeting", "title": "Weekly", "occurs": "recurring"}]})
    no = cli("people", "deactivate", f"ann@{northlake.domain}", "--content", "meetings", "--heir", f"pending@{northlake.domain}")
    assert (no.code, no.answer["code"], standing(ann)["status"]) == (3, "heir_inactive", "active")
    assert cli("people", "deactivate", f"ann@{northlake.domain}", "--content", "meetings", "--heir", f"ben@{northlake.domain}").code == 0
    from usher.core import sql

    assert sql.value("SELECT owner_id FROM content_standing WHERE account_id = %(a)s", {"a": northlake.account}) == ben


@pytest.mark.parametrize(
    "arguments",
    [(), ("ann@a.test", "--department", "X"), ("ann@a.test", "--heir", "b@a.test"), ("ann@a.test", "--content", "meetings")],
)
def test_usage(cli: Cli, arguments: tuple[str, ...]) -> None:
    """Exit 2: nobody named, two ways of naming, an heir without content, content without an heir."""
    assert cli("people", "delete", *arguments).code == 2


def test_more_than_a_hundred_need_a_yes(cli: Cli, northlake: Company, monkeypatch: Any) -> None:
    """Nobody is asked without a terminal: refused, and nothing is done; --yes goes on."""
    monkeypatch.setattr("usher.cli.leaving.MOST_AT_ONCE", 0)
    ann = somebody(northlake, "ann")
    no = cli("people", "deactivate", f"ann@{northlake.domain}")
    assert (no.code, no.answer["code"], standing(ann)["status"]) == (3, "not_sure", "active")
    assert cli("people", "deactivate", f"ann@{northlake.domain}", "--yes").code == 0


def test_another_account_s_people_are_nobody(cli: Cli, northlake: Company, southport: Company) -> None:
    """TENANT-03."""
    told = cli("people", "deactivate", f"member@{southport.domain}")
    assert (told.code, [r["code"] for r in told.answer["refusals"]]) == (3, ["nobody_here"])
    assert southport.member.user_id
    assert standing(southport.member.user_id)["status"] == "active"
