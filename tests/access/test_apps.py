"""API apps: made, changed, given another secret, deleted; and the tokens they get (issue 6, S4-33, S4-35)."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection

from tests.people_of import Company, breaches, do, one
from usher.access import api_apps, app_calls, scopes, tokens
from usher.core import clock, sql
from usher.core.actor import Actor
from usher.core.ids import short, uuid7
from usher.core.refusals import Refused
from usher.journal.undo import start_undo
from usher.journal.verb import plan

VERBS = ("access.create_app", "access.edit_app", "access.rotate_secret", "access.delete_app")
HERE = "192.0.2.9"


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""


@pytest.fixture(autouse=True)
def some_scopes() -> None:
    scopes.register(["user:read:admin"], "people:user:view")
    scopes.register(["user:write:admin"], "people:user:manage")


def made(actor: Actor, *, wanted: object = "all") -> tuple[UUID, str]:
    app, secret = api_apps.make(actor, "HR sync", wanted, f"test:{uuid7()}")
    assert secret is not None
    return app, secret


def client_of(app: UUID, secret: str, ip: str = HERE) -> tokens.Client | None:
    return tokens.client(short(app), secret, ip)


def token_of(app: UUID, secret: str) -> str:
    client = client_of(app, secret)
    assert client is not None
    return tokens.issue(client)[0]


def opened_by(token: str) -> list[str]:
    """Which of three scopes the token holds."""
    asked = ("user:read:admin", "user:write:admin", "group:read:admin")
    return [scope for scope in asked if (held := tokens.holder(token, tokens.Purpose(frozenset({scope})))) and held.opens]


def test_it_works(northlake: Company) -> None:
    """An app gets a token, which stands for its creator; nothing of a secret or token is readable in the database or the journal (SECRET-01, AUDIT-07)."""
    app, secret = made(northlake.admin)
    token = token_of(app, secret)
    held = tokens.holder(token)
    assert held is not None and not held.is_over and held.actor.user_id == northlake.admin.user_id and held.actor.door == "api"
    assert held.actor.name.startswith("HR sync (") and len(opened_by(token)) == 3
    do(northlake.admin, "access.edit_app", {"app": app, "name": "HR", "scopes": ["user:read:admin"]})
    assert opened_by(token) == ["user:read:admin"]
    kept = sql.value("SELECT string_agg(to_jsonb(c)::text, ' ') FROM journal_change c") + str(sql.rows("SELECT * FROM access_appsecret"))
    assert secret not in kept and token not in str(sql.rows("SELECT * FROM access_token")) and secret.encode() not in kept.encode()
    do(northlake.admin, "access.delete_app", {"app": app})
    assert tokens.holder(token) is None and client_of(app, secret) is None and breaches() == []


def test_without_the_privilege(northlake: Company) -> None:
    """AUTHZ-20: a member makes no apps and sees none."""
    app, _secret = made(northlake.owner)
    for verb in VERBS:
        with pytest.raises(Refused, match="API apps"):
            plan(northlake.member, verb, {"app": app, "client_id": "x", "name": "a", "scopes": "all"})
    with pytest.raises(Refused, match="API apps"):
        api_apps.apps(northlake.member)


def test_another_account(northlake: Company, southport: Company) -> None:
    """TENANT-05: an app of another account does not exist, and its client is none of the account asked for."""
    app, secret = made(southport.owner)
    for verb in VERBS[1:]:
        with pytest.raises(Refused) as no:
            plan(northlake.owner, verb, {"app": app, "name": "a"})
        assert no.value.kind == "missing"
    with pytest.raises(Refused):
        api_apps.app(northlake.owner, app)
    client = client_of(app, secret)
    assert client is not None and tokens.is_account(client, short(southport.account)) and tokens.is_account(client, str(southport.account))
    assert not tokens.is_account(client, short(northlake.account)) and not tokens.is_account(client, "x" * 22)


@pytest.mark.parametrize(
    ("name", "wanted", "field"),
    [
        ("", "all", "name"),
        ("x" * 65, "all", "name"),
        ("a\nb", "all", "name"),
        ("a", [], "scopes"),
        ("a", "people:fly", "scopes"),
        ("a", 7, "scopes"),
    ],
)
def test_wrong_parameters(northlake: Company, name: str, wanted: object, field: str) -> None:
    with pytest.raises(Refused) as no:
        api_apps.make(northlake.owner, name, wanted, f"test:{uuid7()}")
    assert (no.value.kind, no.value.field) == ("invalid", field)


def test_the_same_key_makes_one_app_and_shows_the_secret_once(northlake: Company) -> None:
    first = api_apps.make(northlake.owner, "HR", "all", "test:same")
    second = api_apps.make(northlake.owner, "HR", "all", "test:same")
    assert first[0] == second[0] and first[1] and second[1] is None
    assert sql.value("SELECT count(*) FROM access_appsecret") == 1


def test_a_rotation_leaves_the_old_secret_a_day(northlake: Company) -> None:
    """OAUTH-18: two secrets at most, the old one in the documented window only; both are kept as hashes."""
    app, first = made(northlake.owner)
    second = api_apps.rotate(northlake.owner, app, f"test:{uuid7()}")
    assert second and client_of(app, first) and client_of(app, second)
    with clock.travel(clock.now() + api_apps.OVERLAP + timedelta(seconds=1)):
        assert client_of(app, first) is None and client_of(app, second)
    third = api_apps.rotate(northlake.owner, app, f"test:{uuid7()}")
    assert third and client_of(app, second) and client_of(app, third) and client_of(app, first) is None


def test_only_its_creator_and_the_owner_lend_its_rights(northlake: Company) -> None:
    """AUTHZ-04: an admin gets at no secret of the owner's app, gives it no scope, and does not switch it on; off they may switch it."""
    app, _secret = made(northlake.owner, wanted=["user:read:admin"])
    for verb, more in (("access.rotate_secret", {}), ("access.edit_app", {"scopes": "all"}), ("access.edit_app", {"is_on": True})):
        with pytest.raises(Refused) as no:
            plan(northlake.admin, verb, {"app": app, **more})
        assert no.value.code == "anothers_app"
    assert do(northlake.admin, "access.edit_app", {"app": app, "is_on": False}).state == "done"
    theirs, _secret = made(northlake.admin)
    assert api_apps.rotate(northlake.owner, theirs, f"test:{uuid7()}")


