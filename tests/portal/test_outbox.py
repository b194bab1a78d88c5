"""The Outbox: where mails are read while no mail server is set, and where one sees what became of them."""

import re
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from tests.people_of import PASSWORD, Company, invite, standing
from tests.signed_in import signed_in
from usher.access import links
from usher.core import sql
from usher.core.ids import short, uuid7
from usher.mail import send


@pytest.fixture
def ann(db: None, northlake: Company) -> UUID:
    """Somebody invited whose mail is readable."""
    (user,) = invite(northlake.owner, f"ann@{northlake.domain}")
    while send.deliver_waiting():
        pass
    return user


def path_of(user: Any) -> str:
    return f"/account/outbox/{short(sql.value('SELECT id FROM mail_message WHERE to_user = %(u)s ORDER BY id DESC LIMIT 1', {'u': user}))}"


def test_it_works(ann: UUID, northlake: Company) -> None:
    """S0-32, S1-19, S1-22: an administrator finds the mail in the Outbox, and the person it invites comes in by its link."""
    client = signed_in(northlake.admin.user_id)
    assert f"ann@{northlake.domain}" in client.get("/account/outbox").content.decode()
    page = client.get(path_of(ann)).content.decode()
    link = re.search(r'href="(http[^"]+/join/[^"]+)"', page)
    assert link, page
    answer = Client().post("/join/" + link[1].split("/join/")[1], {"password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 302
    assert standing(ann)["status"] == "active"
    assert "/join/" not in client.get(path_of(ann)).content.decode()


def test_without_the_privilege(ann: UUID, northlake: Company) -> None:
    """INVITE-12: a member sees neither the list nor a mail."""
    client = signed_in(northlake.member.user_id)
    assert client.get("/account/outbox").status_code == 403
    answer = client.get(path_of(ann))
    assert answer.status_code == 403
    assert "/join/" not in answer.content.decode()


def test_of_another_account(ann: UUID, southport: Company) -> None:
    """INVITE-12: another account's mail is 404, like one that never was."""
    client = signed_in(southport.owner.user_id)
    assert client.get(path_of(ann)).status_code == 404
    assert client.get(f"/account/outbox/{short(uuid7())}").status_code == 404
    assert "ann@" not in client.get("/account/outbox").content.decode()


def test_wrong_method(ann: UUID, northlake: Company) -> None:
    client = signed_in(northlake.owner.user_id)
    assert client.post("/account/outbox").status_code == 405
    assert client.post(path_of(ann)).status_code == 405


def test_reading_writes_nothing(ann: UUID, northlake: Company) -> None:
    """SESSION-08: looking at a mail changes no row of it or of its invitation."""

    def rows() -> list[dict[str, Any]]:
        return sql.rows(
            "SELECT m.*, m.xmin::text AS xm, i.xmin::text AS xi FROM mail_message m JOIN people_invitation i ON i.user_id = m.to_user ORDER BY m.id"
        )

    before = rows()
    signed_in(northlake.owner.user_id).get(path_of(ann))
    assert rows() == before


def test_links_of_others_are_hidden(db: None, northlake: Company) -> None:
    """INVITE-12, INVITE-15: reset links of other people stand on nobody's screen."""
    links.send_reset(northlake.member.email)
    while send.deliver_waiting():
        pass
    page = signed_in(northlake.owner.user_id).get(path_of(northlake.member.user_id)).content.decode()
    assert "/reset/" not in page
    assert "for the person alone" in page


def test_what_people_typed_is_text(ann: UUID, northlake: Company) -> None:
    """INVITE-19, WEB-05: names with markup and template text are shown as they are."""
    evil = '<img src=x onerror=alert(1)>{{config}}{% now "Y" %}'
    sql.execute("UPDATE people_user SET first_name = %(n)s WHERE id = %(u)s", {"n": evil, "u": ann})
    page = signed_in(northlake.owner.user_id).get(path_of(ann)).content.decode()
    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;{{config}}{% now &quot;Y&quot; %}" in page


def test_what_went_wrong_is_seen(ann: UUID, northlake: Company) -> None:
    """F16, INVITE-22: a mail that could not be delivered says why."""
    sql.execute(
        "UPDATE mail_message SET state = 'undeliverable', error = 'mail.example refused it: 550 nobody' WHERE to_user = %(u)s", {"u": ann}
    )
    client = signed_in(northlake.owner.user_id)
    assert "Not delivered" in client.get("/account/outbox").content.decode()
    assert "550 nobody" in client.get(path_of(ann)).content.decode()


def test_it_is_a_list(ann: UUID, northlake: Company) -> None:
    """Searched by a part of the address, filtered by state and kind, the newest first, exported without any link; LIKE's signs mean themselves."""
    client = signed_in(northlake.owner.user_id)

    def shown(**query: str) -> list[str]:
        return re.findall(r'href="/account/outbox/[\w-]{22}"><bdi>([^<]*)</bdi>', client.get("/account/outbox", query).content.decode())

    assert shown()[0] == f"ann@{northlake.domain}" and len(shown()) > 3
    assert shown(q="ANN@") == shown(q="ann@", mail="invitation") == [f"ann@{northlake.domain}"]
    assert shown(q="ann@", mail="password_reset") == shown(q="%") == shown(state="unicorn") == []
    assert shown(sort="written") == shown()[::-1]
    body = b"".join(client.get("/account/outbox/export", {"q": "ann@"}).streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert body.splitlines()[0] == "To,Mail,State,Written" and body.splitlines()[1].startswith(f"ann@{northlake.domain},Invitation,")
    assert len(body.splitlines()) == 2 and "/join/" not in body
