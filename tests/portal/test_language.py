"""The portal in another language: whole, chosen by the person, else by the browser, else by the account; dates and numbers as it writes them."""

import gettext
import io
from datetime import UTC, datetime

import pytest
from babel.messages.mofile import write_mo
from django.conf import settings
from django.test import Client
from django.utils import translation

from tests.messages import LANGUAGES, LOCALE, catalog_of, marked, missing, singular
from tests.people_of import Company, do
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.refusals import Refused
from usher.people.verbs.own import choose
from usher.portal.templatetags.usher import day, number, when


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_missing(language: str) -> None:
    """Every marked text has a finished translation with the same places and all plural forms. `make texts` says which wait."""
    assert [singular(text) for text in missing(language)] == []
    assert len(list(marked())) > 400


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compiled_is_what_is_written(language: str) -> None:
    """The build hook's binary catalog is of this text; run `make install` when it is not."""
    compiled = LOCALE / language / "LC_MESSAGES" / "django.mo"
    buffer = io.BytesIO()
    write_mo(buffer, catalog_of(language))
    buffer.seek(0)
    with compiled.open("rb") as file:
        there, wanted = (dict(gettext.GNUTranslations(f)._catalog) for f in (file, buffer))  # type: ignore[attr-defined]
    there.pop(""), wanted.pop("")  # the header
    assert there == wanted


def test_every_language_offered_has_its_texts() -> None:
    assert {code for code, _words in settings.LANGUAGES} == {"en", *LANGUAGES}


def test_the_person_chooses(owner: Client, northlake: Company) -> None:
    """The choice is kept with the person, is a change of theirs, and wins over the browser."""
    english = owner.get("/people").content.decode()
    assert '<html lang="en" dir="ltr"' in english and "User Management" in english
    assert owner.post("/me/settings", {"language": "de", "next": "/people"})["Location"] == "/people"
    answer = owner.get("/people", headers={"Accept-Language": "en-US,en;q=0.9"})
    text = answer.content.decode()
    assert '<html lang="de" dir="ltr"' in text and answer["Content-Language"] == "de"
    assert "Benutzerverwaltung" in text and "Benutzer hinzufügen" in text and "User Management" not in text
    kept = "SELECT language FROM people_user WHERE id = %(u)s"
    assert sql.value(kept, {"u": northlake.owner.user_id}) == "de"
    owner.post("/me/settings", {"language": "de"})
    owner.post("/me/settings", {"language": "xx"})
    owner.post("/me/settings", {"language": "<script>"})
    assert sql.value(kept, {"u": northlake.owner.user_id}) == "de"
    assert sql.value("SELECT count(*) FROM journal_change WHERE verb = 'people.choose_settings'") == 1


def test_one_person_does_not_choose_for_another(owner: Client, northlake: Company) -> None:
    owner.post("/me/settings", {"language": "de"})
    assert '<html lang="en"' in signed_in(northlake.admin.user_id).get("/people").content.decode()
    with pytest.raises(Refused):
        choose(northlake.operator, {"language": "de"})
    with pytest.raises(Refused):
        choose(northlake.admin, {"language": "../de"})


def test_the_browser_then_the_account(db: None, northlake: Company, client: Client) -> None:
    """A stranger is answered as the browser asks; a person who chose nothing too, and as the account is set where the browser asks for neither."""
    assert "Anmelden" in client.get("/sign-in", headers={"Accept-Language": "de-AT,de;q=0.9,en;q=0.1"}).content.decode()
    assert "Sign in" in client.get("/sign-in", headers={"Accept-Language": "fr,pl;q=0.5"}).content.decode()
    assert "Sign in" in client.get("/sign-in", headers={"Accept-Language": ";;q=x" * 300}).content.decode()
    admin = signed_in(northlake.admin.user_id)
    assert "Verlauf" in admin.get("/activity", headers={"Accept-Language": "de"}).content.decode()
    do(northlake.owner, "accounts.change_settings", {"language": "de"})
    assert "Verlauf" in admin.get("/activity", headers={"Accept-Language": "fr"}).content.decode()
    assert "Verlauf" not in admin.get("/activity", headers={"Accept-Language": "en"}).content.decode()
    assert "Verlauf" in admin.get("/activity").content.decode()


def test_a_language_does_not_leak_into_the_next_request(owner: Client, northlake: Company, client: Client) -> None:
    owner.post("/me/settings", {"language": "de"})
    owner.get("/people")
    assert translation.get_language() == "en"
    assert "Sign in" in client.get("/sign-in").content.decode()


def test_dates_and_numbers() -> None:
    """Thousands are grouped, and days are ordered, as the language does it; counts choose their plural."""
    moment = datetime(2024, 3, 9, 12, 0, tzinfo=UTC)
    assert number(12345) == "12,345" and day(moment) == "9 March 2024" and ">Mar 9, 2024<" in str(when(moment))
    with translation.override("de"):
        assert number(12345) == "12.345" and day(moment) == "9. März 2024"
        assert ">9. März 2024<" in str(when(moment)) and "9. März 2024, 12:00:00" in str(when(moment))
        assert translation.ngettext("%(n)s person invited.", "%(n)s people invited.", 1) == "%(n)s Person eingeladen."


def test_every_page_in_german(owner: Client, northlake: Company) -> None:
    """Each page of the portal answers, says which language it is in, and has none of the frame's English words."""
    from tests.architecture.test_pages import all_routes, fill, ids_of

    owner.post("/me/settings", {"language": "de"})
    ids, seen = ids_of(northlake), 0
    for pattern, policy in all_routes():
        if "GET" in policy.methods and policy.kind in ("member", "privilege") and "/undo" not in pattern:
            answer = owner.get(fill(pattern, ids))
            assert answer.status_code < 500, pattern
            if answer["Content-Type"].startswith("text/html") and b"<html" in answer.content:
                text = answer.content.decode()
                assert '<html lang="de"' in text and "Zum Inhalt springen" in text, pattern
                assert "Skip to the content" not in text and ">User Management<" not in text, pattern
                seen += 1
    assert seen >= 15
