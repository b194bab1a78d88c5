"""phone.set_extension, phone.set_policy, phone.change_own, phone.move_to_site and phone.resend_invite; and which extension somebody gets by itself."""

import pytest

from tests.people_of import Company, activate, breaches, crowd, do, one, outcome
from tests.phone.phones import add, equip, extension, own, phone
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import undo
from usher.journal.verb import plan

pytestmark = pytest.mark.django_db
NAMES = ("phone.set_extension", "phone.set_policy", "phone.change_own", "phone.move_to_site", "phone.resend_invite")


def site(company: Company, name: str, **side: object) -> str:
    """A site with its phone side."""
    do(company.owner, "accounts.create_site", {"name": name})
    found = str(sql.value("SELECT id FROM accounts_site WHERE account_id = %(a)s AND name = %(n)s", {"a": company.account, "n": name}))
    if side:
        do(company.owner, "phone.set_site", {"site": found, **side})
    return found


def test_it_works(northlake: Company) -> None:
    """S3-20, S3-35: by an administrator, and by the person, who has set the phone up with that (S3-22)."""
    who = northlake.member.user_id
    assert who
    add(northlake, who)
    changed = do(northlake.owner, "phone.set_extension", {"holder": str(who), "extension": "4127"})
    assert extension(who) == "4127" and phone(who)["set_up_at"] is None
    undo.start_undo(northlake.owner, changed.number or 0)
    assert extension(who) == "1000"
    changed = do(northlake.owner, "phone.set_policy", {"holder": str(who), "policy": {"recording": "ask"}})
    assert phone(who)["policy"] == {"recording": "ask"} and phone(who)["set_up_at"] is None
    undo.start_undo(northlake.owner, changed.number or 0)
    assert phone(who)["policy"] == {}
    own(northlake.member, {"extension": "777", "policy": {"voicemail": "off"}})
    assert (extension(who), phone(who)["policy"]) == ("777", {"voicemail": "off"}) and phone(who)["set_up_at"] and not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    who = northlake.admin.user_id
    assert who
    add(northlake, who)
    for name in ("phone.set_extension", "phone.set_policy", "phone.move_to_site", "phone.resend_invite"):
        with pytest.raises(Refused) as no:
            do(northlake.member, name, {"subjects": one(who), "holder": str(who), "extension": "4127", "site": "x"})
        assert no.value.kind == "forbidden"
    with pytest.raises(Refused) as no:
        own(northlake.member, {"extension": "4127"})
    assert no.value.code == "no_phone"


def test_another_account_s_phones_do_not_exist(northlake: Company, southport: Company) -> None:
    """TENANT-03: and the same extension may be in both accounts."""
    theirs, ours = southport.member.user_id, northlake.member.user_id
    assert theirs and ours
    add(southport, theirs)
    add(northlake, ours)
    assert extension(theirs) == extension(ours) == "1000"
    with pytest.raises(Refused) as no:
        do(northlake.owner, "phone.set_extension", {"holder": str(theirs), "extension": "4127"})
    assert no.value.code == "no_phone"
    with pytest.raises(Refused) as no:
        do(northlake.owner, "phone.set_policy", {"holder": str(theirs), "policy": {"voicemail": "off"}})
    assert no.value.code == "no_phone"
    lagos = site(southport, "Lagos")
    with pytest.raises(Refused) as no:
        do(northlake.owner, "phone.move_to_site", {"site": lagos, "subjects": one(ours)})
    assert no.value.code == "no_site"
    assert do(northlake.owner, "phone.resend_invite", {"subjects": one(theirs)}).change_id is None


def test_a_policy_that_is_none(northlake: Company) -> None:
    """MASS-08"""
    who = northlake.member.user_id
    assert who
    add(northlake, who)
    for wrong in ({"recording": "never"}, {"cinema": "on"}, [], "on"):
        with pytest.raises(Refused) as no:
            do(northlake.owner, "phone.set_policy", {"holder": str(who), "policy": wrong or "x"})
        assert no.value.code == "policy"


def test_wrong_extensions(northlake: Company) -> None:
    """3 to 6 digits; reserved for emergency and public services of the country; a clash names the holder. MASS-08"""
    equip(northlake)
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    add(northlake, a, b)
    for wrong in ("", "12", "1234567", "12a", "١٢٣", None, " 1 2 3"):
        with pytest.raises(Refused) as no:
            plan(northlake.owner, "phone.set_extension", {"holder": str(a), "extension": wrong})
        assert (no.value.kind, no.value.code, no.value.field) == ("invalid", "extension", "extension")
    with pytest.raises(Refused) as no:
        do(northlake.owner, "phone.set_extension", {"holder": str(a), "extension": "113"})
    assert no.value.code == "extension_reserved"
    with pytest.raises(Refused) as no:
        do(northlake.owner, "phone.set_extension", {"holder": str(a), "extension": extension(b)})
    assert "member" in no.value.words and "has this extension" in no.value.words


