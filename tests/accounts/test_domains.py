"""accounts.claim_domain, accounts.verify_domain, accounts.release_domain: whose a domain is, and how it is proven."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.people_of import Company, do, open_company
from tests.zone import Zone
from usher.accounts import domains, proof
from usher.core import clock, name_server, outbound, sql
from usher.core.refusals import Refused
from usher.journal import undo

pytestmark = pytest.mark.django_db
CLAIM, VERIFY, RELEASE = "accounts.claim_domain", "accounts.verify_domain", "accounts.release_domain"


def claim(company: Company, name: str = "") -> dict[str, Any]:
    do(company.admin, CLAIM, {"domain": name or company.domain})
    return domains.by_name(company.admin, name or company.domain)


def publish(zone: Zone, claimed: dict[str, Any], *, below: bool = False) -> None:
    zone.texts[("_usher." if below else "") + claimed["name"]] = ["v=spf1 -all", proof.record_of(claimed["token"])]


def prove(company: Company, zone: Zone, name: str = "") -> dict[str, Any]:
    """A domain that is verified."""
    claimed = claim(company, name)
    publish(zone, claimed)
    assert proof.check(company.account, claimed["id"]) == "dns"
    return domains.domain(company.admin, claimed["id"])


def test_it_works(northlake: Company, zone: Zone) -> None:
    """S0-61: claimed, looked for in vain and told what stands there instead, published, found, verified."""
    claimed = claim(northlake)
    assert (claimed["state"], claimed["manage"]) == ("waiting", False)
    zone.texts[claimed["name"]] = ["v=spf1 -all", "usher-verification=somethingelse"]
    assert proof.check(northlake.account, claimed["id"]) == ""
    found = domains.domain(northlake.admin, claimed["id"])["found"]
    assert found == {"dns": 2, "texts": 2, "ours": ["usher-verification=somethingelse"], "file": "unknown_name"}
    publish(zone, claimed)
    assert proof.check(northlake.account, claimed["id"]) == "dns"
    now = domains.domain(northlake.admin, claimed["id"])
    assert (now["state"], now["how"], now["found"], now["missing_since"]) == ("verified", "dns", None, None)


@pytest.mark.parametrize("verb", [CLAIM, RELEASE])
def test_without_the_privilege(northlake: Company, verb: str) -> None:
    """S0-5: and nobody but the system itself says that a domain is proven."""
    claimed = claim(northlake)
    with pytest.raises(Refused) as no:
        do(northlake.member, verb, {"domain": "example.org", "id": str(claimed["id"])})
    assert (no.value.kind, no.value.code) == ("forbidden", "privilege")
    with pytest.raises(Refused) as no:
        do(northlake.owner, VERIFY, {"id": str(claimed["id"]), "domain": claimed["name"], "how": "dns"})
    assert no.value.code == "system_only"


def test_another_account(northlake: Company, southport: Company) -> None:
    """TENANT-03: what another account has claimed does not exist here."""
    claimed = claim(southport)
    with pytest.raises(Refused) as no:
        do(northlake.owner, RELEASE, {"id": str(claimed["id"])})
    assert no.value.kind == "missing"
    assert proof.check(northlake.account, claimed["id"]) == ""


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "bad_domain"),
        ("localhost", "bad_domain"),
        ("ann@example.org", "bad_domain"),
        ("exa mple.org", "bad_domain"),
        ("https://example.org/", "bad_domain"),
        ("127.0.0.1", "bad_domain"),
        ("a" * 64 + ".org", "bad_domain"),
        ("GMail.com", "free_mail"),
        ("co.uk", "public_suffix"),
    ],
)
def test_wrong_names(northlake: Company, name: str, code: str) -> None:
    """MAIL-05: what is no domain, and what nobody owns."""
    with pytest.raises(Refused) as no:
        do(northlake.admin, CLAIM, {"domain": name})
    assert (no.value.kind, no.value.code, no.value.field) == ("invalid", code, "domain")


@pytest.mark.parametrize("typed", ["Example.ORG", " example.org. ", "@example.org", "ｅxample.org"])
def test_one_canonical_form(northlake: Company, typed: str) -> None:
    """The same domain in any spelling is claimed once; it is the form after the @ of canonical addresses (RFC 5891)."""
    claim(northlake, "example.org")
    with pytest.raises(Refused) as no:
        do(northlake.admin, CLAIM, {"domain": typed})
    assert no.value.code == "domain_claimed"


def test_a_domain_of_another_script(northlake: Company) -> None:
    assert claim(northlake, "MÜNCHEN.example")["name"] == "xn--mnchen-3ya.example"


def test_a_plan_without_managed_domains() -> None:
    """S0-3, S0-4: the refusal names the plans that have them."""
    small = open_company("Small", plan_code="pro")
    with pytest.raises(Refused, match="Business") as no:
        do(small.owner, CLAIM, {"domain": "example.org"})
    assert no.value.code == "plan"


def test_the_record_may_stand_below_the_domain(northlake: Company, zone: Zone) -> None:
    claimed = claim(northlake)
    publish(zone, claimed, below=True)
    assert proof.check(northlake.account, claimed["id"]) == "dns"
    assert zone.asked == ["_usher." + claimed["name"]]


def test_a_file_proves_it_too(northlake: Company, zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file of the claim, at the one address it has; another text is told as such."""
    claimed = claim(northlake)
    said = {"text": "something else"}

    def web(url: str) -> outbound.Answer:
        assert url == f"https://{claimed['name']}/.well-known/usher-domain.txt"
        return outbound.Answer(200, said["text"])

    monkeypatch.setattr(outbound, "get", web)
    assert proof.check(northlake.account, claimed["id"]) == ""
    assert domains.domain(northlake.admin, claimed["id"])["found"]["file"] == "other"
    said["text"] = proof.record_of(claimed["token"]) + "\n"
    assert proof.check(northlake.account, claimed["id"]) == "file"