def test_an_app_loses_a_scope(northlake: Company) -> None:
    """AUTHZ-08: fewer scopes than before is a change, and holds for the tokens there are."""
    app, secret = made(northlake.owner, wanted=["user:read:admin", "user:write:admin"])
    token = token_of(app, secret)
    assert do(northlake.owner, "access.edit_app", {"app": app, "scopes": ["user:read:admin"]}).state == "done"
    assert opened_by(token) == ["user:read:admin"]
    assert do(northlake.owner, "access.edit_app", {"app": app, "scopes": ["user:read:admin"]}).state == "unchanged"


def test_an_app_goes_with_who_created_it(northlake: Company) -> None:
    """S0-2: somebody who made apps, with secrets, tokens and calls, is purged like everybody else."""
    assert northlake.member.user_id is not None
    app, secret = api_apps.make(northlake.operator, "HR", "all", f"test:{uuid7()}", creator=northlake.member.user_id)
    assert secret is not None
    token_of(app, secret)
    app_calls.count(app)
    app_calls.write()
    do(northlake.owner, "lifecycle.delete", {"subjects": one(northlake.member.user_id)})
    do(northlake.owner, "lifecycle.purge", {"ids": [str(northlake.member.user_id)]})
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as at the end of the transaction
    assert not any(
        sql.value(f"SELECT count(*) FROM {table}") for table in ("access_app", "access_appsecret", "access_token", "access_appcalls")
    )