def test_the_lowest_free_number_of_the_range(northlake: Company) -> None:
    """S3-2, S3-18: past what is taken and what is reserved; a gap is used again; a full range is told."""
    equip(northlake)
    people = crowd(northlake.owner, 5)
    activate(*people)
    place = site(northlake, "Oslo", lowest=110, highest=114)
    started = add(northlake, *people, site=place)
    assert sorted(filter(None, map(extension, people))) == ["111", "114"]  # 110, 112 and 113 are services of Norway
    assert outcome(northlake.owner, started).done == 5 and len([p for p in people if phone(p)]) == 2
    first = next(p for p in people if extension(p) == "111")
    do(northlake.owner, "phone.remove", {"subjects": one(first)})
    do(northlake.owner, "phone.set_site", {"site": place, "lowest": 110, "highest": 115})
    from usher.phone import tasks

    tasks.keep_up()
    assert sorted(filter(None, map(extension, people))) == ["111", "114", "115"] and not breaches()


def test_a_smaller_range_is_for_its_site(northlake: Company) -> None:
    """Two sites at once: numbers of a range inside another one are left to the site with the smaller range. With codes each site counts for itself."""
    equip(northlake)
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    main, small = site(northlake, "Main"), site(northlake, "Small", lowest=1000, highest=1009, code="")
    add(northlake, a, site=main)
    add(northlake, b, site=small)
    assert (extension(a), extension(b)) == ("1010", "1000")
    do(northlake.owner, "phone.remove", {"subjects": one(a, b)})
    do(northlake.owner, "phone.set_site", {"site": main, "code": "7", "lowest": 100, "highest": 999})
    do(northlake.owner, "phone.set_site", {"site": small, "code": "8", "lowest": 100, "highest": 999})
    do(northlake.owner, "phone.change_settings", {"site_codes": True})
    add(northlake, a, site=main)
    add(northlake, b, site=small)
    assert (extension(a), extension(b)) == ("7100", "8100") and not breaches()


def test_numbers_of_a_site_of_which_nothing_was_said_are_its_own(northlake: Company) -> None:
    """Its 1000 to 9999 lie within the range of another one, which passes them over."""
    equip(northlake)
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    oslo, bergen = site(northlake, "Oslo"), site(northlake, "Bergen", lowest=1000, highest=20_000)
    add(northlake, a, site=bergen)
    add(northlake, b, site=oslo)
    assert (extension(a), extension(b)) == ("10000", "1000") and not breaches()


def test_the_site_of_a_phone(northlake: Company) -> None:
    """S3-11, S3-12: the chosen one, else where the person is, else the main one; moved, the extension stays; where a phone is a site stays."""
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    main, other = site(northlake, "Main"), site(northlake, "Other")
    do(northlake.owner, "people.set_site", {"site": "Other", "subjects": one(b)})
    add(northlake, a, b)
    assert (str(phone(a)["site_id"]), str(phone(b)["site_id"])) == (main, other)
    before = extension(a)
    moved = do(northlake.owner, "phone.move_to_site", {"site": "other", "subjects": one(a)})
    assert str(phone(a)["site_id"]) == other and extension(a) == before
    do(northlake.owner, "people.set_site", {"site": "", "subjects": one(b)})
    with pytest.raises(Refused) as no:
        do(northlake.owner, "accounts.delete_sites", {"sites": [other]})
    assert no.value.code == "has_phones"
    undo.start_undo(northlake.owner, moved.number or 0)
    assert str(phone(a)["site_id"]) == main


def test_who_set_the_phone_up_has_done_so_after_an_undo(northlake: Company) -> None:
    """S3-22: an administrator's change of before is undone, and nobody gets the mail again for that."""
    who = northlake.member.user_id
    assert who
    add(northlake, who)
    changed = do(northlake.owner, "phone.set_policy", {"holder": str(who), "policy": {"recording": "ask"}})
    own(northlake.member, {})
    since = phone(who)["set_up_at"]
    undo.start_undo(northlake.owner, changed.number or 0)
    assert phone(who)["policy"] == {} and since and phone(who)["set_up_at"] == since and not breaches()


def test_the_mail_again(northlake: Company) -> None:
    """S3-21, S3-22, S3-23: until the person has set the phone up."""
    who = northlake.member.user_id
    assert who
    add(northlake, who)
    do(northlake.owner, "phone.resend_invite", {"subjects": one(who)})
    assert sql.value("SELECT count(*) FROM mail_message WHERE kind = 'phone' AND to_user = %(u)s", {"u": who}) == 2
    own(northlake.member, {})
    with pytest.raises(Refused) as no:
        do(northlake.owner, "phone.resend_invite", {"subjects": one(who)})
    assert no.value.code == "phone_set_up"
