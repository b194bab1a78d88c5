"""What must hold for every page, also for those that do not exist yet: the routes are read from the URL configuration itself."""

import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.people_of import Company, do
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.ids import short
from usher.portal.page import Policy, check_policies, page, routes

WRITES = ("POST", "PUT", "PATCH", "DELETE")
NOT_ALWAYS = ("/undo", "/again", "/try")  # pages of a change that has a way back or something left to do, and of an app of one's own
COUNTS = Path(__file__).parent / "query_counts.json"
# Anybody may open these; each has a reason.
FOR_ANYBODY = {
    "/livez": "health of the process",
    "/readyz": "health of the service",
    "/sign-in": "the way in",
    "/sign-in/": "its second step, and the way in by a passkey",
    "/sign-out": "the way out",
    "/forgot": "a link to a new password",
    "/join/": "the link of an invitation",
    "/reset/": "the link to a new password",
    "/link/": "the operator's one-time link",
    "/sign-up": "a link for an address at a domain with sign-up",
    "/sign-up/": "where that link leads",
    "/new-address/": "the link that proves somebody's new address",
}


def all_routes() -> list[tuple[str, Policy]]:
    """Every page; what programs use by a token has matrices of its own in tests/api."""
    found = [(pattern, entry.callback.policy) for pattern, entry in routes()]  # type: ignore[attr-defined]
    return [(pattern, policy) for pattern, policy in found if policy.kind not in ("token", "client")]


def fill(pattern: str, ids: dict[str, Any]) -> str:
    """A route's address with these values; whatever has no value here gets a plausible one."""

    def value(found: re.Match[str]) -> str:
        kind, name = found.group(1) or "str", found.group(2)
        if name in ids:
            return short(ids[name]) if isinstance(ids[name], UUID) else str(ids[name])
        return {"int": "1", "id": "AaIANazEdqyigcA1NyLlJg"}.get(kind, "x")

    return re.sub(r"<(?:(\w+):)?(\w+)>", value, pattern)


def ids_of(company: Company) -> dict[str, Any]:
    """An object of this company for every name a route uses for an id."""

    def value(query: str) -> Any:
        return sql.value(query, {"a": company.account})

    return {
        "person_id": company.member.user_id,
        "number": value("SELECT max(number) FROM journal_change WHERE account_id = %(a)s"),
        "stage_id": value("SELECT id FROM lifecycle_stage WHERE account_id = %(a)s AND NOT choices ? 'mode' ORDER BY id DESC LIMIT 1"),
        "update_id": value("SELECT id FROM lifecycle_stage WHERE account_id = %(a)s AND choices->>'mode' = 'update'"),
        "pairs_id": value("SELECT id FROM lifecycle_stage WHERE account_id = %(a)s AND choices->>'mode' = 'addresses'"),
        "phones_id": value("SELECT id FROM lifecycle_stage WHERE account_id = %(a)s AND choices->>'mode' = 'phones'"),
        "calls_id": value("SELECT id FROM phone_callfile WHERE account_id = %(a)s"),
        "item_id": value("SELECT id FROM content_item WHERE account_id = %(a)s AND file <> '' ORDER BY id LIMIT 1"),
        "group_id": value("SELECT id FROM people_group WHERE account_id = %(a)s AND kind = 'user'"),
        "im_group_id": value("SELECT id FROM people_group WHERE account_id = %(a)s AND kind = 'im'"),
        "domain_id": domain_of(company),
        "room_id": value("SELECT id FROM accounts_room WHERE account_id = %(a)s ORDER BY id LIMIT 1"),
        "template_id": value("SELECT id FROM phone_template WHERE account_id = %(a)s ORDER BY id LIMIT 1"),
        "site_id": value("SELECT id FROM accounts_site WHERE account_id = %(a)s AND NOT main LIMIT 1"),
        "app_id": value("SELECT id FROM access_app WHERE account_id = %(a)s AND for_people"),
        "consent_id": value("SELECT id FROM access_consent WHERE account_id = %(a)s"),
        "webhook_id": value("SELECT id FROM webhooks_subscription WHERE account_id = %(a)s"),
        "delivery_id": value("SELECT id FROM webhooks_delivery WHERE account_id = %(a)s ORDER BY seq LIMIT 1"),
        "role_id": value("SELECT id FROM access_role WHERE account_id = %(a)s"),
        "message_id": value("SELECT id FROM mail_message WHERE account_id = %(a)s ORDER BY id DESC LIMIT 1"),
    }


