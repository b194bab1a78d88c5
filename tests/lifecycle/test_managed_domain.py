"""What a managed domain means for people: nobody at it is unlinked, and nobody at it joins another account (R6; behaviour.md E, H)."""

from typing import Any

import pytest

from tests.people_of import PASSWORD, Company, accept_invitation, do, everybody, invite, link_of, one, outcome, standing
from usher.core import clock, sql
from usher.core.ids import uuid7
from usher.core.refusals import Refused
from usher.journal.plan import preview
from usher.journal.verb import plan
from usher.lifecycle import accept

pytestmark = pytest.mark.django_db
UNLINK = "lifecycle.unlink"


def manages(company: Company, name: str = "", **switches: Any) -> dict[str, Any]:
    """The company's domain as it is once it was proven, with switches as wished; the verbs that lead there have tests of their own."""
    row = {
        "id": uuid7(),
        "account": company.account,
        "name": name or company.domain,
        "now": clock.now(),
        "manage": True,
        "consolidate": False,
    }
    row |= {"sign_up": False, "license": "meetings:basic"} | switches
    sql.execute(
        """INSERT INTO accounts_domain (id, account_id, name, token, state, how, ask_until, verified_at, manage, consolidate, sign_up, license)
           VALUES (%(id)s, %(account)s, %(name)s, 'x', 'verified', 'dns', %(now)s, %(now)s, %(manage)s, %(consolidate)s, %(sign_up)s, %(license)s)""",
        row,
    )
    return row


def test_nobody_there_is_unlinked(northlake: Company) -> None:
    """R6, S0-58, S0-59: one is refused, in a set they are listed one by one with the reason; deleting and deactivating are open."""
    manages(northlake)
    with pytest.raises(Refused, match="at a managed domain: they cannot be unlinked") as no:
        do(northlake.owner, UNLINK, {"subjects": one(northlake.member.user_id)})
    assert no.value.code == "managed_domain"
    (elsewhere,) = invite(northlake.operator, "guest@elsewhere.test")
    accept_invitation(elsewhere)
    seen = preview(plan(northlake.owner, UNLINK, {"subjects": everybody(northlake)}))
    assert seen.will == 1 and seen.skipped()["managed_domain"] == 1
    done = do(northlake.owner, UNLINK, {"subjects": everybody(northlake)})
    assert outcome(northlake.owner, done).done == 1
    assert standing(elsewhere)["status"] == "gone" and standing(northlake.member.user_id)["status"] == "active"
    do(northlake.owner, "lifecycle.deactivate", {"subjects": one(northlake.member.user_id)})
    assert standing(northlake.member.user_id)["status"] == "inactive"


def test_a_domain_that_is_claimed_or_anothers_binds_nobody(northlake: Company, southport: Company) -> None:
    """R6: only a verified domain of this account with the switch on."""
    manages(southport, northlake.domain)
    manages(northlake, "other.test")
    do(northlake.owner, UNLINK, {"subjects": one(northlake.member.user_id)})
    assert standing(northlake.member.user_id)["status"] == "gone"


def test_managed_without_the_switch(northlake: Company) -> None:
    manages(northlake, manage=False)
    do(northlake.owner, UNLINK, {"subjects": one(northlake.member.user_id)})
    assert standing(northlake.member.user_id)["status"] == "gone"


def test_an_invitation_elsewhere_is_refused_to_the_person_alone(northlake: Company, southport: Company) -> None:
    """R11, behaviour.md H: who invites sees an invitation like any other; the person is told at the link, and not whose the domain is."""
    manages(northlake, "shared.test")
    (user,) = invite(southport.operator, "nora@shared.test")
    assert standing(user)["status"] == "pending"
    with pytest.raises(Refused, match=r"Addresses at shared\.test are managed by another account here") as no:
        accept.accept(user, link_of(user), first_name="", last_name="", password=PASSWORD)
    assert (no.value.kind, no.value.code) == ("conflict", "managed_domain") and "Northlake" not in no.value.words
    (ours,) = invite(northlake.operator, "nils@shared.test")
    accept_invitation(ours)
    assert standing(ours)["status"] == "active"
