"""What verbs, refusals, reasons, rights, products and mails say is made when it is read, in the language of whoever reads it."""

import io
import json
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from tests.messages import LANGUAGES
from tests.people_of import Company, do
from tests.signed_in import signed_in
from usher.core import privileges, sql
from usher.core.address import NotAnAddress, parse
from usher.core.ids import short
from usher.core.refusals import filled
from usher.journal.names import figure, listed, long_day, sentence
from usher.journal.verb import REASONS, VERBS, Verb
from usher.licenses.catalog import PRODUCTS
from usher.lifecycle.reading import open_csv
from usher.mail import kinds, letter
from usher.mail.send import Trouble
from usher.portal.account.outbox import MAILS
from usher.portal.changes import words
from usher.portal.effects import value_in_words

# Journaled parameters of any verb, by name; a verb whose words need others gets them here.
PARAMS: dict[str, Any] = {
    "license": "meetings:licensed",
    "add_on": "phone",
    "add_ons": ["phone", "whiteboard"],
    "product": "webinar:500",
    "quantity": 1200,
    "price": "12.50",
    "currency": "EUR",
    "starts": None,
    "ends": "2026-12-31",
    "fields": {"first_name": "Ann", "time_zone": "Europe/Oslo", "name": "Lab"},
    "group": "x",
    "group_name": "Lab",
    "to": "crew",
    "to_name": "Crew",
    "name": "Lab",
    "kind": "user",
    "department": "Sales",
    "role": "admin",
    "email": "ann@x.test",
    "file": "people.csv",
    "what": "totp",
    "on": True,
    "only": None,
    "subjects": {"ids": [str(uuid4()), str(uuid4())]},
    "settings": {"theme": "dark"},
    "part": "settings",
    "heir": "x",
    "heir_name": "Priya Raman",
    "title": "Lab",
    "items": [{"title": "Lab"}],
    "content": {},
    "day": "2026-12-31",
    "from_name": "Northlake",
    "domain": "x.test",
    "manage": True,
    "from": "meetings:basic",
    "plan": "pro",
    "called": "Lab",
    "instead": "member",
    "instead_name": "",
    "site": "x",
    "site_name": "Oslo",
    "target": "x",
    "target_name": "Bergen",
    "package": "calling:200",
    "packages": ["calling:200"],
    "active": True,
    "numbers": ["+4722000000"],
    "number": None,
    "ids": [str(uuid4()), str(uuid4())],
    "extension": "4127",
    "template": "x",
    "template_name": "Desk",
    "code": "",
    "for_people": True,
    "lowest": 1000,
    "highest": 9999,
}
OWN: dict[str, dict[str, Any]] = {
    "phone.change_settings": {"soft_delete": True, "welcome_mail": False},
    "accounts.change_settings": {"name": "Lab", "language": "de"},
    "lifecycle.schedule": {**PARAMS, "what": "deactivate"},
}
SAME = {"Webinar 500", "Whiteboard", "Automation", "API", "SCIM", "Portal"}  # words that are the same in both


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    owner = signed_in(northlake.owner.user_id)
    owner.post("/me/settings", {"language": "de"})
    return owner


def told(verb: Verb, n: int) -> list[str]:
    params = OWN.get(verb.name, PARAMS)
    return [verb.headline(params, n), verb.sentence(params, n), verb.undo_words(n), str(verb.lost), str(words.kind_of(verb.name))]


