"""lifecycle.add_phones: phones by a file, each line done as it says or refused by itself."""

import io
from dataclasses import replace
from typing import Any

import pytest

from tests.people_of import Company, activate, breaches, crowd, do, finish, one, outcome
from tests.phone.phones import EXTRA, PLAN, add, equip, extension, phone
from tests.phone.test_extension import site
from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal import engine, undo
from usher.journal.plan import preview
from usher.journal.verb import Plan, plan
from usher.lifecycle.join import refused_lines
from usher.lifecycle.phone_lines import plan_phones
from usher.lifecycle.staging import stage_phones

pytestmark = pytest.mark.django_db
HEAD = "email,site,package,template,extension,numbers\n"


def planned(actor: Actor, text: str, **choices: Any) -> Plan:
    return plan_phones(actor, stage_phones(actor, io.BytesIO(text.encode()), "phones.csv", most=100, choices=choices))


def started(actor: Actor, text: str, **choices: Any) -> engine.Started:
    return finish(engine.start(planned(actor, text, **choices), "test:phones"))


def test_it_works(northlake: Company) -> None:
    """S3-8: site, package, template, extension and numbers of each line, or what the form chose; undone, everything is free again."""
    equip(northlake)
    a, b, c = northlake.owner.user_id, northlake.admin.user_id, northlake.member.user_id
    assert a and b and c
    oslo = site(northlake, "Oslo", lowest=2000, highest=2999)
    site(northlake, "Bergen", lowest=3000, highest=3999)
    do(northlake.owner, "phone.create_template", {"name": "Desk", "policy": {"voicemail": "off"}})
    text = (
        HEAD + f"{northlake.owner.email},bergen,,,,\n"
        f"{northlake.admin.email.upper()},Oslo,Unlimited US and Canada,desk,2777,+47 22 00 00 05; +4722000003\n"
        f"{northlake.member.email},,200,,,next\n"
    )
    change = started(northlake.owner, text)
    assert (extension(a), phone(a)["packages"], phone(a)["numbers"]) == ("3000", [], [])
    assert (extension(b), phone(b)["packages"], phone(b)["numbers"]) == ("2777", [PLAN], ["+4722000003", "+4722000005"])
    assert phone(b)["policy"] == {"voicemail": "off"} and str(phone(b)["site_id"]) == oslo
    assert (extension(c), phone(c)["numbers"]) == ("2000", ["+4722000000"])
    undo.start_undo(northlake.owner, change.number or 0)
    assert not any(map(extension, (a, b, c))) and not sql.value("SELECT count(*) FROM phone_number WHERE holder_id IS NOT NULL")
    assert not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    """Who may manage phones needs no right over people; who may manage people alone may not."""
    with pytest.raises(Refused) as no:
        planned(northlake.member, "a@x.test\n")
    assert no.value.kind == "forbidden"
    with pytest.raises(Refused) as no:
        planned(replace(northlake.admin, privileges=frozenset({"people:user:manage"})), "a@x.test\n")
    assert no.value.kind == "forbidden"
    desk = replace(northlake.admin, privileges=frozenset({"phone:user:manage"}))
    assert preview(planned(desk, f"{northlake.member.email}\n")).will == 1
    with pytest.raises(Refused, match="manage phone numbers"):
        planned(desk, f"email,numbers\n{northlake.member.email},next\n")


def test_another_account_s_people_do_not_exist(northlake: Company, southport: Company) -> None:
    """TENANT-03: nor do their sites, templates and files."""
    site(southport, "Lagos")
    do(southport.owner, "phone.create_template", {"name": "Desk"})
    told = planned(
        northlake.owner, HEAD + f"{southport.member.email},,,,,\n{northlake.member.email},Lagos,,,,\n{northlake.admin.email},,,Desk,,\n"
    )
    assert [line["reason"] for line in refused_lines(told)] == ["nobody_here", "no_site", "no_template"]
    with pytest.raises(Refused) as no:
        plan(southport.owner, "lifecycle.add_phones", {"stage": told.params["stage"]})
    assert no.value.kind == "missing"


