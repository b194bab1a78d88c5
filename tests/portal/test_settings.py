"""The account's settings, and the test mail of the Outbox."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from tests.mail.mailbox import Mailbox, certificate_in
from tests.people_of import Company
from tests.signed_in import signed_in
from usher.accounts.models import Account

FORM = {"name": "Northlake Instruments", "language": "en", "country": "no", "meeting_connector": "on"}


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox().start()
    yield box
    box.stop()


def test_it_works(owner: Client, northlake: Company) -> None:
    """S0-23: saved by one button, told in Activity, and undone there."""
    assert owner.get("/account/settings").status_code == 200
    answer = owner.post("/account/settings", {**FORM, "key": "k1"}, follow=True)
    assert "Saved as C-" in answer.content.decode()
    account = Account.objects.get(pk=northlake.account)
    assert (account.name, account.country, account.meeting_connector) == ("Northlake Instruments", "NO", True)
    assert "Settings were changed" in owner.get("/activity").content.decode()
    assert "Nothing was different" in owner.post("/account/settings", {**FORM, "key": "k2"}, follow=True).content.decode()


def test_without_the_privilege(db: None, northlake: Company) -> None:
    client = signed_in(northlake.member.user_id)
    assert client.get("/account/settings").status_code == 403
    assert client.post("/account/settings", FORM).status_code == 403
    assert client.post("/account/outbox/test").status_code == 403


def test_other_account_keeps_its_own(owner: Client, southport: Company) -> None:
    owner.post("/account/settings", {**FORM, "key": "k1"})
    assert Account.objects.get(pk=southport.account).name == "Southport"


def test_wrong_method(owner: Client) -> None:
    assert owner.get("/account/outbox/test").status_code == 405
    assert owner.delete("/account/settings").status_code == 405


@pytest.mark.parametrize(("field", "value"), [("name", " "), ("name", "x" * 201), ("country", "Norway"), ("language", "<b>")])
def test_wrong_values_stay_in_the_form(owner: Client, northlake: Company, field: str, value: str) -> None:
    answer = owner.post("/account/settings", {**FORM, field: value, "key": "k1"})
    assert answer.status_code == 422 and "u-err" in answer.content.decode()
    assert Account.objects.get(pk=northlake.account).name == "Northlake"


def test_the_days_of_leaving(owner: Client, northlake: Company) -> None:
    """S4-23: saved with the rest; beside them stands how many people they would touch now."""
    assert "Deactivated now: 0" in owner.get("/account/settings").content.decode()
    owner.post("/account/settings", {**FORM, "trash_days": "0", "delete_after_days": "90", "key": "k1"})
    account = Account.objects.get(pk=northlake.account)
    assert (account.trash_days, account.delete_after_days) == (0, 90)
    answer = owner.post("/account/settings", {**FORM, "trash_days": "many", "key": "k2"})
    assert answer.status_code == 422 and "from 0 to 365" in answer.content.decode()


def test_a_test_mail_arrives(owner: Client, northlake: Company, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the server answered is told; the mail goes to oneself and nobody else."""
    monkeypatch.setenv("USHER_SMTP_URL", f"smtp://localhost:{mailbox.port}")
    text = owner.post("/account/outbox/test").content.decode()
    assert "took the test mail" in text and "localhost: 250" in text
    assert [r.recipients for r in mailbox.received] == [[northlake.owner.email]]
    mailbox.mode = "never"
    text = owner.post("/account/outbox/test").content.decode()
    assert "No test mail was sent" in text and "localhost: 550" in text


def test_a_wrong_certificate_is_told(owner: Client, mailbox: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """INVITE-22: no mail, nothing in clear, the error is visible."""
    mailbox.certificate = certificate_in(tmp_path)
    monkeypatch.setenv("USHER_SMTP_URL", f"smtp://me:a-secret-word@localhost:{mailbox.port}?starttls=required")
    text = owner.post("/account/outbox/test").content.decode()
    assert "No test mail was sent" in text and "certificate" in text.lower() and "a-secret-word" not in text
    assert mailbox.received == [] and not [c for c in mailbox.commands if c.upper().startswith(("MAIL", "RCPT", "AUTH"))]


def test_test_mails_are_few(owner: Client, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """DOS-04: five in ten minutes, then 429 with the time to wait."""
    monkeypatch.setenv("USHER_SMTP_URL", f"smtp://localhost:{mailbox.port}")
    answers = [owner.post("/account/outbox/test") for _ in range(6)]
    assert [a.status_code for a in answers] == [200] * 5 + [429]
    assert "Retry-After" in answers[5] and len(mailbox.received) == 5


def test_without_a_mail_server(owner: Client) -> None:
    text = owner.get("/account/outbox").content.decode()
    assert "No mail server is set" in text and "disabled" in text
    assert "USHER_SMTP_URL" in owner.post("/account/outbox/test").content.decode()
