"""Consent of people with apps: given, withdrawn, ended by who manages apps (OAUTH-21, ASVS 10.7)."""

from typing import Any
from uuid import UUID

import pytest
from django.utils import translation

from tests.people_of import Company, breaches, do
from usher.access import api_apps, consents, redirects, scopes
from usher.core import sql
from usher.core.actor import Actor
from usher.core.ids import short, uuid7
from usher.core.refusals import Refused
from usher.journal.verb import plan

pytestmark = pytest.mark.django_db
HERE = "https://portal.example.com/callback"
VERBS = ("access.give_consent", "access.withdraw_consent", "access.end_consent")
ASKED = {"response_type": "code"}


@pytest.fixture(autouse=True)
def some_scopes() -> None:
    scopes.register(["user:read:admin"], "people:user:view")
    scopes.register(["user:read"], scopes.OWN)


def made(actor: Actor, wanted: Any = "all", **more: Any) -> UUID:
    return api_apps.make(actor, "Phone book", wanted, f"test:{uuid7()}", redirects=[HERE], **more)[0]


def given(actor: Actor, app: UUID, **asked: str) -> UUID:
    asking = consents.app_asking(actor, short(app), HERE)
    consents.give(actor, asking, consents.wish_of(asking, {**ASKED, **asked}))
    return UUID(str(sql.value("SELECT id FROM access_consent WHERE app_id = %(i)s AND user_id = %(u)s", {"i": app, "u": actor.user_id})))


def test_it_works(northlake: Company) -> None:
    """Journaled without any secret; a second time adds what is new; withdrawn by the person, ended by an admin, with every code (AUDIT-07)."""
    app = made(northlake.owner, ["user:read", "user:read:admin"])
    consent = given(northlake.admin, app, scope="user:read")
    assert given(northlake.admin, app) == consent
    assert [c["scopes"] for c in consents.own(northlake.admin)] == [["user:read", "user:read:admin"]]
    given(northlake.admin, app, scope="user:read")
    assert [c["scopes"] for c in consents.own(northlake.admin)] == [["user:read", "user:read:admin"]]
    told = sql.rows("SELECT verb, actor_id FROM journal_change WHERE verb LIKE 'access.%%consent' ORDER BY number")
    assert told == [{"verb": "access.give_consent", "actor_id": northlake.admin.user_id}] * 2
    consents.withdraw(northlake.admin, consent)
    assert consents.own(northlake.admin) == [] and not sql.value("SELECT count(*) FROM access_code")
    theirs = given(northlake.member, app)
    assert [c["user_id"] for c in consents.of_app(northlake.owner, app, 10)] == [northlake.member.user_id]
    do(northlake.admin, "access.end_consent", {"consent": theirs})
    assert consents.of_app(northlake.owner, app, 10) == [] and not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    """AUTHZ-20, OAUTH-21: a member ends nobody else's; nobody gives what is of no use to them."""
    app = made(northlake.owner, ["user:read", "user:read:admin"])
    consent = given(northlake.admin, app)
    with pytest.raises(Refused, match="API apps"):
        plan(northlake.member, "access.end_consent", {"consent": consent})
    with pytest.raises(Refused):
        consents.withdraw(northlake.member, consent)
    given(northlake.member, app)
    assert [c["scopes"] for c in consents.own(northlake.member)] == [["user:read"]]
    admins = made(northlake.owner, ["user:read:admin"])
    with pytest.raises(Refused) as no:
        given(northlake.member, admins)
    assert no.value.code == "nothing_to_give"


def test_another_account(northlake: Company, southport: Company) -> None:
    """TENANT-05: neither the app nor the consent exists."""
    theirs = made(southport.owner)
    consent = given(southport.member, theirs)
    with pytest.raises(Refused) as no:
        consents.app_asking(northlake.owner, short(theirs), HERE)
    assert no.value.kind == "missing"
    for verb in VERBS:
        with pytest.raises(Refused):
            plan(northlake.owner, verb, {"app": theirs, "consent": consent, "scopes": ["user:read"]})
    for ask in (consents.app_of, consents.withdraw):
        with pytest.raises(Refused) as no:
            ask(northlake.owner, consent)
        assert no.value.kind == "missing"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://portal.example.com/cb",
        "https://",
        "https://user@portal.example.com/cb",
        "https://portal.example.com/cb#part",
        "https://portal.example.com\\@evil.example/",
        "https://*.example.com/cb",
        "https://portal.example.com;script-src/cb",
        "https://portal.example.com:99999/cb",
        "javascript:alert(1)",
        "data:text/html,x",
        "app:/cb",
        "com.example.app:cb",
        "//portal.example.com/cb",
        "https://pörtal.example.com/cb",
        "https://portal.example.com/" + "x" * 500,
        "ftp://portal.example.com/cb",
    ],
)
def test_wrong_parameters(northlake: Company, address: str) -> None:
    """OAUTH-04: what can never be registered: no encryption, no host, a name, a part, a wild card, a scheme nobody owns."""
    with pytest.raises(Refused) as no:
        api_apps.make(northlake.owner, "A", "all", f"test:{uuid7()}", redirects=[address])
    assert (no.value.kind, no.value.field) == ("invalid", "redirects")


