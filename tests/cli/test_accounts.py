"""`usher account`, `products`, `seats`, `sign-in-link`, `mail`."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.told import Told, asked

Cli = Callable[..., Told]


def test_open_an_account(committed: None, db: None) -> None:
    new = asked("account", "open", "--name", "Northlake", "--plan", "enterprise", "--owner", "olga@open.test", "--json")
    assert (new.code, new.counts, new.answer["state"]) == (0, {"new": 1}, "done")
    people = asked("people", "list", "--account", new.answer["account_id"], "--json").answer["people"]
    assert [(p["email"], p["role"], p["status"]) for p in people] == [("olga@open.test", "owner", "pending")]
    assert new.answer["account_id"] in [a["id"] for a in asked("account", "list", "--json").answer["accounts"]]


@pytest.mark.parametrize(
    ("change", "code"), [({"--name": " "}, "name"), ({"--name": "x" * 129}, "name"), ({"--owner": "olga@"}, "bad_email")]
)
def test_an_account_that_cannot_be(committed: None, db: None, change: dict[str, str], code: str) -> None:
    from tests.people_of import rows_written

    before = rows_written()
    options = {"--name": "N", "--plan": "pro", "--owner": "olga@open.test", **change}
    no = asked("account", "open", *[x for pair in options.items() for x in pair], "--json")
    assert (no.code, no.answer["code"], no.answer["change_id"]) == (3, code, None)
    assert rows_written() == before


def test_open_dry_run(committed: None, db: None) -> None:
    from tests.people_of import rows_written

    before = rows_written()
    told = asked("account", "open", "--name", "N", "--plan", "pro", "--owner", "olga@open.test", "--dry-run", "--json")
    assert (told.code, told.answer["state"], told.counts) == (0, "planned", {"new": 1})
    assert rows_written() == before


def test_products_with_and_without_an_account(cli: Cli) -> None:
    found = {p["product"]: p for p in cli("products").answer["products"]}
    assert (found["meetings:licensed"]["bought"], found["meetings:licensed"]["free"]) == (10, 10)
    assert found["webinar:500"]["needs"] == ["meetings:licensed", "meetings:on_prem"]
    assert found["webinar:500"]["excludes"] == ["events"]
    assert found["large_meeting:5000"]["bought"] == 0


def test_seats_up_and_down_but_never_below_what_is_used(cli: Cli) -> None:
    assert cli("seats", "set", "phone", "7", "--dry-run").answer["seats"] == {"phone": {"before": 5, "after": 7}}
    assert cli("seats", "set", "phone", "7").answer["seats"] == {"phone": {"before": 5, "after": 7}}
    same = cli("seats", "set", "phone", "7")
    assert (same.code, same.answer["state"], same.counts) == (0, "unchanged", {"unchanged": 1})
    assert cli("people", "add", "ann@a.test", "--add-on", "phone").code == 0
    no = cli("seats", "set", "phone", "0")
    assert (no.code, no.answer["code"]) == (3, "in_use")


@pytest.mark.parametrize(("product", "quantity", "code"), [("nope", "5", "unknown_product"), ("phone", "100000001", "bad_quantity")])
def test_seats_that_cannot_be(cli: Cli, product: str, quantity: str, code: str) -> None:
    no = cli("seats", "set", product, quantity)
    assert (no.code, no.answer["code"]) == (3, code)


def test_a_key_is_one_wish(cli: Cli) -> None:
    """F20."""
    first, second = cli("seats", "set", "phone", "8", "--key", "k"), cli("seats", "set", "phone", "8", "--key", "k")
    assert first.answer["change_id"] == second.answer["change_id"]
    assert cli("seats", "set", "phone", "9", "--key", "k").answer["code"] == "key_reused"


def test_settings(cli: Cli) -> None:
    days = {"trash_days": 30, "delete_after_days": 0}
    assert cli("account", "settings").answer == {"settings": {"meeting_connector": False, **days}}
    assert cli("account", "settings", "--meeting-connector", "on", "--dry-run").counts == {"updated": 1}
    assert cli("account", "settings").answer == {"settings": {"meeting_connector": False, **days}}
    assert cli("account", "settings", "--meeting-connector", "on").counts == {"updated": 1}
    assert cli("account", "settings").answer == {"settings": {"meeting_connector": True, **days}}
    assert cli("account", "settings", "--trash-days", "7", "--delete-after-days", "90").counts == {"updated": 1}
    assert cli("account", "settings").answer == {"settings": {"meeting_connector": True, "trash_days": 7, "delete_after_days": 90}}


def test_a_link_for_somebody_and_for_nobody(cli: Cli, northlake: Any) -> None:
    member = asked("sign-in-link", f"member@{northlake.domain}", "--json")
    assert member.code == 0
    assert "/link/" in member.answer["link"]
    assert "/join/" in asked("sign-in-link", f"pending@{northlake.domain}", "--json").answer["link"]
    no = asked("sign-in-link", "nobody@a.test", "--json")
    assert (no.code, no.answer["code"]) == (3, "no_person")


def test_the_operator_reads_a_mail_with_its_link(cli: Cli, northlake: Any) -> None:
    assert cli("people", "add", "ann@a.test").code == 0
    (mail,) = cli("mail", "--to", "ann@a.test").answer["mails"]
    assert (mail["address"], mail["kind"], mail["state"]) == ("ann@a.test", "invitation", "shown")
    assert mail["url"].startswith("http")
    assert mail["url"] in mail["text"]
    assert cli("mail", "--to", "nobody@a.test").answer["mails"] == []


def test_remove_factors(db: None, northlake: Any) -> None:
    """ASVS 6.4.4: the operator helps who has lost them all; who has none, or is nobody, is told so and nothing is done."""
    from tests.portal.factors_of import set_up_app
    from tests.signed_in import signed_in

    set_up_app(signed_in(northlake.member.user_id))
    address = f"member@{northlake.domain}"
    assert asked("remove-factors", address, "--json").answer == {"email": address}
    for email in (address, "nobody@a.test"):
        no = asked("remove-factors", email, "--json")
        assert (no.code, no.answer["state"]) == (3, "refused"), no
