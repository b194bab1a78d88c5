"""`usher app …`: made with its secret shown once, listed without it, given another, switched off and on, deleted."""

from collections.abc import Callable

from tests.cli.told import KEYS, Told
from usher.access import tokens
from usher.core.ids import short, unshort

Cli = Callable[..., Told]


def test_it_works(cli: Cli) -> None:
    """Issue 6: exactly account_id, client_id and client_secret; the secret is in nothing else (AUTHZ-16)."""
    made = cli("app", "create", "--name", "HR sync", "--scopes", "all")
    assert made.code == 0 and set(made.answer) == {"account_id", "client_id", "client_secret"}
    assert unshort(made.answer["account_id"]) and len(made.answer["client_id"]) == 22
    client = tokens.client(made.answer["client_id"], made.answer["client_secret"], "192.0.2.9")
    assert client is not None and short(client.account_id) == made.answer["account_id"]
    told = cli("app", "list")
    assert [a["name"] for a in told.answer["apps"]] == ["HR sync"] and made.answer["client_secret"] not in str(told.answer)
    assert told.answer["apps"][0]["creator"].startswith("owner@")


def test_rotated_off_on_and_deleted(cli: Cli) -> None:
    made = cli("app", "create", "--name", "HR", "--scopes", "user:read:admin,user:write:admin").answer
    id = made["client_id"]
    again = cli("app", "rotate", id).answer
    assert again["client_secret"] != made["client_secret"]
    assert tokens.client(id, again["client_secret"], "192.0.2.9") and tokens.client(id, made["client_secret"], "192.0.2.9")
    assert cli("app", "off", id, "--dry-run").answer["state"] == "planned" and tokens.client(id, again["client_secret"], "192.0.2.9")
    assert cli("app", "off", id).counts == {"updated": 1}
    assert tokens.client(id, again["client_secret"], "192.0.2.9") is None
    assert cli("app", "on", id).counts == {"updated": 1}
    assert cli("app", "delete", id).code == 0 and cli("app", "list").answer["apps"] == []


def test_for_people_and_handed_over(cli: Cli) -> None:
    """Issue 6: an app with redirect addresses is for people; a public one has no secret; another person answers for it."""
    where = ("--redirect", "https://portal.example.com/callback", "--redirect", "http://127.0.0.1/cb")
    made = cli("app", "create", "--name", "Book", "--scopes", "user:read", *where).answer
    client = tokens.client(made["client_id"], made["client_secret"], "192.0.2.9")
    assert client is not None and client.for_people and not client.is_public
    public = cli("app", "create", "--name", "Phone", "--scopes", "user:read", *where, "--public").answer
    assert public["client_secret"] is None and tokens.client(public["client_id"], "", "192.0.2.9") is not None
    assert {a["redirects"] for a in cli("app", "list").answer["apps"]} == {"https://portal.example.com/callback http://127.0.0.1/cb"}
    admin = cli("app", "list").answer["apps"][0]["creator"].replace("owner@", "admin@")
    assert cli("app", "hand-over", made["client_id"], "--to", admin).counts == {"updated": 1}
    assert cli("app", "hand-over", made["client_id"], "--to", "nobody@x.test").answer["code"] == "no_heir"
    assert cli("app", "create", "--name", "A", "--scopes", "all", "--public").answer["code"] == "redirects"


def test_what_is_wrong(cli: Cli) -> None:
    """An unknown scope, nobody of this address, an app that is none: exit 3, and nothing is made."""
    assert cli("app", "create", "--name", "A", "--scopes", "people:fly").answer["code"] == "scopes"
    assert cli("app", "create", "--name", "A", "--scopes", "all", "--creator", "x@y.test").code == 3
    assert cli("app", "rotate", "nothing").code == 3
    for command in (("off",), ("on",), ("hand-over", "--to", "x@y.test"), ("delete",)):
        no = cli("app", *command, "nothing")
        assert no.code == 3 and set(no.answer) > KEYS, command
    assert cli("app", "list").answer["apps"] == []


def test_a_key_makes_one_app(cli: Cli) -> None:
    first = cli("app", "create", "--name", "A", "--scopes", "all", "--key", "k").answer
    second = cli("app", "create", "--name", "A", "--scopes", "all", "--key", "k").answer
    assert first["client_id"] == second["client_id"] and second["client_secret"] is None