def test_claimed_by_many_proven_by_one(northlake: Company, southport: Company, zone: Zone) -> None:
    """TENANT-10: both may claim; the second proof is refused, and says nothing of who was first."""
    ours, theirs = claim(northlake, "shared.example"), claim(southport, "shared.example")
    assert ours["token"] != theirs["token"]
    zone.texts["shared.example"] = [proof.record_of(ours["token"]), proof.record_of(theirs["token"])]
    assert proof.check(southport.account, theirs["id"]) == "dns"
    assert proof.check(northlake.account, ours["id"]) == ""
    now = domains.domain(northlake.admin, ours["id"])
    assert (now["state"], now["found"]) == ("waiting", {"domain_taken": True})
    do(southport.owner, RELEASE, {"id": str(theirs["id"])})
    assert proof.check(northlake.account, ours["id"]) == "dns"


def test_release_and_undo(northlake: Company, southport: Company, zone: Zone) -> None:
    """Undo takes the domain back as it was, while nobody else has proven it."""
    ours = prove(northlake, zone, "shared.example")
    released = do(northlake.owner, RELEASE, {"id": str(ours["id"])})
    assert domains.all_of(northlake.owner) == []
    again = undo.start_undo(northlake.owner, released.number or 0)
    back = domains.domain(northlake.owner, ours["id"])
    assert (back["state"], back["token"], back["verified_at"], back["version"]) == (
        "verified",
        ours["token"],
        ours["verified_at"],
        ours["version"] + 1,
    )
    assert again.state == "done"


def test_no_undo_when_somebody_else_has_proven_it(northlake: Company, southport: Company, zone: Zone) -> None:
    ours = prove(northlake, zone, "shared.example")
    released = do(northlake.owner, RELEASE, {"id": str(ours["id"])})
    prove(southport, zone, "shared.example")
    with pytest.raises(Refused) as no:
        undo.start_undo(northlake.owner, released.number or 0)
    assert no.value.code == "domain_taken"


def test_undo_of_a_claim(northlake: Company, zone: Zone) -> None:
    """A claim is taken back until it is proven; then it is released."""
    first = do(northlake.admin, CLAIM, {"domain": "one.example"})
    undo.start_undo(northlake.admin, first.number or 0)
    assert domains.all_of(northlake.admin) == []
    second = do(northlake.admin, CLAIM, {"domain": "two.example"})
    claimed = domains.by_name(northlake.admin, "two.example")
    publish(zone, claimed)
    assert proof.check(northlake.account, claimed["id"]) == "dns"
    with pytest.raises(Refused) as no:
        undo.start_undo(northlake.admin, second.number or 0)
    assert no.value.code == "domain_verified"


def age(id: UUID, **columns: timedelta) -> None:
    told = ", ".join(f"{name} = %(now)s::timestamptz - %({name})s::interval" for name in columns)
    sql.execute(f"UPDATE accounts_domain SET {told} WHERE id = %(id)s", {"id": id, "now": clock.now(), **columns})


def test_the_clock_looks_for_72_hours(northlake: Company, zone: Zone) -> None:
    """behaviour.md H: every ten minutes, and after three days not by itself any more; the button still looks."""
    claimed = claim(northlake)
    assert proof.check_due() == 1
    assert proof.check_due() == 0  # it was looked at a moment ago
    age(claimed["id"], checked_at=timedelta(minutes=10))
    assert proof.check_due() == 1
    age(claimed["id"], checked_at=timedelta(minutes=10), ask_until=timedelta(seconds=1))
    assert proof.check_due() == 0
    assert domains.domain(northlake.admin, claimed["id"])["state"] == "expired"
    publish(zone, claimed)
    assert proof.check(northlake.account, claimed["id"]) == "dns"


def test_a_proof_that_vanished_is_told_not_dropped(northlake: Company, zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once a day; a name server that does not answer is no proof of anything."""
    ours = prove(northlake, zone)
    assert proof.check_due() == 0
    age(ours["id"], checked_at=timedelta(days=1))
    published = zone.texts.pop(ours["name"])
    monkeypatch.setattr(name_server, "SECONDS", 0.3)
    zone.silent |= {ours["name"], "_usher." + ours["name"]}
    assert proof.check_due() == 1
    assert domains.domain(northlake.admin, ours["id"])["missing_since"] is None
    zone.silent.clear()
    assert proof.check(northlake.account, ours["id"]) == ""
    missing = domains.domain(northlake.admin, ours["id"])
    assert missing["state"] == "verified" and missing["missing_since"] is not None
    zone.texts[ours["name"]] = published
    assert proof.check(northlake.account, ours["id"]) == "dns"
    assert domains.domain(northlake.admin, ours["id"])["missing_since"] is None