@pytest.mark.parametrize("name", VERBS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_verb_stays_english(language: str, name: str) -> None:
    """Its headline, sentence, promise of undo, what is lost and its kind; for one, for many, and with no place left open."""
    for n in (1, 12_345):
        english = told(VERBS[name], n)
        with translation.override(language):
            theirs = told(VERBS[name], n)
        for there, here in zip(english, theirs, strict=True):
            assert bool(there) == bool(here) and (there != here or not there), there
            assert "%(" not in there + here and "12345" not in there + here


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_reason_right_product_or_mail_stays_english(language: str) -> None:
    """S4-23: also what a missing right is called."""
    lazy = [
        *(r.words for r in REASONS.values()),
        *(privileges.known(p).words for p in privileges.all_names()),
        *(k.subject for k in kinds.all_kinds()),
        *words.DOORS.values(),
        *words.KINDS.values(),
        *MAILS.values(),
    ]
    english = [str(x) for x in lazy]
    with translation.override(language):
        assert [e for e, x in zip(english, lazy, strict=True) if str(x) == e and e not in SAME] == []
        assert PRODUCTS["meetings:unassigned"].name == "Nicht zugewiesen" and PRODUCTS["large_meeting:500"].name == "Großes Meeting 500"
        assert PRODUCTS["webinar:500"].name == "Webinar 500"


def test_every_verb_and_every_mail_is_called_something() -> None:
    assert set(VERBS) - set(words.KINDS) == set()
    assert {kind.code for kind in kinds.all_kinds()} - set(MAILS) == set()


def test_a_sentence_follows_its_reader() -> None:
    """Numbers, days and lists too; what an undo took back is a sentence of its own."""
    params = {"license": "meetings:licensed", "subjects": {}}
    assert sentence("licenses.change_license", params, 1261) == "1,261\u00a0people became Licensed"
    with translation.override("de"):
        assert sentence("licenses.change_license", params, 1261) == "1.261\u00a0Personen bekamen die Lizenz Lizenziert"
        assert (
            sentence("licenses.change_license", params, 1, undoes=True) == "Rückgängig gemacht: 1\u00a0Person bekam die Lizenz Lizenziert"
        )
        assert figure(1261) == "1.261" and listed(["a", "b", "c"]) == "a, b und c"
    assert listed(["a"]) == "a" and listed([]) == "" and listed(["a", "b"]) == "a and b"


def test_a_day_in_a_sentence() -> None:
    from datetime import date

    assert long_day(date(2026, 12, 31)) == "31 December 2026"
    with translation.override("de"):
        assert long_day(date(2026, 12, 31)) == "31. Dezember 2026"


def test_what_is_wrong_with_an_address() -> None:
    """MAIL-03: kept in English with its places apart, read in any language."""
    with pytest.raises(NotAnAddress) as no:
        parse("аdmin@northlake.test")  # the first letter is Cyrillic
    with translation.override("de"):
        assert filled(no.value.said, no.value.places).startswith("Mischt Alphabete: а (U+0430)")
    assert no.value.words.startswith("Mixes alphabets: а (U+0430)")


def test_nothing_translated_is_stored(owner: Client, northlake: Company) -> None:
    """A German administrator imports: the page is German, what is staged and journaled is not."""
    file = SimpleUploadedFile("people.csv", b"email,first name,last name\nann@x.test,Ann,Lee\nbroken,Bo,Li\n", "text/csv")
    address = owner.post("/people/imports/new", {"file": file, "license": "meetings:basic"})["Location"]
    page = owner.get(address).content.decode()
    assert "1\u00a0Person wird mit der Lizenz Basis eingeladen. 1\u00a0Zeile ist abgelehnt." in page
    assert "es fehlt ein @ mit Text auf beiden Seiten." in page
    assert sql.value("SELECT said FROM lifecycle_stagedline WHERE problem IS NOT NULL").startswith("Is not an e-mail address")
    do(northlake.owner, "licenses.change_license", {"license": "meetings:licensed", "subjects": {"ids": [str(northlake.member.user_id)]}})
    shown = owner.get("/activity").content.decode()
    assert "1\u00a0Person bekam die Lizenz Lizenziert" in shown and "became" not in shown
    kept = json.dumps(sql.rows("SELECT params FROM journal_change"), default=str) + json.dumps(
        sql.rows("SELECT after FROM journal_effect"), default=str
    )
    assert "Person" not in kept and "Lizenz" not in kept


def test_a_refusal_in_german(owner: Client, northlake: Company) -> None:
    """S0-5: what is, why, what next; also for what is not here."""
    gone = owner.get("/changes/999999").content.decode()
    assert "Diese Änderung ist nicht hier" in gone
    admin = signed_in(northlake.admin.user_id)
    admin.post("/me/settings", {"language": "de"})
    refused = admin.get("/account/sign-in", headers={"HX-Request": "true"})
    assert refused.status_code in (200, 403) and b"This needs the right" not in refused.content


def test_a_mail_in_the_language_and_zone_of_its_reader(db: None, northlake: Company) -> None:
    """The person's language and time zone, not those of whoever caused it, nor the account's."""
    sql.execute("UPDATE people_user SET language = 'de', time_zone = 'Europe/Oslo' WHERE id = %(u)s", {"u": northlake.member.user_id})
    sql.execute(
        """INSERT INTO mail_message (id, account_id, kind, to_user, address, params, created_at, next_try) SELECT usher_uuid7(), account_id, 'factor_added', id, email,
           '{"what": "webauthn", "name": "Key"}', '2026-01-15 12:00+00', now() FROM people_user WHERE id = %(u)s""",
        {"u": northlake.member.user_id},
    )
    rows = sql.rows(f"SELECT {letter.columns('m')} FROM mail_message m WHERE kind = 'factor_added'")
    written = letter.write(rows[0], letter.contexts(rows)[rows[0]["id"]], "")
    assert written.language == "de" and written.subject == "Ein zweiter Faktor wurde hinzugefügt"
    assert "15. Januar 2026, 13:00 CET" in written.text and "Passkey „Key“" in written.text and "Passkey „Key“" in written.html


def test_the_clock_of_a_page_is_the_persons(owner: Client, northlake: Company) -> None:
    """Times in the person's zone; a zone this machine does not know is UTC, and nothing leaks into the next request."""
    do(northlake.owner, "licenses.change_license", {"license": "meetings:licensed", "subjects": {"ids": [str(northlake.member.user_id)]}})
    for zone, name in (("Asia/Tokyo", "JST"), ("Nowhere/Land", "UTC"), ("", "UTC")):
        sql.execute("UPDATE people_user SET time_zone = %(z)s WHERE id = %(u)s", {"z": zone, "u": northlake.owner.user_id})
        assert f' {name}"' in owner.get("/activity").content.decode()


def test_files_are_in_one_language(owner: Client, northlake: Company) -> None:
    """A list and a plan are written in their reader's language to the last line; the record of what was done is English for everybody."""
    do(northlake.owner, "licenses.change_license", {"license": "meetings:licensed", "subjects": {"ids": [str(northlake.member.user_id)]}})
    record = b"".join(owner.get("/activity/export")).decode()
    assert "1\u00a0person became Licensed" in record and "What" in record and "Lizenz" not in record
    people = b"".join(owner.get("/people/export")).decode()
    assert "Lizenziert" in people and "Licensed" not in people and "E-Mail" in people
    plan = b"".join(owner.get(f"/people/license-changes?ids={short(northlake.member.user_id)}&license_to=meetings:basic&as=csv")).decode()
    assert "Lizenziert" in plan and "Licensed" not in plan and plan.count("Lizenz") >= 2


def test_a_file_may_name_its_columns_in_german(owner: Client) -> None:
    """CSV-07: a header in the reader's language, in any order; what is in none is told and not read."""
    reader = open_csv(io.BytesIO(b"Nachname;Vorname;E-Mail-Adresse;Abteilung;Telefon\nLee;Ann;ann@x.test;Vertrieb;12\n"))
    (ann,) = reader.lines()
    assert (ann.email, ann.first_name, ann.last_name, ann.department) == ("ann@x.test", "Ann", "Lee", "Vertrieb")
    assert reader.ignored == ["Telefon"]


def test_values_of_a_change_in_words() -> None:
    """Days, prices, statuses and languages as the reader writes them."""
    told = [
        ("ends", "2026-12-31"),
        ("expires_at", "2026-12-31T10:00:00+00:00"),
        ("price", 1234.5),
        ("status", "pending"),
        ("theme", "dark"),
        ("language", "en"),
    ]
    assert [value_in_words(*t) for t in told] == ["31 December 2026", "until 31 December 2026", "1,234.50", "Pending", "Dark", "English"]
    with translation.override("de"):
        assert [value_in_words(*t) for t in told[:5]] == ["31. Dezember 2026", "bis 31. Dezember 2026", "1.234,50", "Ausstehend", "Dunkel"]


def test_why_a_mail_was_not_sent(owner: Client, northlake: Company) -> None:
    """INVITE-22: the sender wrote it down in no language; what the mail server said stays as it said it."""
    trouble = Trouble("%(host)s refused it: %(why)s", {"host": "mail.example", "why": "550 nobody"})
    mail = sql.value(
        "UPDATE mail_message SET state = 'undeliverable', error = %(e)s, trouble = %(t)s WHERE to_user = %(u)s RETURNING id",
        {"e": str(trouble), "t": trouble.kept, "u": northlake.pending},
    )
    assert "mail.example hat sie abgelehnt: 550 nobody" in owner.get(f"/account/outbox/{short(mail)}").content.decode()
    assert str(trouble) == "mail.example refused it: 550 nobody"
