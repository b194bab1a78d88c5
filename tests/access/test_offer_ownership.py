"""access.offer_ownership, access.accept_ownership, access.decline_ownership: an active admin is asked, and owns the account only by saying yes."""

from datetime import timedelta

import pytest

from tests.people_of import Company, actor_of, breaches, do, one, outcome, standing
from usher.access import owner_offer
from usher.core import clock, sql
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal import engine, undo
from usher.journal.plan import preview
from usher.mail import read, send

pytestmark = pytest.mark.django_db
OFFER, ACCEPT, DECLINE = "access.offer_ownership", "access.accept_ownership", "access.decline_ownership"


def roles_of(company: Company) -> dict[str, str]:
    assert company.owner.user_id and company.admin.user_id and company.member.user_id
    people = {"owner": company.owner.user_id, "admin": company.admin.user_id, "member": company.member.user_id}
    return {name: standing(user)["role"] for name, user in people.items()}


def say(actor: Actor, verb: str, *, page: bool = False) -> engine.Started:
    """The answer of whoever is asked, by a program or as the page does it."""
    planned = owner_offer.answer(actor, verb)
    return engine.start(planned, f"say:{verb}:{actor.user_id}", digest=preview(planned).digest if page else None)


def refused(call: object, *args: object) -> str:
    with pytest.raises(Refused) as no:
        call(*args)  # type: ignore[operator]
    return f"{no.value.kind} {no.value.code}"


def ask(company: Company, to: object = None) -> engine.Started:
    return do(company.owner, OFFER, {"to": str(to or company.admin.user_id)})


@pytest.mark.parametrize("page", [False, True])
def test_it_works(northlake: Company, page: bool) -> None:
    """S0-17, S0-18 (behaviour.md I, KB-OWNER): nothing changes until yes is said; then one is the owner and the other an admin, and both get a mail."""
    ask(northlake)
    assert roles_of(northlake) == {"owner": "owner", "admin": "admin", "member": "member"}
    started = say(northlake.admin, ACCEPT, page=page)
    assert roles_of(northlake) == {"owner": "admin", "admin": "owner", "member": "member"}
    assert outcome(northlake.operator, started).done == 1
    mails = sql.rows("SELECT kind, to_user FROM mail_message WHERE kind LIKE 'ownership%%' ORDER BY kind")
    assert [(m["kind"], m["to_user"]) for m in mails] == [
        ("ownership_given", northlake.owner.user_id),
        ("ownership_offered", northlake.admin.user_id),
        ("ownership_received", northlake.admin.user_id),
    ]
    assert owner_offer.open_question(northlake.owner) is None
    assert not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    """AUTHZ-02, AUTHZ-19: an admin asks nobody, themselves least of all; nobody answers who is not asked."""
    for actor in (northlake.admin, northlake.member):
        assert refused(do, actor, OFFER, {"to": str(northlake.admin.user_id)}) == "forbidden privilege"
    for actor in (northlake.admin, northlake.member, northlake.owner):
        for verb in (ACCEPT, DECLINE):
            assert refused(say, actor, verb) == "missing no_offer"
    ask(northlake)
    for actor in (northlake.member, northlake.owner):
        assert refused(say, actor, ACCEPT) == "missing no_offer"


def test_another_account_s_people_do_not_exist(northlake: Company, southport: Company) -> None:
    """TENANT-03"""
    assert refused(ask, northlake, southport.admin.user_id) == "invalid no_new_owner"
    ask(northlake)
    assert refused(say, southport.admin, ACCEPT) == "missing no_offer"


def test_wrong_parameters(northlake: Company) -> None:
    """Only an active admin, one at a time, and not the owner again."""
    assert refused(do, northlake.owner, OFFER, {"to": ""}) == "invalid no_new_owner"
    assert refused(ask, northlake, northlake.member.user_id).endswith("not_admin")
    assert refused(ask, northlake, northlake.pending).endswith("not_active")
    assert do(northlake.owner, OFFER, {"to": str(northlake.owner.user_id)}).state == "unchanged"
    ask(northlake)
    assert refused(ask, northlake).endswith("owner_asked")
    assert refused(do, northlake.operator, OFFER, {"to": str(northlake.admin.user_id)}) == "conflict not_owner"


def test_it_is_taken_back(northlake: Company) -> None:
    """By undo; then nothing can be accepted, the mail that waits is not sent, and somebody else can be asked."""
    started = ask(northlake)
    assert refused(undo.start_undo, northlake.admin, started.number) == "forbidden privilege"
    undo.start_undo(northlake.owner, started.number or 0)
    assert refused(say, northlake.admin, ACCEPT) == "missing no_offer"
    send.deliver_waiting()
    assert sql.value("SELECT state FROM mail_message WHERE kind = 'ownership_offered'") == "cancelled"
    ask(northlake)
    say(northlake.admin, ACCEPT)


def test_no_is_an_answer(northlake: Company) -> None:
    """The owner stays, gets a mail, sees it in Activity, and can ask again."""
    ask(northlake)
    told = say(northlake.admin, DECLINE)
    found = sql.row("SELECT id, to_user FROM mail_message WHERE kind = 'ownership_declined'")
    assert found and found["to_user"] == northlake.owner.user_id
    send.deliver_waiting()
    shown = read.message(northlake.owner, found["id"])
    assert shown.subject.startswith(f"{northlake.admin.name} did not want to own ") and shown.state == "shown"
    assert roles_of(northlake)["owner"] == "owner" and owner_offer.open_question(northlake.owner) is None
    assert told.number and ask(northlake).state == "done"


def test_it_ends_after_seven_days_and_with_what_it_rests_on(northlake: Company) -> None:
    """And when whoever is asked is no admin any more, or the account has another owner by then."""
    ask(northlake)
    with clock.travel(clock.now() + timedelta(days=7, seconds=1)):
        assert refused(say, northlake.admin, ACCEPT) == "missing no_offer"
        assert ask(northlake).state == "done"  # in the place of the one that is over
    with clock.travel(clock.now() + timedelta(days=15)):
        assert owner_offer.sweep() == 1
    ask(northlake)
    do(northlake.owner, "access.set_role", {"role": "member", "subjects": one(northlake.admin.user_id or "")})
    assert refused(say, northlake.admin, ACCEPT).endswith("not_admin")
    do(northlake.owner, "access.set_role", {"role": "admin", "subjects": one(northlake.admin.user_id or "")})
    do(northlake.operator, "access.transfer_ownership", {"to": str(northlake.member.user_id)})
    assert refused(say, northlake.admin, ACCEPT) == "missing no_offer"
    assert not breaches()


def test_an_admin_whose_role_was_narrowed_can_say_yes(northlake: Company) -> None:
    """Everybody may answer what they are asked, whatever their role gives them."""
    do(northlake.owner, "access.edit_role", {"role": "admin", "privileges": ["people:user:view"]})
    ask(northlake)
    say(actor_of(northlake.admin.user_id), ACCEPT)  # type: ignore[arg-type]
    assert roles_of(northlake)["admin"] == "owner"


def test_the_mail_leads_to_the_answer(northlake: Company) -> None:
    """Without a mail server it is read in the Outbox; its address is no key."""
    ask(northlake)
    send.deliver_waiting()
    found = sql.value("SELECT id FROM mail_message WHERE kind = 'ownership_offered'")
    shown = read.message(northlake.admin, found)
    assert "/me/ownership" in shown.text and northlake.owner.name in shown.subject