def test_wrong_lines_never_stop_the_good_ones(northlake: Company) -> None:
    """S3-8, CSV-06: each with its line, field and reason; the last one is done."""
    equip(northlake)
    people = crowd(northlake.owner, 16)
    activate(*people[1:])
    mails = [str(sql.value("SELECT email FROM people_user WHERE id = %(p)s", {"p": p})) for p in people]
    oslo = site(northlake, "Oslo")
    site(northlake, "Bergen")
    do(northlake.owner, "phone.create_template", {"name": "Oslo desk", "site": oslo})
    do(northlake.operator, "licenses.set_seats", {"product": "phone", "quantity": 50})
    add(northlake, northlake.owner.user_id, package=PLAN, numbers="next")  # type: ignore[arg-type]
    do(northlake.owner, "phone.switch_package", {"package": EXTRA, "active": False})
    lines = [
        ("no-address,,,,,", "bad_email", "email"),
        (f"{mails[1]},,gold,,,", "unknown_package", "package"),
        (f"{mails[2]},,,,12,", "bad_extension", "extension"),
        (f"{mails[3]},,,,,22 00 00 01", "no_number", "numbers"),
        (f"{mails[4]},,{EXTRA},,,", "package_off", "package"),
        (f"{mails[5]},,,,,+4722000001", "needs_plan", "package"),
        (f"{mails[6]},,,,1000,", "extension_taken:Olga Owner", "extension"),
        (f"{mails[7]},,,,112,", "extension_reserved", "extension"),
        (f"{mails[8]},,200,,,+4722000000", "number_taken:Olga Owner", "numbers"),
        (f"{mails[9]},,200,,,+4722999999", "number_elsewhere:+4722999999", "numbers"),
        (f"{mails[10]},Bergen,,oslo desk,,", "other_site", "template"),
        (f"{mails[0]},,,,,", "phone_needs_active", ""),
        (f"{mails[11]},,200,,4127,+4722000007", "", ""),
        (f"{mails[12]},,,,4127,", "extension_twice", "extension"),
        (f"{mails[13]},,200,,,+4722000007", "number_said:+4722000007", "numbers"),
        (f"{mails[11]},,,,,", "twice", "email"),
        (f"{northlake.owner.email},,,,,", "", ""),
        (f"{mails[14]},,,,,", "", ""),
    ]
    told = planned(northlake.owner, HEAD + "".join(text + "\n" for text, _code, _field in lines))
    found = [(line["line"], line["reason"], line["field"]) for line in refused_lines(told) if line["reason"] != "already"]
    assert found == [(n, code, field) for n, (_text, code, field) in enumerate(lines, 2) if code]
    assert all(line["words"] for line in refused_lines(told))
    done = finish(engine.start(told, "test:lines"))
    assert outcome(northlake.owner, done).done == 2 and extension(people[11]) == "4127" and extension(people[14])
    assert not breaches()


def test_what_the_form_chose(northlake: Company) -> None:
    """behaviour.md C: a chosen site overrides the column; package, template and numbers hold where a line names none."""
    equip(northlake)
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    oslo = site(northlake, "Oslo", lowest=2000, highest=2999)
    site(northlake, "Bergen", lowest=3000, highest=3999)
    do(northlake.owner, "phone.create_template", {"name": "Desk", "policy": {"waiting": "off"}})
    text = HEAD + f"{northlake.admin.email},Bergen,100,,,\n{northlake.member.email},nowhere,,,,+4722000009\n"
    started(northlake.owner, text, site=oslo, package=PLAN, template="Desk", numbers="next")
    assert (extension(a), extension(b)) == ("2000", "2001") and phone(b)["policy"] == {"waiting": "off"}
    assert (phone(a)["packages"], phone(b)["packages"]) == (["calling:100"], [PLAN])
    assert (phone(a)["numbers"], phone(b)["numbers"]) == (["+4722000000"], ["+4722000009"])


def test_too_few_seats(northlake: Company) -> None:
    """S3-6: refused whole, or the first that fit, in the order of the file."""
    do(northlake.operator, "licenses.set_seats", {"product": "phone", "quantity": 2})
    text = "".join(f"{who.email}\n" for who in (northlake.member, northlake.admin, northlake.owner))
    with pytest.raises(Refused) as no:
        started(northlake.owner, text)
    assert no.value.kind == "conflict"
    finish(engine.start(planned(northlake.owner, text), "test:first", short="first"))
    who = (northlake.member.user_id, northlake.admin.user_id, northlake.owner.user_id)
    assert [extension(p) for p in who if p] == ["1000", "1001", ""] and not breaches()


def test_whoever_is_marked_is_passed_over(northlake: Company) -> None:
    """A file is a set of many: the never-touch list holds."""
    do(northlake.owner, "people.mark", {"kind": "never", "subjects": one(northlake.member.user_id or "")})
    assert preview(planned(northlake.owner, f"{northlake.member.email}\n{northlake.admin.email}\n")).will == 1