def test_an_app_that_is_off_gets_nothing(northlake: Company) -> None:
    """OAUTH-09: neither a token, nor anything for one it has."""
    app, secret = made(northlake.owner)
    token = token_of(app, secret)
    do(northlake.owner, "access.edit_app", {"app": app, "is_on": False})
    assert client_of(app, secret) is None and tokens.holder(token) is None
    do(northlake.owner, "access.edit_app", {"app": app, "is_on": True})
    assert client_of(app, secret) is not None


def test_an_app_falls_with_its_creator(northlake: Company) -> None:
    """AUTHZ-08, F14: demoted, the app may nothing more at the next request; deactivated, it is a stranger."""
    app, secret = made(northlake.admin)
    token = token_of(app, secret)
    assert northlake.admin.user_id is not None
    do(northlake.owner, "access.set_role", {"role": "member", "subjects": one(northlake.admin.user_id)})
    held = tokens.holder(token)
    assert held is not None and not held.actor.privileges
    do(northlake.owner, "lifecycle.deactivate", {"subjects": one(northlake.admin.user_id)})
    assert tokens.holder(token) is None and client_of(app, secret) is None


def test_a_token_lives_an_hour_and_is_taken_whole(northlake: Company) -> None:
    """OAUTH-10: cut, longer, in another case: nobody's. Over after an hour, and known to be over."""
    token = token_of(*made(northlake.owner))
    for odd in (token[:-1], token + "A", token.swapcase(), token + "=", ""):
        assert tokens.holder(odd) is None
    with clock.travel(clock.now() + tokens.LIFE):
        held = tokens.holder(token)
        assert held is not None and held.is_over
    with clock.travel(clock.now() + timedelta(days=2)):
        assert tokens.sweep() >= 1


def test_a_client_ends_only_its_own_tokens(northlake: Company) -> None:
    """OAUTH-08."""
    mine, secret = made(northlake.owner)
    token, other = token_of(mine, secret), client_of(*made(northlake.owner))
    assert other is not None
    tokens.revoke(token, other)
    assert tokens.holder(token) is not None
    client = client_of(mine, secret)
    assert client is not None
    tokens.revoke(token, client)
    assert tokens.holder(token) is None


def test_wrong_secrets_are_counted_by_client_and_origin(northlake: Company) -> None:
    """OAUTH-19: whoever guesses is stopped where they are; the app itself goes on from its own place."""
    app, secret = made(northlake.owner)
    for _n in range(tokens.BAD_CLIENT.most):
        assert client_of(app, "wrong", "203.0.113.5") is None
    with pytest.raises(Refused) as no:
        client_of(app, secret, "203.0.113.5")
    assert no.value.kind == "later" and no.value.details["retry_after"] > 0
    assert client_of(app, secret) is not None


def test_the_operator_says_whose_rights_an_app_has(northlake: Company) -> None:
    creator = api_apps.creator_by_address(northlake.operator, northlake.admin.email)
    app, _secret = api_apps.make(northlake.operator, "Import", "all", f"test:{uuid7()}", creator=creator)
    assert api_apps.app(northlake.owner, app)["creator_id"] == northlake.admin.user_id
    assert api_apps.creator_by_address(northlake.operator, "") == northlake.owner.user_id
    with pytest.raises(Refused):
        api_apps.creator_by_address(northlake.operator, "nobody@nowhere.test")
    with pytest.raises(Refused):
        api_apps.make(northlake.operator, "Import", "all", f"test:{uuid7()}")


def test_a_changed_app_goes_back_for_who_may(northlake: Company) -> None:
    """Undo asks the same question as doing: an admin does not switch the owner's app on again by taking back that it was switched off."""
    app, secret = made(northlake.owner)
    number = do(northlake.owner, "access.edit_app", {"app": app, "name": "Other", "is_on": False}).number
    assert number is not None
    with pytest.raises(Refused) as no:
        start_undo(northlake.admin, number)
    assert no.value.code == "anothers_app"
    start_undo(northlake.owner, number)
    assert api_apps.app(northlake.owner, app)["name"] == "HR sync" and client_of(app, secret) is not None
