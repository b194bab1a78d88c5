"""Two companies, each with a recording that has a file and a group of each kind: an object for every kind of id that an address can name."""

import io
from typing import TYPE_CHECKING

import pytest

from tests.companies import committed

if TYPE_CHECKING:
    from tests.people_of import Company

__all__ = ["committed", "northlake", "southport"]


def with_a_recording(name: str) -> "Company":
    from tests.content.items import license_all
    from tests.people_of import do, open_company
    from usher.content.uploading import upload

    company = open_company(name)
    for verb in ("people.create_group", "people.create_im_group"):
        do(company.owner, verb, {"name": "Crew"})
    do(company.owner, "access.create_role", {"name": "Crew desk", "privileges": ["people:user:manage"]})
    license_all(company)
    upload(company.operator, io.BytesIO(b"film"), "film.mp4", 4, {"owner": str(company.member.user_id), "title": "Film"}, f"film-{name}")
    add_places(company)
    do(company.owner, "phone.add", {"subjects": {"ids": [str(company.member.user_id)]}})
    stage_files(company)
    add_app(company)
    return company


def add_app(company: "Company") -> None:
    """One for people, to which a member agreed, with a webhook that has something to send; nobody is there to send it."""
    from tests.people_of import do, one
    from usher.access import api_apps, consents
    from usher.connections.webhooks import expanding, subscriptions
    from usher.core import sql
    from usher.core.ids import short

    here = "https://portal.example.com/callback"
    app, _secret = api_apps.make(company.owner, "HR sync", "all", f"app-{company.domain}", redirects=[here])
    asking = consents.app_asking(company.member, short(app), here)
    consents.give(company.member, asking, consents.wish_of(asking, {"response_type": "code"}))
    fields = {"name": "Payroll", "url": "https://receiver.example/hook", "events": ["user.updated"]}
    subscriptions.make(company.owner, app, fields, {"type": 0}, f"webhook-{company.domain}")
    sql.execute("UPDATE webhooks_subscription SET state = 'on', checked_at = now()")
    do(company.owner, "people.set_department", {"department": "Sales", "subjects": one(company.member.user_id or "")})
    expanding.tell(company.account)


def stage_files(company: "Company") -> None:
    """A file of changes, one of new addresses, one of phones and one of calls, read and not yet done."""
    from tests.phone.call_files import as_json, call
    from usher.lifecycle.staging import stage_new_addresses, stage_phones, stage_updates
    from usher.phone.call_files import stage_calls

    told = f"email,department,manager\n{company.member.email},Sales,{company.admin.email}\nnobody@x.test,,\n"
    stage_updates(company.owner, io.BytesIO(told.encode()), "update.csv", most=10, choices={})
    stage_new_addresses(company.owner, io.BytesIO(f"{company.member.email},new@x.test\n".encode()), "pairs.csv", most=10, choices={})
    stage_phones(company.owner, io.BytesIO(f"{company.admin.email}\n".encode()), "phones.csv", most=10, choices={})
    stage_calls(company.owner, io.BytesIO(as_json(call("a", "1000"))), "calls.jsonl")


def add_places(company: "Company") -> None:
    """Two sites, a room with a phone, and a template of phones."""
    from tests.people_of import do

    do(company.operator, "accounts.create_site", {"name": "Oslo"})
    do(company.operator, "accounts.create_site", {"name": "Bergen"})
    do(company.operator, "accounts.create_room", {"name": "Fjord", "kind": "ZoomRoom"})
    do(company.operator, "phone.create_template", {"name": "Desk", "policy": {"voicemail": "off"}})
    do(company.operator, "phone.add_rooms", {"subjects": {"query": {"phone": ["none"]}, "except": []}})


@pytest.fixture(scope="module")
def northlake(committed: None) -> "Company":
    return with_a_recording("Northlake")


@pytest.fixture(scope="module")
def southport(committed: None) -> "Company":
    return with_a_recording("Southport")
