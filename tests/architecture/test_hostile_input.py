"""P10: no input breaks a page. Every form of every page is sent with each of its fields in turn holding what no column and no number can hold."""

from html.parser import HTMLParser

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from tests.architecture.test_pages import all_routes, fill, ids_of
from tests.people_of import Company, do, one
from tests.signed_in import signed_in
from usher.core.ids import short

pytestmark = [pytest.mark.fault, pytest.mark.django_db]  # some thousand requests, half a minute
VALUES = ("\x00", "²")  # no text of the database; a digit that is no number
Form = tuple[str, str, dict[str, str | None]]  # method, address, and the fields with what they hold; None: not ticked


class Forms(HTMLParser):
    """The forms of a page; what is outside of them is passed over."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.found, self.fields, self.select = path, list[Form](), dict[str, str | None](), ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        name = told.get("name") or ""
        if tag == "form":
            self.fields = {}
            self.found.append((told.get("method") or "get", told.get("action") or self.path, self.fields))
        elif tag == "select":
            self.select = name
        elif tag == "option" and "selected" in told and self.select:
            self.fields[self.select] = told.get("value") or ""
        if name and tag in ("input", "button", "textarea", "select") and told.get("type") != "file":
            ticked = told.get("type") not in ("checkbox", "radio") or "checked" in told
            self.fields[name] = (told.get("value") or "") if ticked else self.fields.get(name)


def forms_of(client: Client, path: str) -> list[Form]:
    answer = client.get(path)
    if answer.streaming or answer.status_code != 200:
        return []
    parser = Forms(path)
    parser.feed(answer.content.decode())
    return [form for form in parser.found if form[1] != "/sign-out"]


def sent(client: Client, form: Form, name: str, value: str) -> HttpResponse:
    """The form with one field changed; nothing of it stays."""
    method, address, fields = form
    given = {key: held for key, held in fields.items() if held is not None} | {name: value}
    with transaction.atomic():
        answer = client.post(address, given) if method == "post" else client.get(address.split("?")[0], given)
        transaction.set_rollback(True)
    return answer  # type: ignore[return-value]


def test_no_field_of_a_form_breaks_a_page(northlake: Company) -> None:
    """P10, DOS-08: refused in words, or read as something plain; never a page of trouble (500). F12 and F06 are another thing."""
    assert northlake.owner.user_id and northlake.member.user_id
    do(northlake.owner, "phone.add", {"subjects": one(northlake.owner.user_id)})
    client, ours = signed_in(northlake.owner.user_id), ids_of(northlake)
    once: dict[tuple[str, str, str], Form] = {}
    for pattern, policy in all_routes():
        if "GET" in policy.methods:
            for path in (fill(pattern, ours), f"{fill(pattern, ours)}?ids={short(northlake.member.user_id)}"):
                once |= {(form[0], form[1].split("?")[0], name): form for form in forms_of(client, path) for name in form[2]}
    assert len(once) > 400
    broken = [
        (*key[:2], key[2], value) for key, form in once.items() for value in VALUES if sent(client, form, key[2], value).status_code >= 500
    ]
    assert broken == []
