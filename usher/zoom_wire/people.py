"""A person as the contract writes one: types, role ids, times, and the fields that live answers send empty."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from usher.core.ids import short, unshort

# The Workplace license and its number. Who is deactivated has none, and is told as Basic.
TYPES = {"meetings:basic": 1, "meetings:licensed": 2, "meetings:on_prem": 3, "meetings:unassigned": 4}
LICENSES = {number: license for license, number in TYPES.items()}
ROLES = {"owner": "0", "admin": "1", "member": "2"}
ROLE_KEYS = {id: key for key, id in ROLES.items()}
WORK_EMAIL, API_USER, SSO = 100, 99, 101  # a login by address and password; nobody signs in; by single sign-on, once there is one


def time(moment: datetime | None) -> str:
    """yyyy-MM-ddTHH:mm:ssZ."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""


def role_id(key: str) -> str:
    """The three of the system have the contract's numbers, a custom role its id in short."""
    return ROLES.get(key) or short(UUID(key))


def role_key(id: str) -> str:
    """What a role id means here; itself when it is none."""
    try:
        return ROLE_KEYS.get(id) or str(unshort(id))
    except ValueError:
        return id


def listed(row: Mapping[str, Any]) -> dict[str, Any]:
    """A person in a list. Somebody pending carries no id."""
    kept = row["kept"] or {}
    told = {
        "id": short(row["id"]),
        "first_name": row["first_name"],
        "last_name": row["last_name"],
        "display_name": row["display_name"] or f"{row['first_name']} {row['last_name']}".strip(),
        "email": row["email"],
        "type": TYPES.get(row["license"] or "", 1),
        "pmi": kept.get("pmi") or row["personal_meeting_id"] or 0,
        "timezone": row["time_zone"],
        "verified": 0 if row["status"] == "pending" else 1,
        "dept": row["department"],
        "created_at": time(row["created_at"]),
        "user_created_at": time(row["created_at"]),
        "group_ids": [short(UUID(g)) for g in row["group_ids"] or []],
        "im_group_ids": [short(row["im_group_id"])] if row["im_group_id"] else [],
        "language": kept.get("language") or row["language"] or "en-US",
        "status": row["status"],
        "role_id": role_id(row["role"]),
        "login_types": [login_type(row)],
    }
    if row["last_sign_in"]:
        told["last_login_time"] = time(row["last_sign_in"])
    if row["employee_id"]:
        told["employee_unique_id"] = row["employee_id"]
    if row["status"] == "pending":
        del told["id"]
    return told


def login_type(row: Mapping[str, Any]) -> int:
    """How somebody signs in. Who is pending will have a login."""
    return WORK_EMAIL if row["login_id"] or row["status"] == "pending" else SSO if row["came_in"] == "sso" else API_USER


def _short(id: str) -> str:
    """core.ids.short as SQL."""
    return f"translate(rtrim(encode(uuid_send({id}), 'base64'), '='), '+/', '-_')"


def _case(column: str, known: Mapping[str, Any], rest: str) -> str:
    told = " ".join(f"WHEN '{ours}' THEN {theirs!r}" for ours, theirs in known.items())
    return f"CASE {column} {told} ELSE {rest} END"


def _time(column: str) -> str:
    return f"""to_char({column}, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""


def _kept(name: str) -> str:
    return f"(SELECT k.values->>'{name}' FROM people_usersettings k WHERE k.user_id = u.id AND k.part = 'profile')"


# `listed` as SQL over people_user u and people_standing s, for the one list that is read all day; a test compares the two.
LISTED = f"""json_strip_nulls(json_build_object(
  'id', CASE WHEN s.status <> 'pending' THEN {_short("u.id")} END,
  'first_name', u.first_name, 'last_name', u.last_name, 'display_name', coalesce(nullif(u.display_name, ''), btrim(u.first_name || ' ' || u.last_name)),
  'email', u.email, 'type', {_case("s.license", TYPES, "1")}, 'pmi', coalesce({_kept("pmi")}::bigint, u.personal_meeting_id, 0), 'timezone', u.time_zone,
  'verified', CASE s.status WHEN 'pending' THEN 0 ELSE 1 END, 'dept', u.department, 'created_at', {_time("u.created_at")}, 'user_created_at', {_time("u.created_at")},
  'group_ids', (SELECT coalesce(json_agg({_short("m.group_id")} ORDER BY m."primary" DESC, m.id), '[]') FROM people_membership m WHERE m.user_id = u.id{{among}}),
  'im_group_ids', CASE WHEN u.im_group_id IS NULL THEN '[]'::json ELSE json_build_array({_short("u.im_group_id")}) END,
  'language', coalesce(nullif({_kept("language")}, ''), nullif(u.language, ''), 'en-US'), 'status', s.status, 'role_id', {_case("s.role", ROLES, _short("s.role::uuid"))},
  'login_types', json_build_array(
    CASE WHEN u.login_id IS NOT NULL OR s.status = 'pending' THEN {WORK_EMAIL} WHEN u.came_in = 'sso' THEN {SSO} ELSE {API_USER} END),
  'last_login_time', {_time("s.last_sign_in")}, 'employee_unique_id', nullif(u.employee_id, '')))"""


def one(row: Mapping[str, Any], account: UUID, role_name: str, kept: Mapping[str, Any]) -> dict[str, Any]:
    """A person by themselves, with what is kept of them. Clients expect these keys even where there is nothing to say."""
    id = short(row["id"])
    told = {
        **listed(row),
        "id": id,
        "role_name": role_name,
        "account_id": short(account),
        "jid": f"{id.lower()}@xmpp.zoom.us",
        "job_title": row["job_title"],
        "location": row["location"],
        "cost_center": row["cost_center"],
        "company": "",
        "phone_country": "",
        "phone_number": "",
        "use_pmi": False,
        "personal_meeting_url": "",
        "pic_url": "",
        "cms_user_id": "",
        "cluster": "us01",
        **kept,
        "phone_numbers": [{**number, "verified": False} for number in kept.get("phone_numbers", [])],  # nobody calls to verify them
    }
    return {**told, "manager": row["manager_email"]} if row["manager_email"] else told