def domain_of(company: Company) -> Any:
    """A domain the company claims."""
    do(company.operator, "accounts.claim_domain", {"domain": f"claimed.{company.domain}"}, key="test:domain")
    return sql.value("SELECT id FROM accounts_domain WHERE account_id = %(a)s", {"a": company.account})


def is_for_anybody(pattern: str) -> bool:
    return any(pattern == allowed or (allowed.endswith("/") and pattern.startswith(allowed)) for allowed in FOR_ANYBODY)


def test_every_route_carries_a_policy() -> None:
    """The start-up check itself; AUTHZ-13."""
    check_policies()
    assert len(all_routes()) > 25


def test_a_route_without_a_policy_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.urls import path

    from usher.config import urls

    monkeypatch.setattr(urls, "urlpatterns", [*urls.urlpatterns, path("naked", lambda request: None)])
    monkeypatch.setattr("usher.portal.page.get_resolver", lambda: _resolver(urls))
    with pytest.raises(RuntimeError, match="/naked carries no policy"):
        check_policies()


def test_a_route_with_an_unknown_right_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.urls import path

    from usher.config import urls

    odd = page("people:unicorn:view")(lambda request: None)  # type: ignore[type-var,arg-type,return-value]
    monkeypatch.setattr(urls, "urlpatterns", [*urls.urlpatterns, path("odd", odd)])
    monkeypatch.setattr("usher.portal.page.get_resolver", lambda: _resolver(urls))
    with pytest.raises(KeyError, match="unicorn"):
        check_policies()


def _resolver(urls: Any) -> Any:
    from django.urls import URLResolver
    from django.urls.resolvers import RegexPattern

    return URLResolver(RegexPattern(r"^/"), urls.urlpatterns)


def test_a_stranger_is_sent_to_sign_in_everywhere(db: None, client: Client) -> None:
    """AUTHZ-13, S0-5, S0-6: every route without credentials, except the list above, which a new route does not join by itself."""
    for pattern, policy in all_routes():
        for method in ("GET", *WRITES):
            answer = getattr(client, method.lower())(fill(pattern, {}))
            if is_for_anybody(pattern):
                assert policy.kind in ("open", "public"), pattern
                assert answer.status_code != 500, (method, pattern)
            else:
                assert answer.status_code == 302, (method, pattern, answer.status_code)
                assert answer["Location"].startswith("/sign-in?next="), (method, pattern)


def test_a_member_is_refused_every_page_that_needs_a_right(db: None, northlake: Company) -> None:
    """AUTHZ-13, AUTHZ-20, S0-5: and is told which right is missing and whom to ask."""
    client, ours = signed_in(northlake.member.user_id), ids_of(northlake)
    for pattern, policy in all_routes():
        if policy.kind == "privilege":
            answer = client.get(fill(pattern, ours))
            assert answer.status_code == 403, pattern
            assert "This needs the right to" in answer.content.decode()
            assert "Olga Owner (owner)" in answer.content.decode()


def test_objects_of_another_account_do_not_exist(db: None, northlake: Company, southport: Company) -> None:
    """The account matrix: every route with an id x another account's object -> 404 for its owner, whatever the method; TENANT-01."""
    client = signed_in(northlake.owner.user_id)
    theirs = ids_of(southport)
    seen = 0
    for pattern, policy in all_routes():
        if policy.kind != "privilege" or "<" not in pattern:
            continue
        names = set(re.findall(r"<(?:\w+:)?(\w+)>", pattern))
        assert names <= set(theirs), f"{pattern}: tell ids_of() how to find another account's object for {names - set(theirs)}"
        for method in policy.methods:
            answer = getattr(client, method.lower())(fill(pattern, theirs))
            assert answer.status_code == 404, (method, pattern, answer.status_code)
            seen += 1
    assert seen >= 10


def test_own_objects_do_exist(db: None, northlake: Company) -> None:
    """The other half of the matrix: the same routes answer for objects of one's own account, so that its 404s mean something."""
    client, ours = signed_in(northlake.owner.user_id), ids_of(northlake)
    for pattern, policy in all_routes():
        if policy.kind == "privilege" and "<" in pattern and "GET" in policy.methods and not pattern.endswith(NOT_ALWAYS):
            assert client.get(fill(pattern, ours)).status_code == 200, pattern


