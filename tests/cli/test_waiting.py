"""`usher waiting …`, and --wait where seats lack."""

from collections.abc import Callable

from tests.cli.told import Told

Cli = Callable[..., Told]


def waits(cli: Cli, *arguments: str) -> list[tuple[int, str, str]]:
    return [(w["place"], w["email"], w["product"]) for w in cli("waiting", "list", *arguments).answer["waiting"]]


def test_it_works(cli: Cli) -> None:
    """S0-57, S1-18: invited all the same, listed in order, put first, taken off, and back by undo."""
    cli("seats", "set", "phone", "1")
    refused = cli("people", "add", "a@w.test", "b@w.test", "c@w.test", "--add-on", "phone")
    assert (refused.code, refused.answer["code"]) == (3, "no_seat")
    planned = cli("people", "add", "a@w.test", "b@w.test", "c@w.test", "--add-on", "phone", "--wait", "--dry-run")
    assert planned.counts == {"new": 3} and waits(cli) == []
    assert cli("people", "add", "a@w.test", "b@w.test", "c@w.test", "--add-on", "phone", "--wait").counts == {"new": 3}
    assert waits(cli) == [(1, "b@w.test", "phone"), (2, "c@w.test", "phone")]
    assert cli("waiting", "first", "C@w.test", "--dry-run").answer["state"] == "planned"
    assert cli("waiting", "first", "C@w.test").counts == {"updated": 1}
    assert [w[1] for w in waits(cli, "--product", "phone")] == ["c@w.test", "b@w.test"] and waits(cli, "--product", "scheduler") == []
    left = cli("waiting", "leave", "b@w.test,c@w.test")
    assert left.counts == {"updated": 2} and waits(cli) == []
    assert cli("undo", left.answer["change_id"]).code == 0 and len(waits(cli)) == 2


def test_who_does_not_wait(cli: Cli) -> None:
    for address in ("nobody@w.test", "no address"):
        no = cli("waiting", "leave", address)
        assert (no.code, no.answer["code"], no.answer["field"]) == (3, "not_found", "email")


def test_a_file_and_a_change_of_licenses(cli: Cli) -> None:
    """The same choice for a file, and for everybody at once; a file that changes people has none."""
    cli("seats", "set", "phone", "0")
    text = b"email,first name,last name,add-ons\nf@w.test,F,L,phone\n"
    assert cli("people", "import", "-", "--wait", data=text).counts == {"new": 1}
    cli("seats", "set", "meetings:licensed", "2")
    moved = cli("advanced", "change-license", "meetings:basic", "meetings:licensed", "--wait", "--order", "email")
    assert moved.counts["updated"] and {w[2] for w in waits(cli)} == {"phone", "meetings:licensed"}
    assert cli("people", "import", "-", "--update", "--wait", data=text).code == 2
