"""lifecycle.change_address: of one person by hand, of many by a file of pairs."""

import io
from datetime import timedelta
from uuid import UUID

import pytest

from tests.lifecycle.test_managed_domain import manages
from tests.people_of import PASSWORD, Company, accept_invitation, breaches, do, finish, invite, link_of, one, outcome, standing
from usher.access import links
from usher.core import clock, sql
from usher.core.actor import Actor
from usher.core.ids import uuid7
from usher.core.refusals import Refused
from usher.journal import engine, undo
from usher.journal.plan import preview
from usher.journal.verb import Plan, plan
from usher.lifecycle import accept, addresses, join, staging
from usher.lifecycle.addresses import change_address
from usher.people.models import Login

pytestmark = pytest.mark.django_db
NAME = "lifecycle.change_address"


def change(actor: Actor, person: UUID | None, email: str) -> int:
    assert person
    return change_address(actor, person, email, f"test:{uuid7()}") or 0


def refused(actor: Actor, person: UUID | None, email: str) -> str:
    with pytest.raises(Refused) as no:
        change(actor, person, email)
    return no.value.code


def pairs(actor: Actor, text: str) -> Plan:
    stage = staging.stage_new_addresses(actor, io.BytesIO(text.encode()), "new.csv", most=staging.MOST_IN_PORTAL, choices={})
    return addresses.plan_addresses(actor, stage)


def address(person: UUID | None) -> str:
    return str(sql.value("SELECT email FROM people_user WHERE id = %(u)s", {"u": person}))


def mails(person: UUID | None) -> list[str]:
    found = sql.rows(
        "SELECT kind || ' ' || state || ' ' || address AS m FROM mail_message WHERE to_user = %(u)s ORDER BY id", {"u": person}
    )
    return [f["m"] for f in found]


def test_it_works(northlake: Company) -> None:
    """S1-12, behaviour.md A: the sign-in moves along with its password, sessions and links end, the old address gets a mail; undo gives it back."""
    manages(northlake)
    member = northlake.member.user_id
    old, new = northlake.member.email, f"Mia.New@{northlake.domain}"
    links.send_reset(str(old))
    epoch = standing(member)["access_epoch"]  # type: ignore[arg-type]
    number = change(northlake.admin, member, new)
    assert (address(member), standing(member)["access_epoch"]) == (new, epoch + 1)  # type: ignore[arg-type]
    assert Login.objects.get(canonical=new.lower()).check_password(PASSWORD) and not Login.objects.filter(canonical=old).exists()
    assert mails(member)[-2:] == [f"password_reset cancelled {old}", f"address_changed waiting {old}"]
    assert sql.value("SELECT count(*) FROM access_link k JOIN people_login l ON l.id = k.login_id WHERE l.canonical = %(c)s AND k.used_at IS NULL", {"c": new.lower()}) == 0  # fmt: skip
    undo.start_undo(northlake.owner, number)
    assert address(member) == old and Login.objects.filter(canonical=old).exists()
    assert not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    """AUTHZ-20"""
    for params in ({"subjects": one(northlake.pending), "email": f"x@{northlake.domain}"}, {"stage": str(uuid7())}):
        with pytest.raises(Refused) as no:
            plan(northlake.member, NAME, params)
        assert no.value.kind == "forbidden"


def test_another_account_s_people_and_stage_do_not_exist(northlake: Company, southport: Company) -> None:
    """TENANT-03, TENANT-10"""
    manages(northlake)
    assert change(northlake.admin, southport.member.user_id, f"mine@{northlake.domain}") == 0
    wish = pairs(southport.admin, f"email,new email\n{southport.member.email},x@{southport.domain}\n")
    with pytest.raises(Refused) as no:
        plan(northlake.admin, NAME, {"stage": wish.params["stage"]})
    assert no.value.kind == "missing" and address(southport.member.user_id) == southport.member.email


@pytest.mark.parametrize("email", ["", "x", "a@b@c", "mıke@northlake.test", "a\n@x.test", None])
def test_wrong_parameters(northlake: Company, email: object) -> None:
    """MASS-08, MAIL-08: no address; nor two people at once, nor a stage that is none."""
    for params in (
        {"subjects": one(northlake.pending), "email": email},
        {"subjects": one(northlake.pending, northlake.member.user_id or ""), "email": "a@b.test"},
    ):
        with pytest.raises(Refused) as no:
            plan(northlake.admin, NAME, params)
        assert no.value.kind == "invalid"
    with pytest.raises(Refused) as no:
        plan(northlake.admin, NAME, {"stage": email})
    assert no.value.kind == "missing"


def test_only_at_a_managed_domain(northlake: Company, southport: Company) -> None:
    """MAIL-05, MAIL-06: an exact match of the domain alone; one that was only claimed, or is another account's, is none."""
    member = northlake.member.user_id
    assert refused(northlake.admin, member, f"a@{northlake.domain}") == "not_managed"
    manages(northlake)
    manages(southport)
    for domain in (f"sub.{northlake.domain}", f"{northlake.domain}.evil.test", southport.domain):
        assert refused(northlake.admin, member, f"a@{domain}") == "not_managed"
    assert change(northlake.admin, member, f"a@{northlake.domain.upper()}")