def test_wrong_methods_do_nothing(db: None, northlake: Company) -> None:
    """AUTHZ-14: 405 for methods a route does not name; method override is not honored."""
    client, ours = signed_in(northlake.owner.user_id), ids_of(northlake)
    for nth, (pattern, policy) in enumerate(all_routes()):
        if policy.kind == "open":
            continue
        address = fill(pattern, ours)
        for method in ("POST", "DELETE", ("PUT", "PATCH", "OPTIONS", "TRACE")[nth % 4]):  # the rarer ones take turns
            if method not in policy.methods:
                answer = client.generic(method, address)
                assert answer.status_code == 405, (method, pattern, answer.status_code)
    answer = client.get("/people/new?_method=POST", headers={"X-HTTP-Method-Override": "POST"})
    assert answer.status_code == 200
    assert b"<textarea" in answer.content


def test_odd_spellings_of_an_address_are_no_way_around(db: None, northlake: Company) -> None:
    """AUTHZ-15: the same answer as the plain address, or 404; never the page for a member."""
    client = signed_in(northlake.member.user_id)
    for odd in (
        "/x//people",
        "/people/",
        "/PEOPLE",
        "/people/x/../new",
        "/%2e%2e/people",
        "/people;a=b",
        "/people%00",
        "/people/%2e%2e/activity",
    ):
        assert client.get(odd).status_code in (403, 404), odd


def test_nothing_is_served_that_nobody_made(client: Client, db: None) -> None:
    """WEB-09: no documentation but our own at /docs, no metrics, debug page, repository or directory listing."""
    for path in ("/openapi.json", "/redoc", "/metrics", "/debug", "/.git/config", "/static/", "/static/vendor/", "/admin/"):
        assert client.get(path).status_code == 404, path


def test_every_answer_carries_the_headers(db: None, northlake: Company, client: Client) -> None:
    """WEB-04, SESSION-09, SESSION-10: on pages, refusals, assets and redirects alike; no-store on all but assets."""
    owner = signed_in(northlake.owner.user_id)
    answers = [
        owner.get("/people"),
        owner.get("/nowhere"),
        client.get("/people"),
        owner.post("/people"),
        owner.generic("TRACE", "/people"),
        client.get("/livez"),
    ]
    answers += [client.get("/static/usher/usher.css"), client.get("/people", headers={"Origin": "https://evil.example"})]
    for answer in answers:
        policy = answer["Content-Security-Policy"]
        assert "unsafe" not in policy and "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "Access-Control-Allow-Origin" not in answer
    assert [a["Cache-Control"] for a in answers[:6]] == ["no-store"] * 6
    assert "immutable" in answers[6]["Cache-Control"]


def test_next_never_leads_elsewhere(db: None, northlake: Company) -> None:
    """WEB-03: own origin only, whatever the spelling."""
    client = signed_in(northlake.owner.user_id)
    for evil in (
        "//evil.example",
        "/\\evil.example",
        "https:evil.example",
        "/%2f%2fevil.example",
        "/\t//evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
    ):
        answer = client.post("/me/settings", {"theme": "dark", "next": evil})
        assert answer["Location"] == "/", evil
    assert client.post("/me/settings", {"theme": "dark", "next": "/people?q=a"})["Location"] == "/people?q=a"


def test_what_is_typed_is_shown_literally(db: None, northlake: Company) -> None:
    """WEB-07, WEB-01: in the search, in addresses, on the pages of errors."""
    client = signed_in(northlake.owner.user_id)
    evil = '"><svg onload=alert(1)>'
    for path in ("/people", "/people/pending", "/account/outbox", "/people/license-changes"):
        for key in ("q", "to", "license_to", "status", "sort", "cols", "after", "part", "ids"):
            text = client.get(path, {key: evil}).content.decode()
            assert "<svg onload" not in text, (path, key)
    assert "<svg onload" not in client.get("/" + evil).content.decode()


def test_query_counts(db: None, northlake: Company) -> None:
    """F39: no page asks the database more often than the file says, and none more than 15 times; the file is the review."""
    client, ours = signed_in(northlake.owner.user_id), ids_of(northlake)
    told = json.loads(COUNTS.read_text())
    counted = {}
    for pattern, policy in all_routes():
        if "GET" in policy.methods and policy.kind in ("member", "privilege") and not pattern.endswith(NOT_ALWAYS):
            address = fill(pattern, ours)
            with CaptureQueriesContext(connection) as seen:
                client.get(address)
            counted[pattern] = len([q for q in seen if not (q["sql"] or "").startswith(("SAVEPOINT", "RELEASE"))])
    over = {p: n for p, n in counted.items() if n > told.get(p, 0) or n > 15}
    assert not over, f"more queries than tests/architecture/query_counts.json allows: {json.dumps(over)}"
