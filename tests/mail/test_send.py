"""Delivering the outbox: without a mail server, with one, with one that misbehaves, and never in clear."""

import logging
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine  # noqa: F401 - a missing plugin should fail here and not later
from django.db import connection

from tests.mail.mailbox import Mailbox, certificate_in
from tests.people_of import Company, crowd, do, invite, one
from tests.threads import wide_pool
from usher.cli import doctor
from usher.core import clock, sql
from usher.core.mode import Unsafe
from usher.lifecycle import accept
from usher.mail import letter, read, send
from usher.mail.smtp import Server, server_of


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """A mail server on this machine, and Usher told to use it."""
    box = Mailbox().start()
    monkeypatch.setenv("USHER_SMTP_URL", f"smtp://localhost:{box.port}")
    yield box
    box.stop()


@pytest.fixture
def quiet(db: None, northlake: Company) -> Company:
    """Northlake with nothing waiting."""
    sql.execute("UPDATE mail_message SET state = 'cancelled' WHERE state = 'waiting'")
    return northlake


def messages(user: Any) -> list[dict[str, Any]]:
    return sql.rows("SELECT * FROM mail_message WHERE to_user = %(u)s ORDER BY id", {"u": user})


def link_in(text: str) -> str:
    found = re.search(r"https?://\S+/join/\S+", text)
    assert found, text
    return found[0]


def secret_of(url: str) -> str:
    return url.rsplit("/", 1)[1]


def test_without_a_server_the_mail_is_readable_and_its_link_opens(quiet: Company) -> None:
    """S0-32, S1-19: a brand-new person is sent an activation mail; with no SMTP it stands in the Outbox and its link works from then on."""
    (user,) = invite(quiet.owner, f"ann@{quiet.domain}")
    assert sql.value("SELECT token_hash FROM people_invitation WHERE user_id = %(u)s", {"u": user}) is None
    assert send.deliver_waiting() == 1
    (row,) = messages(user)
    assert row["state"] == "shown"
    shown = read.message(quiet.owner, row["id"])
    assert "Northlake" in shown.subject
    assert "Olga Owner invites you" in shown.text
    assert accept.look_up(user, secret_of(link_in(shown.text)))["email"] == f"ann@{quiet.domain}"
    assert send.deliver_waiting() == 0


def test_the_row_keeps_no_secret(quiet: Company) -> None:
    """INVITE-17, SECRET-01: what stands in the database opens nothing; only the SHA-256 of the secret is there."""
    (user,) = invite(quiet.owner, f"ann@{quiet.domain}")
    send.deliver_waiting()
    (row,) = messages(user)
    secret = secret_of(link_in(read.message(quiet.owner, row["id"]).text))
    assert len(secret) == 43  # 256 bits
    dump = repr(sql.rows("SELECT * FROM mail_message")) + repr(sql.rows("SELECT * FROM people_invitation"))
    dump += repr(sql.rows("SELECT * FROM journal_effect")) + repr(sql.rows("SELECT * FROM procrastinate_jobs"))
    assert secret not in dump


def test_sent_once_to_one_recipient(quiet: Company, mailbox: Mailbox) -> None:
    """S0-32: text and HTML, the language, a steady Message-ID; and sent is sent."""
    (user,) = invite(quiet.owner, f"ann@{quiet.domain}")
    assert send.deliver_waiting() == 1
    assert send.deliver_waiting() == 0
    (got,) = mailbox.received
    assert got.recipients == [f"ann@{quiet.domain}"]
    mail = got.mail
    assert mail["Content-Language"] == "en"
    assert str(messages(user)[0]["id"]) in mail["Message-ID"]
    text, html = (part.get_content() for part in mail.iter_parts())
    assert link_in(text) in html
    assert accept.look_up(user, secret_of(link_in(text)))
    assert messages(user)[0]["state"] == "sent"


def test_names_cannot_add_recipients_or_markup(quiet: Company, mailbox: Mailbox) -> None:
    """INVITE-19, WEB-05: line breaks, HTML and template text in names are text; the raw mail has one recipient."""
    evil = "A\r\nBcc: x@evil.test <b>{{config}} {0.__class__} %s %(email)s ${7*7}</b>"
    sql.execute("UPDATE people_user SET display_name = %(n)s WHERE id = %(u)s", {"n": evil, "u": quiet.owner.user_id})
    sql.execute("UPDATE accounts_account SET name = %(n)s WHERE id = %(a)s", {"n": evil, "a": quiet.account})
    invite(quiet.owner, f"ann@{quiet.domain}")
    send.deliver_waiting()
    (got,) = mailbox.received
    assert got.recipients == [f"ann@{quiet.domain}"]
    mail = got.mail
    assert mail.get_all("Bcc") is None
    assert len(mail["To"].addresses) == 1
    text, html = (part.get_content() for part in mail.iter_parts())
    literal = "A Bcc: x@evil.test <b>{{config}} {0.__class__} %s %(email)s ${7*7}</b>"
    assert literal in mail["Subject"]
    assert literal in text
    assert "<b>{{config}}" not in html
    assert "&lt;b&gt;{{config}}" in html