def test_addresses_of_programs_on_a_device() -> None:
    """RFC 8252: a scheme of one's own domain, and a program on the same machine, whose port is whichever is free; every other address is taken whole."""
    fine = [
        "com.example.app:/cb",
        "com.example.app://cb",
        "http://127.0.0.1/cb",
        "http://[::1]:8000/cb",
        "http://localhost:8000/cb",
        HERE + "?a=b",
    ]
    assert redirects.checked(fine) == fine
    for good in ("http://127.0.0.1:51004/cb", "http://[::1]:1/cb", "http://localhost:8000/cb", HERE + "?a=b"):
        assert redirects.is_one_of(fine, good), good
    for bad in (
        "http://127.0.0.1:51004/cb/",
        "http://127.0.0.2:51004/cb",
        "http://localhost:8001/cb",
        "http://127.0.0.1:x@evil.example/cb",
        HERE,
        "",
    ):
        assert not redirects.is_one_of(fine, bad), bad
    assert redirects.origin("http://[::1]:8000/cb") == "http:" and redirects.origin("com.example.app:/cb") == "com.example.app:"


def test_what_is_asked_for_in_words(northlake: Company) -> None:
    """ASVS 10.7.2: in the words of rights, in the language of the person; who manages sees as well, and it is not said twice."""
    scopes.register(["user:write:admin"], "people:user:view")
    scopes.register(["user:write:admin"], "people:user:manage")
    asked = ["user:read", "user:write:admin"]
    assert [words for words, _scopes in consents.words_for(northlake.admin, asked)] == [
        "see your own profile, rights, meeting settings and phone",
        "manage users",
    ]
    assert [words for words, _scopes in consents.words_for(northlake.member, asked)] == [
        "see your own profile, rights, meeting settings and phone"
    ]
    with translation.override("de"):
        assert (
            consents.words_for(northlake.member, asked)[0][0]
            == "Ihr eigenes Profil, Ihre Rechte, Meeting-Einstellungen und Ihr Telefon sehen"
        )


def test_an_app_keeps_its_kind(northlake: Company) -> None:
    """OAUTH-05: an app that works for its creator gets no addresses, one for people keeps at least one; a public one has no secret."""
    account = api_apps.make(northlake.owner, "HR", "all", f"test:{uuid7()}")[0]
    for app, wished in ((account, [HERE]), (made(northlake.owner), [])):
        with pytest.raises(Refused) as no:
            plan(northlake.owner, "access.edit_app", {"app": app, "redirects": wished})
        assert no.value.field == "redirects"
    with pytest.raises(Refused) as no:
        api_apps.rotate(northlake.owner, made(northlake.owner, is_public=True), f"test:{uuid7()}")
    assert no.value.code == "no_secret"
    with pytest.raises(Refused) as no:
        api_apps.make(northlake.owner, "HR", "all", f"test:{uuid7()}", is_public=True)
    assert no.value.field == "redirects"


def test_only_its_creator_and_the_owner_choose_where_codes_go(northlake: Company) -> None:
    """AUTHZ-04: whoever chooses the address gets the codes of everybody who agrees."""
    app = made(northlake.owner)
    with pytest.raises(Refused) as no:
        plan(northlake.admin, "access.edit_app", {"app": app, "redirects": ["https://evil.example/cb"]})
    assert no.value.code == "anothers_app"
    assert do(northlake.owner, "access.edit_app", {"app": app, "redirects": [HERE + "2"]}).state == "done"
    with pytest.raises(Refused) as no:
        consents.app_asking(northlake.member, short(app), HERE)
    assert no.value.code == "redirect"
