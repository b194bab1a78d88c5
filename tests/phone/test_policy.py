"""What a phone may do: its own choice, else its site's, else the account's; a template is applied (docs/decisions/0121)."""

from typing import Any
from uuid import UUID

import pytest

from tests.people_of import Company, breaches, do, one
from tests.phone.phones import add, equip, own, phone
from tests.phone.test_extension import site
from usher.core.refusals import Refused
from usher.journal import engine, undo
from usher.journal.verb import plan
from usher.phone import reads, room_reads
from usher.phone.policy import POLICY, holding

pytestmark = pytest.mark.django_db


def holds(company: Company, who: UUID) -> dict[str, tuple[str, str]]:
    """Of each setting of somebody's phone what holds, and who says it."""
    row = reads.phone(company.owner, who)
    assert row
    return {name: (held.choice, held.of) for name in POLICY if (held := holding(row, name))}


def test_the_nearest_that_says_something_counts(northlake: Company) -> None:
    """S3-4: the phone, then its site, then the account, then the first choice; each is undone, and a phone that moves has what its new site says."""
    equip(northlake)
    who = northlake.member.user_id
    assert who
    oslo, bergen = site(northlake, "Oslo"), site(northlake, "Bergen", policy={"recording": "ask"})
    add(northlake, who, site=oslo)
    assert holds(northlake, who) == {"voicemail": ("on", ""), "recording": ("off", ""), "waiting": ("on", "")}
    account = do(northlake.owner, "phone.change_settings", {"policy": {"recording": "on", "voicemail": "off"}})
    assert holds(northlake, who)["recording"] == ("on", "account") and holds(northlake, who)["voicemail"] == ("off", "account")
    do(northlake.owner, "phone.move_to_site", {"site": bergen, "subjects": one(who)})
    assert holds(northlake, who)["recording"] == ("ask", "site") and holds(northlake, who)["voicemail"] == ("off", "account")
    mine = do(northlake.owner, "phone.set_policy", {"holder": str(who), "policy": {"recording": "off"}})
    assert holds(northlake, who)["recording"] == ("off", "phone") and phone(who)["policy"] == {"recording": "off"}
    do(northlake.owner, "phone.set_policy", {"holder": str(who), "policy": {"recording": None}})
    assert holds(northlake, who)["recording"] == ("ask", "site") and phone(who)["policy"] == {}
    with pytest.raises(Refused):
        undo.start_undo(northlake.owner, mine.number or 0)
    undo.start_undo(northlake.owner, account.number or 0)
    assert holds(northlake, who)["voicemail"] == ("on", "account") and not breaches()


def test_a_template_wins_and_stays_until_it_is_applied_again(northlake: Company) -> None:
    """S3-16: over the phone, its site and the account; edited, it changes nobody."""
    equip(northlake)
    who = northlake.member.user_id
    assert who
    do(northlake.owner, "phone.change_settings", {"policy": {"waiting": "off"}})
    do(northlake.owner, "phone.create_template", {"name": "Desk", "policy": {"waiting": "on"}})
    add(northlake, who, template="Desk")
    assert holds(northlake, who)["waiting"] == ("on", "template")
    do(northlake.owner, "phone.edit_template", {"template": "Desk", "name": "Desk", "policy": {"waiting": "off", "voicemail": "off"}})
    assert holds(northlake, who)["waiting"] == ("on", "phone") and holds(northlake, who)["voicemail"] == ("on", "account")
    do(northlake.owner, "phone.apply_template", {"template": "Desk", "subjects": one(who)})
    assert holds(northlake, who)["waiting"] == ("off", "template") and holds(northlake, who)["voicemail"] == ("off", "template")


def test_a_room_has_it_likewise(northlake: Company) -> None:
    """S3-3"""
    equip(northlake)
    do(northlake.owner, "phone.change_settings", {"policy": {"waiting": "off"}})
    do(northlake.owner, "accounts.create_room", {"name": "Fjord", "kind": "Kiosk"})
    do(northlake.owner, "phone.add_rooms", {"subjects": {"query": {"phone": ["none"]}, "except": []}})
    (fjord,) = room_reads.page(northlake.owner, {}).rows
    found = room_reads.room(northlake.owner, fjord["id"])
    assert (holding(found, "waiting").choice, holding(found, "waiting").of) == ("off", "account")


def test_a_site_comes_back_with_what_it_said(northlake: Company) -> None:
    """And whoever changes something else of it leaves that as it is; the undo of the change takes it back."""
    site(northlake, "Oslo")
    bergen = site(northlake, "Bergen", policy={"voicemail": "off"})
    said = do(northlake.owner, "phone.set_site", {"site": bergen, "policy": {"waiting": "off"}})
    assert reads.site(northlake.owner, UUID(bergen))["policy"] == {"waiting": "off"}
    undo.start_undo(northlake.owner, said.number or 0)
    deleted = do(northlake.owner, "phone.delete_site", {"site": bergen})
    undo.start_undo(northlake.owner, deleted.number or 0)
    assert reads.site(northlake.owner, UUID(bergen))["policy"] == {"voicemail": "off"} and not breaches()


def test_two_choices_of_the_account_are_two_changes(northlake: Company) -> None:
    """Each tells what it changes and nothing else, keeps what came in between, and is undone by itself; a form that sends everything changes what differs."""
    early = plan(northlake.owner, "phone.change_settings", {"policy": {"recording": "ask"}})
    assert early.verb.headline(early.params, 1) == "These settings of Phone will change: Recorded on demand."
    first = do(northlake.owner, "phone.change_settings", {"policy": {"voicemail": "off"}})
    engine.start(early, "test:early")
    assert reads.account_policy(northlake.owner) == {"voicemail": "off", "recording": "ask", "waiting": "on"}
    form = do(
        northlake.owner,
        "phone.change_settings",
        {"welcome_mail": False, "soft_delete": False, "policy": reads.account_policy(northlake.owner)},
    )
    do(northlake.owner, "phone.change_settings", {"policy": {"waiting": "off"}})
    undo.start_undo(northlake.owner, first.number or 0)
    undo.start_undo(northlake.owner, form.number or 0)
    assert reads.account_policy(northlake.owner) == {"voicemail": "on", "recording": "ask", "waiting": "off"}
    assert reads.settings(northlake.owner) == reads.DEFAULTS and not breaches()


def test_a_person_leaves_it_to_the_administrators(northlake: Company) -> None:
    """S3-35: what they chose goes, and what the account says holds."""
    equip(northlake)
    who = northlake.member.user_id
    assert who
    add(northlake, who)
    own(northlake.member, {"policy": {"voicemail": "off", "waiting": "off"}})
    own(northlake.member, {"policy": {"voicemail": "", "recording": ""}})
    assert phone(who)["policy"] == {"waiting": "off"}


@pytest.mark.parametrize("policy", [{"x": "on"}, {"voicemail": "maybe"}, {"x": None}, ["voicemail"], {"voicemail": 1}])
def test_what_is_no_choice(northlake: Company, policy: Any) -> None:
    """MASS-08: of an account, a site and a phone."""
    who = northlake.member.user_id
    assert who
    add(northlake, who)
    place = site(northlake, "Oslo")
    for name, wish in (("phone.change_settings", {}), ("phone.set_site", {"site": place}), ("phone.set_policy", {"holder": str(who)})):
        with pytest.raises(Refused) as no:
            plan(northlake.owner, name, {**wish, "policy": policy})
        assert (no.value.kind, no.value.code) == ("invalid", "policy"), name