def test_links_use_the_configured_address(quiet: Company, settings: Any) -> None:
    """INVITE-13: whatever a request said its host was, links use USHER_BASE_URL."""
    settings.BASE_URL = "https://usher.example"
    (user,) = invite(quiet.owner, f"ann@{quiet.domain}")
    send.deliver_waiting()
    assert link_in(read.message(quiet.owner, messages(user)[0]["id"]).text).startswith("https://usher.example/join/")


def test_refused_for_good_is_undeliverable_with_the_reason(quiet: Company, mailbox: Mailbox) -> None:
    """F16: 5xx marks the mail undeliverable and says why; it is not tried again."""
    mailbox.mode = "never"
    (user,) = invite(quiet.owner, f"ann@{quiet.domain}")
    send.deliver_waiting()
    (row,) = messages(user)
    assert (row["state"], row["tries"]) == ("undeliverable", 1)
    assert "550 nobody of that name" in row["error"]
    assert send.deliver_waiting() == 0


@pytest.mark.parametrize("mode", ["wait", "drop"])
def test_trouble_is_tried_again_with_growing_gaps(quiet: Company, mailbox: Mailbox, mode: str, caplog: pytest.LogCaptureFixture) -> None:
    """F16: 4xx and a broken connection keep the mail waiting, visibly, with gaps that double up to a day; at last it arrives, once."""
    mailbox.mode = mode
    (user,) = invite(quiet.owner, f"ann@{quiet.domain}")
    now, gaps = clock.now(), []
    for _ in range(13):
        with clock.travel(now):
            send.deliver_waiting()
        (row,) = messages(user)
        assert row["state"] == "waiting" and row["error"]
        gaps.append((row["next_try"] - now).total_seconds())
        now = row["next_try"]
    assert gaps[:4] == [60, 120, 240, 480]
    assert gaps[-1] == 24 * 3600
    mailbox.mode = "good"
    with clock.travel(now):
        send.deliver_waiting()
    assert [r["state"] for r in messages(user)] == ["sent"]
    assert len(mailbox.received) == 1