def test_what_is_not_free_is_not_told_apart(northlake: Company, southport: Company) -> None:
    """R11, MAIL-03: somebody here, somebody in another account, a sign-in that nobody has: the same refusal, word by word."""
    (elsewhere,) = invite(southport.operator, f"elsewhere@{northlake.domain}")
    accept_invitation(elsewhere)
    manages(northlake)
    sql.execute("INSERT INTO people_login (id, email, canonical, password, created_at) VALUES (gen_random_uuid(), %(c)s, %(c)s, '!', now())", {"c": f"left@{northlake.domain}"})  # fmt: skip
    told = set()
    for email in (northlake.admin.email, f"elsewhere@{northlake.domain}", f"left@{northlake.domain}"):
        with pytest.raises(Refused) as no:
            change(northlake.owner, northlake.member.user_id, str(email))
        told.add((no.value.kind, no.value.code, no.value.words))
    assert len(told) == 1 and told.pop()[1] == "not_free"
    assert change(northlake.owner, northlake.pending, f"elsewhere@{northlake.domain}")  # whoever is only asked may be asked there


def test_an_admin_does_not_change_another_admin(northlake: Company) -> None:
    """AUTHZ-05; behaviour.md A. Their own they may."""
    manages(northlake)
    assert refused(northlake.admin, northlake.owner.user_id, f"taken@{northlake.domain}") == "higher_rank"
    assert change(northlake.admin, northlake.admin.user_id, f"chief@{northlake.domain}")


def test_three_times_a_day(northlake: Company) -> None:
    """MAIL-12, behaviour.md A: the fourth within 24 hours is refused, undoing counts but is never refused; a day later it is open again."""
    manages(northlake)
    member = northlake.member.user_id
    for n in range(3):
        last = change(northlake.admin, member, f"n{n}@{northlake.domain}")
    assert refused(northlake.admin, member, f"n3@{northlake.domain}") == "too_many_changes"
    undo.start_undo(northlake.owner, last)
    assert address(member) == f"n1@{northlake.domain}"
    with clock.travel(clock.now() + timedelta(hours=25)):
        assert change(northlake.admin, member, f"n3@{northlake.domain}")


def test_somebody_pending_is_asked_again(northlake: Company) -> None:
    """INVITE-09, behaviour.md D: the invitation goes to the new address, the old link is dead, the seat stays."""
    manages(northlake)
    old_link = link_of(northlake.pending)
    change(northlake.admin, northlake.pending, f"new@{northlake.domain}")
    with pytest.raises(Refused):
        accept.look_up(northlake.pending, old_link)
    assert mails(northlake.pending)[-1] == f"invitation waiting new@{northlake.domain}"
    accept_invitation(northlake.pending)
    assert Login.objects.filter(canonical=f"new@{northlake.domain}").exists() and not breaches()


def test_a_file_of_pairs(northlake: Company) -> None:
    """CSV-06, MAIL-12: every line that cannot be says why: nobody, twice, taken, a swap, a chain, elsewhere; the others are done and undone."""
    manages(northlake)
    d = northlake.domain
    people = invite(northlake.operator, *(f"p{i}@{d}" for i in range(6)))
    text = f"""New e-mail,E-mail
one@{d},p0@{d}
two@{d},P0@{d}
p2@{d},p1@{d}
p1@{d},p2@{d}
{northlake.admin.email},p3@{d}
four@else.test,p4@{d}
one@{d},p5@{d}
x@{d},nobody@{d}
bad@,p5@{d}
"""
    wish = pairs(northlake.owner, text)
    seen = preview(wish)
    assert [(x["line"], x["reason"], x["field"]) for x in join.refused_lines(wish)] == [
        (3, "twice", "email"),
        (4, "moves_too", "new_email"),
        (5, "moves_too", "new_email"),
        (6, "not_free", "new_email"),
        (7, "not_managed", "new_email"),
        (8, "new_twice", "new_email"),
        (9, "nobody_here", "email"),
        (10, "bad_email", "new_email"),
    ]
    started = finish(engine.start(wish, "pairs", digest=seen.digest))
    assert outcome(northlake.owner, started).done == 1 and address(people[0]) == f"one@{d}"
    undo.start_undo(northlake.owner, started.number or 0)
    assert address(people[0]) == f"p0@{d}" and not breaches()


def test_the_old_address_may_be_taken_when_it_is_undone(northlake: Company) -> None:
    """R15: then the new one stays."""
    manages(northlake)
    (first,) = invite(northlake.operator, f"first@{northlake.domain}")
    number = change(northlake.owner, first, f"second@{northlake.domain}")
    invite(northlake.operator, f"first@{northlake.domain}")
    with pytest.raises(Refused) as no:
        undo.start_undo(northlake.owner, number)
    assert no.value.code == "not_free" and address(first) == f"second@{northlake.domain}"


def test_marked_people_of_a_file_are_passed_over(northlake: Company) -> None:
    """MASS-01"""
    manages(northlake)
    do(northlake.owner, "people.mark", {"kind": "service", "why": "", "subjects": one(northlake.member.user_id or "")})
    assert preview(pairs(northlake.owner, f"{northlake.member.email},new@{northlake.domain}\n")).skipped() == {"service_account": 1}
