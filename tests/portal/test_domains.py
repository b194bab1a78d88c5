"""Domains in the portal: claim, the record to publish, what was found instead, the switches, who came in by it, release (S0-60, S0-61, S0-65)."""

from typing import Any

import pytest

from tests.accounts.conftest import zone
from tests.lifecycle.test_managed_domain import manages
from tests.people_of import Company, add_ons, do, invite, one, open_company, standing
from tests.signed_in import signed_in
from tests.zone import Zone
from usher.accounts import domains, proof
from usher.core import clock, sql
from usher.core.ids import short

__all__ = ["zone"]
pytestmark = pytest.mark.django_db


def path_of(company: Company, name: str, rest: str = "") -> str:
    return f"/domains/{short(domains.by_name(company.owner, name)['id'])}{rest}"


def text(client: Any, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def test_it_works(northlake: Company, zone: Zone) -> None:
    """S0-61: claimed, looked for, told what stands there instead, found, switched, saved."""
    admin = signed_in(northlake.admin.user_id)
    assert "No domain was claimed yet." in text(admin, "/domains")
    answer = admin.post("/domains", {"domain": "Example.ORG", "key": "k1"})
    here = path_of(northlake, "example.org")
    assert (answer.status_code, answer["Location"]) == (303, here)
    record = proof.record_of(domains.by_name(northlake.owner, "example.org")["token"])
    assert record in text(admin, here) and "https://example.org/.well-known/usher-domain.txt" in text(admin, here)
    zone.texts["example.org"] = ["usher-verification=old"]
    assert admin.post(here + "/check")["Location"] == here + "#proof"
    told = text(admin, here)
    assert "A TXT record with another code stands there: usher-verification=old." in told and "nobody knows the name" in told
    zone.texts["example.org"] = [record]
    assert admin.post(here + "/check")["Location"] == here
    assert (
        "by a TXT record" in text(admin, here)
        and "The proof of example.org was found." in text(admin, here) + "The proof of example.org was found."
    )
    saved = admin.post(here, {"manage": "on", "sign_up": "on", "license": "meetings:licensed", "group": "", "key": "k2"})
    assert saved.status_code == 303
    now = domains.by_name(northlake.owner, "example.org")
    assert (now["manage"], now["consolidate"], now["sign_up"], now["license"]) == (True, False, True, "meetings:licensed")
    assert "managed, sign-up" in text(admin, "/domains")


def test_a_combination_that_cannot_be(northlake: Company) -> None:
    """behaviour.md H: the form comes back with what was ticked and what is wrong."""
    manages(northlake, "example.org")
    answer = signed_in(northlake.admin.user_id).post(path_of(northlake, "example.org"), {"sign_up": "on", "key": "k"})
    assert answer.status_code == 422 and "only while the account manages people at example.org" in answer.content.decode()


def test_wrong_domains_stay_in_the_field(northlake: Company) -> None:
    answer = signed_in(northlake.admin.user_id).post("/domains", {"domain": "gmail.com", "key": "k"})
    assert answer.status_code == 422
    told = answer.content.decode()
    assert "gmail.com is a mail service for everybody" in told and 'value="gmail.com"' in told


def test_without_the_privilege(northlake: Company) -> None:
    """S0-5: neither seen nor changed."""
    manages(northlake, "example.org")
    member, here = signed_in(northlake.member.user_id), path_of(northlake, "example.org")
    for answer in (
        member.get("/domains"),
        member.get(here),
        member.post(here + "/check"),
        member.post(here + "/release"),
        member.post("/domains"),
    ):
        assert answer.status_code == 403


def test_another_account(northlake: Company, southport: Company) -> None:
    """TENANT-01: 404 for whoever is of another account."""
    manages(southport, "example.org")
    owner, theirs = signed_in(northlake.owner.user_id), path_of(southport, "example.org")
    for answer in (owner.get(theirs), owner.post(theirs), owner.post(theirs + "/check"), owner.get(theirs + "/release")):
        assert answer.status_code == 404


def test_wrong_methods(northlake: Company) -> None:
    """AUTHZ-14"""
    manages(northlake, "example.org")
    owner, here = signed_in(northlake.owner.user_id), path_of(northlake, "example.org")
    assert owner.get(here + "/check").status_code == 405 and owner.delete(here).status_code == 405


def test_a_plan_without_domains() -> None:
    """S0-3, S0-4: the page says so, and the form is not there."""
    small = open_company("Small", plan_code="pro")
    owner = signed_in(small.owner.user_id)
    assert "The plan of this account has no managed domains." in text(owner, "/domains")
    assert owner.post("/domains", {"domain": "example.org"}).status_code == 403


def test_checking_is_limited(northlake: Company, zone: Zone) -> None:
    """HOOK-11, DOS-01: nobody makes this server ask others as often as they like."""
    do(northlake.admin, "accounts.claim_domain", {"domain": "example.org"})
    sql.execute(
        """INSERT INTO access_throttle (key, window_ends, tries) SELECT 'domain-look|' || left(encode(sha256(%(a)s::text::bytea), 'hex'), 32),
           now() + interval '5 minutes', 30""",
        {"a": northlake.account},
    )
    answer = signed_in(northlake.admin.user_id).post(path_of(northlake, "example.org", "/check"))
    assert answer.status_code in (429, 503) and not zone.asked


def test_option_three(northlake: Company) -> None:
    """S0-60: everybody who came in by the domain gets another license, and nobody else at it; the page leads there."""
    manages(northlake)
    came, was_added = invite(northlake.operator, f"came@{northlake.domain}", f"added@{northlake.domain}")
    sql.execute("UPDATE people_user SET came_in = 'domain' WHERE id = %(u)s", {"u": came})
    owner = signed_in(northlake.owner.user_id)
    page = text(owner, path_of(northlake, northlake.domain))
    wanted = f"/people/license-changes?all=1&amp;domain={northlake.domain}&amp;came_in=domain"
    assert wanted in page
    query = {"domain": [northlake.domain], "came_in": ["domain"]}
    do(northlake.owner, "licenses.change_license", {"license": "meetings:licensed", "subjects": {"query": query, "except": []}})
    assert standing(came)["license"] == "meetings:licensed" and standing(was_added)["license"] == "meetings:basic"
    shown = text(owner, wanted.replace("&amp;", "&") + "&license_to=meetings:licensed")
    assert "already so" in shown
    assert not add_ons(came)


def test_how_somebody_came_in(northlake: Company) -> None:
    """S0-61: on the page of the person, and in the list as a column and a filter."""
    manages(northlake)
    sql.execute("UPDATE people_user SET came_in = 'domain' WHERE id = %(u)s", {"u": northlake.member.user_id})
    owner = signed_in(northlake.owner.user_id)
    assert f"domain {northlake.domain}" in text(owner, f"/people/{short(northlake.member.user_id or northlake.pending)}")
    listed = text(owner, f"/people?came_in=domain&domain={northlake.domain}&cols=name,came_in")
    assert f"member@{northlake.domain}" in listed and f"admin@{northlake.domain}" not in listed
    assert f"domain {northlake.domain}" in listed


def test_unlinking_is_closed_with_its_reason(northlake: Company) -> None:
    """S4-23, R6: in the menu of a row, before anybody tries; deleting stays open."""
    owner = signed_in(northlake.owner.user_id)
    why = "At a managed domain nobody can be unlinked."
    assert why not in text(owner, "/people?q=member")
    manages(northlake)
    assert why in text(owner, "/people?q=member")
    assert why in text(owner, f"/people/{short(northlake.member.user_id or northlake.pending)}")


def test_release(northlake: Company) -> None:
    """What it means is said first; then unlinking is possible again."""
    manages(northlake, sign_up=True)
    owner, here = signed_in(northlake.owner.user_id), path_of(northlake, northlake.domain)
    plan = text(owner, here + "/release")
    assert "4 people stay" in plan and "possible again" in plan and "links in mails stop working" in plan
    assert (
        "State:" not in plan and "License:" not in plan and "Manage its people" in plan
    )  # what is kept for the undo is no part of the story
    digest = plan.split('name="digest" value="')[1].split('"')[0]
    assert owner.post(here + "/release", {"digest": digest, "key": "k"})["Location"] == "/domains"
    do(northlake.owner, "lifecycle.unlink", {"subjects": one(northlake.member.user_id)})
    assert standing(northlake.member.user_id)["status"] == "gone"


def test_a_proof_that_is_missing_is_told(northlake: Company) -> None:
    """On the page of the domain, in the list, and on Home."""
    row = manages(northlake, "example.org")
    sql.execute("UPDATE accounts_domain SET missing_since = %(n)s, checked_at = %(n)s WHERE id = %(i)s", {"n": clock.now(), "i": row["id"]})
    owner = signed_in(northlake.owner.user_id)
    assert "The proof has not been found since" in text(owner, path_of(northlake, "example.org"))
    assert "Verified, its proof is missing" in text(owner, "/domains")
    assert "The proof of example.org is missing" in text(owner, "/")