def test_nobody_home(quiet: Company, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """F16: with the server down the batch stops at once, the error is visible, and no secret reaches the log."""
    monkeypatch.setenv("USHER_SMTP_URL", "smtp://me:hunter2hunter2@127.0.0.1:1")
    (user,) = invite(quiet.owner, f"ann@{quiet.domain}")
    with caplog.at_level(logging.DEBUG):
        assert send.deliver_waiting() == 0
    assert "takes no mail" in messages(user)[0]["error"]
    assert "hunter2" not in caplog.text + messages(user)[0]["error"]
    assert "/join/" not in caplog.text


@pytest.mark.parametrize(("kind", "params"), [("of_a_newer_version", "{}"), ("deletion_ahead", '{"n": "many"}'), ("deletion_ahead", "{}")])
def test_a_letter_that_cannot_be_written_waits_alone(
    quiet: Company, mailbox: Mailbox, caplog: pytest.LogCaptureFixture, kind: str, params: str
) -> None:
    """F29: a kind a newer version knows, and what no version can read, keep none of the others waiting; tried again, and given up at last."""
    sql.execute(
        """INSERT INTO mail_message (id, account_id, kind, to_user, address, params, created_at, next_try)
           SELECT usher_uuid7(), u.account_id, %(k)s, u.id, u.email, %(p)s::jsonb, now(), now() - interval '1 hour' FROM people_user u WHERE u.id = %(u)s""",
        {"k": kind, "p": params, "u": quiet.admin.user_id},
    )
    sql.execute("UPDATE accounts_account SET delete_after_days = 30 WHERE id = %(a)s", {"a": quiet.account})
    (user,) = invite(quiet.owner, f"ann@{quiet.domain}")
    send.deliver_waiting()
    assert [row["state"] for row in messages(user)] == ["sent"] and len(mailbox.received) == 1
    odd = messages(quiet.admin.user_id)[-1]
    assert (odd["state"], odd["tries"], odd["error"]) == ("waiting", 1, "It could not be written; the log of the server says why.")
    now = odd["next_try"]
    for _ in range(send.MOST_TRIES):
        with clock.travel(now):
            send.deliver_waiting()
        now = messages(quiet.admin.user_id)[-1]["next_try"]
    assert messages(quiet.admin.user_id)[-1]["state"] == "undeliverable" and len(mailbox.received) == 1


def test_a_wrong_certificate_sends_nothing(quiet: Company, mailbox: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """INVITE-22: the server's certificate is not one we trust: no mail, no MAIL FROM in clear, the error is visible."""
    mailbox.certificate = certificate_in(tmp_path)
    monkeypatch.setenv("USHER_SMTP_URL", f"smtp://localhost:{mailbox.port}?starttls=required")
    (user,) = invite(quiet.owner, f"ann@{quiet.domain}")
    assert send.deliver_waiting() == 0
    assert mailbox.received == []
    assert not [c for c in mailbox.commands if c.upper().startswith(("MAIL", "RCPT", "AUTH"))]
    assert "certificate" in messages(user)[0]["error"].lower()


def test_no_tls_where_it_is_required_sends_nothing(quiet: Company, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """INVITE-22: a server that does not offer STARTTLS gets no mail either."""
    monkeypatch.setenv("USHER_SMTP_URL", f"smtp://localhost:{mailbox.port}?starttls=required")
    (user,) = invite(quiet.owner, f"ann@{quiet.domain}")
    assert send.deliver_waiting() == 0
    assert mailbox.received == []
    assert "STARTTLS" in messages(user)[0]["error"]


def test_a_trusted_certificate_sends(quiet: Company, mailbox: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """INVITE-22, the other way round: with the certificate trusted the same mail goes out, encrypted."""
    mailbox.certificate = certificate_in(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(mailbox.certificate))
    monkeypatch.setenv("USHER_SMTP_URL", f"smtp://localhost:{mailbox.port}?starttls=required")
    invite(quiet.owner, f"ann@{quiet.domain}")
    assert send.deliver_waiting() == 1
    assert [r.encrypted for r in mailbox.received] == [True]


def test_clear_text_is_only_for_this_machine() -> None:
    """INVITE-22: sending in clear to another host cannot even be configured."""
    with pytest.raises(Unsafe, match="in clear"):
        server_of({"USHER_SMTP_URL": "smtp://mail.example.com:25?starttls=none"})
    away = server_of({"USHER_SMTP_URL": "smtp://u%40x:p%2Fq@mail.example.com"})
    assert isinstance(away, Server)
    assert (away.tls, away.port, away.user, away.password) == ("starttls", 587, "u@x", "p/q")
    assert "p/q" not in repr(away)
    here = server_of({"USHER_SMTP_URL": "smtp://localhost:25"})
    assert here is not None and here.tls == "none"
    assert server_of({}) is None


def test_the_doctor_names_the_server_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    """SECRET-01: `usher doctor` says where mails go, and never with which password; what would be sent in clear is not ok."""
    monkeypatch.setenv("USHER_SMTP_URL", "smtp://me:hunter2hunter2@mail.example.com")
    found = doctor._mail()
    assert found.ok and "mail.example.com:587" in str(found) and "hunter2" not in str(found)
    monkeypatch.setenv("USHER_SMTP_URL", "smtp://mail.example.com?starttls=none")
    assert not doctor._mail().ok


def test_an_unsafe_address_of_the_server_is_told_on_the_mail(quiet: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """INVITE-22: the error is visible where the mail waits."""
    monkeypatch.setenv("USHER_SMTP_URL", "smtp://mail.example.com?starttls=none")
    (user,) = invite(quiet.owner, f"ann@{quiet.domain}")
    assert send.deliver_waiting() == 0
    assert "in clear" in messages(user)[0]["error"]


def test_withdrawn_and_replaced_invitations_are_not_sent(quiet: Company, mailbox: Mailbox) -> None:
    """S0-50: what makes no sense any more does not go out."""
    gone, again = invite(quiet.owner, f"gone@{quiet.domain}", f"again@{quiet.domain}")
    do(quiet.owner, "lifecycle.withdraw_invitation", {"subjects": one(gone)})
    with clock.travel(clock.now() + timedelta(minutes=2)):
        do(quiet.owner, "lifecycle.resend_invitation", {"subjects": one(again)})
        while send.deliver_waiting():
            pass
    assert [r.recipients for r in mailbox.received] == [[f"again@{quiet.domain}"]]
    assert [m["state"] for m in messages(gone)] == ["cancelled"]
    assert [m["state"] for m in messages(again)] == ["cancelled", "sent"]


def test_a_hundred_cost_a_handful_of_statements(quiet: Company, django_assert_max_num_queries: Any) -> None:
    """Links and contexts come by the batch: the number of statements does not grow with the number of mails."""
    crowd(quiet.owner, 100)
    with django_assert_max_num_queries(12):
        assert send.deliver_waiting() == 100
    assert send.deliver_waiting() == 0


def test_several_workers_never_send_twice(northlake: Company, mailbox: Mailbox) -> None:
    """F16: eight deliverers at once, each mail once."""
    people = crowd(northlake.owner, 60, prefix="w")

    def deliver(_: int) -> None:
        try:
            while send.deliver_waiting(7):
                pass
        finally:
            connection.close()

    with wide_pool(), ThreadPoolExecutor(8) as pool:
        list(pool.map(deliver, range(8)))
    got = sorted(to for r in mailbox.received for to in r.recipients if to.startswith("w0"))
    assert len(got) == len(set(got)) == len(people)
    assert threading.active_count() < 60


def test_a_look_at_the_raw_mail_of_an_unusual_address() -> None:
    """MAIL-04: the domain goes out in its ASCII form, the local part as it is stored."""
    assert letter.wire_address("Ann.O@bücher.example") == "Ann.O@xn--bcher-kva.example"
