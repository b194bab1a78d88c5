"""The other kind of mail: told to the person, hidden from everybody who invites (R11)."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.lifecycle.movers import on_their_own
from tests.mail.mailbox import Mailbox
from tests.people_of import Company, invite
from usher.core import sql
from usher.journal import reads
from usher.journal.plan import preview
from usher.lifecycle import join, staging
from usher.mail import read, send

pytestmark = pytest.mark.django_db
NEW, KNOWN = "new@own.test", "ida@own.test"


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    box = Mailbox().start()
    monkeypatch.setenv("USHER_SMTP_URL", f"smtp://localhost:{box.port}")
    yield box
    box.stop()


def message_to(user: UUID) -> UUID:
    found: UUID = sql.value("SELECT id FROM mail_message WHERE to_user = %(u)s ORDER BY id DESC LIMIT 1", {"u": user})
    return found


def deliver() -> None:
    while send.deliver_waiting():
        pass


def without_names(text: str) -> str:
    """What is left of a text when the address and the link are taken out."""
    return re.sub(r"/join/[\w-]+/[\w-]+|(new|ida)@own\.test", "…", text)


def test_the_person_gets_another_mail(northlake: Company, mailbox: Mailbox) -> None:
    """S0-33, S1-20: who signs in here already is told what accepting means, and led to a page that lists it; nobody else is."""
    on_their_own(KNOWN)
    deliver()
    mailbox.received.clear()
    invite(northlake.owner, NEW, KNOWN)
    deliver()
    texts = {r.recipients[0]: r.mail.get_body(("plain",)).get_content() for r in mailbox.received}  # type: ignore[union-attr]
    pages = {r.recipients[0]: r.mail.get_body(("html",)).get_content() for r in mailbox.received}  # type: ignore[union-attr]
    assert "You already sign in here" in texts[KNOWN] and "moves into Northlake" in texts[KNOWN]
    assert re.search(r"/join/[\w-]{22}/[\w-]{43}/transfer\s", texts[KNOWN]) and "/transfer" in pages[KNOWN]
    assert "Choose a password" not in texts[KNOWN] + pages[KNOWN]
    assert "already" not in texts[NEW] + pages[NEW] and "/transfer" not in texts[NEW] + pages[NEW]
    assert {r.mail["Subject"] for r in mailbox.received} == {"You are invited to Northlake"}


def test_the_outbox_does_not_tell_them_apart(northlake: Company) -> None:
    """R11, TENANT-10: without a mail server too, the same kind, subject, state and text for both; the operator reads the letter itself."""
    on_their_own(KNOWN)
    users = invite(northlake.owner, NEW, KNOWN)
    deliver()
    for actor in (northlake.admin, northlake.owner):
        new, known = (read.message(actor, message_to(u)) for u in users)
        assert (new.kind, new.subject, new.state, bool(new.url), new.hidden) == (
            known.kind,
            known.subject,
            known.state,
            bool(known.url),
            known.hidden,
        )
        assert without_names(new.text) == without_names(known.text)
        assert without_names(new.html) == without_names(known.html)
    assert "/transfer" in read.message(northlake.operator, message_to(users[1])).text


def test_inviting_does_not_tell_them_apart(northlake: Company) -> None:
    """R11, TENANT-10: the same plan, number of statements, effects and lists for an address with an account and one without."""
    on_their_own(KNOWN)

    def told(address: str) -> tuple[Any, ...]:
        with CaptureQueriesContext(connection) as asked:
            stage = staging.stage_addresses(northlake.owner, [address], {})
            seen = preview(join.plan_invite(northlake.owner, stage, {}))
        tallies = [(t.phase, t.skip, t.takes, t.gives, t.n) for t in seen.tallies]
        with CaptureQueriesContext(connection) as done:
            (user,) = invite(northlake.owner, address)
        effects = reads.effects(reads.changes(northlake.owner, limit=1)[0])
        shapes = [(e["result"], e["reason"], sorted(e["after"] or {})) for e in effects]
        row = sql.row(
            "SELECT s.status, s.license, u.came_in, u.login_id FROM people_standing s JOIN people_user u ON u.id = s.user_id WHERE u.id = %(u)s",
            {"u": user},
        )
        return len(asked), tallies, seen.missing, len(done), shapes, row

    told("first@own.test")
    assert told(NEW) == told(KNOWN)
