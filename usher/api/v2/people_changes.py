"""Users: made and changed. Each operation is a few verbs of the portal, in one transaction."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from usher.api.operations import Call, Cap, operation
from usher.core.ids import short, uuid7
from usher.core.refusals import Refused
from usher.journal import engine
from usher.lifecycle import join, letting_in
from usher.lifecycle.lines import OnePerson, one_person
from usher.people import stored_settings
from usher.zoom_wire import kept_profile
from usher.zoom_wire import people as wire
from usher.zoom_wire.codes import Fault, WireRefused, invalid
from usher.zoom_wire.fields import Field
from usher.zoom_wire.scopes import writing, writing_oneself

from .people import AREA, is_oneself, user_of

ACTIONS = ("create", "autoCreate", "custCreate", "ssoCreate")
WITHOUT_LOGIN = {"custCreate": letting_in.add_without_login, "ssoCreate": letting_in.add_for_sso}
TYPE = Field("integer", one_of=(1, 2, 3, 4, 99))
# What a body calls a field of the profile -> what it is called here.
PROFILE = {
    "first_name": "first_name",
    "last_name": "last_name",
    "display_name": "display_name",
    "dept": "department",
    "job_title": "job_title",
    "location": "location",
    "cost_center": "cost_center",
    "timezone": "time_zone",
    "employee_unique_id": "employee_id",
    "manager": "manager",
}
ONE_OF_THESE = ("type", "plan_united_type", "zoom_one_type")
# What asks for a bundle, none of which is sold here, and how each says that there is none.
BUNDLES: dict[str, tuple[Any, ...]] = {"plan_united_type": ("none",), "zoom_one_type": (0,), "license_info_list": ([],)}
INVITED = Cap("invited", {"free": 50, "pro": 1_500, "business": 10_000})  # a day
FULL = {"no_seat": (400, 3412)}
FULL_BASIC = {"no_seat": (400, 2033)}


@operation(
    "POST",
    "/users",
    writing("user", "user:write:user:admin"),
    area=AREA,
    success=201,
    body={
        "action": Field("string", required=True, one_of=ACTIONS),
        "user_info": Field(
            "object",
            required=True,
            fields={
                "email": Field("string", required=True, most=128),
                "type": Field("integer", required=True, one_of=TYPE.one_of),
                "first_name": Field("string", most=64, default=""),
                "last_name": Field("string", most=64, default=""),
                "display_name": Field("string", most=128, default=""),
                "password": Field("string", most=32, least=8),
                "feature": Field("object", fields={"zoom_phone": Field("boolean")}, default={}),
            },
        ),
    },
    caps=(INVITED,),
    codes={"not_managed": (400, 2016)},
)
def create_user(call: Call) -> dict[str, Any]:
    """Invite a user, or let them in at once: with a login at a managed domain (autoCreate), without one (custCreate), or until single sign-on (ssoCreate).

    Who is invited is pending until they accept. Everybody holds their seat from then on.
    """
    told = call.body["user_info"]
    refuse_bundles({**call.raw["user_info"], **(call.raw["user_info"].get("feature") or {})})
    license = license_of(told["type"])
    key = call.next_key(join.Invite.name)
    id = uuid5(call.actor.account_id, key) if call.key else uuid7()  # the same wish under the same key is the same person
    one = one_person(id, told["email"], told["first_name"], told["last_name"])
    started = seated(told["type"], lambda: added(call, one, {"license": license}, key))
    if started.change_id is None:
        raise WireRefused(Fault(409, 1005, f"User already in the account: {told['email']}"))
    who = {"subjects": {"ids": [str(one.person)]}}
    if told["display_name"] and not started.repeat:
        call.do("people.edit_profile", {**who, "fields": {"display_name": told["display_name"]}})
    if told["feature"].get("zoom_phone") and not started.repeat:
        change_phone(call, who, True)
    return {
        "id": short(one.person),
        "email": one.email,
        "first_name": told["first_name"],
        "last_name": told["last_name"],
        "type": told["type"],
    }


def added(call: Call, one: OnePerson, choices: dict[str, Any], key: str) -> engine.Started:
    """The person as the action says: invited, or let in at once. Only autoCreate looks at a password."""
    action, password = call.body["action"], call.body["user_info"].get("password")
    if action == "autoCreate":
        return letting_in.add(call.actor, one, choices, (key, call.next_key(letting_in.LetIn.name)), password=password)
    if action in WITHOUT_LOGIN:
        return WITHOUT_LOGIN[action](call.actor, one, choices, (key, call.next_key(letting_in.LetInWithoutLogin.name)))
    return engine.start(join.plan_invite_one(call.actor, one, choices), key)


@operation(
    "PATCH",
    "/users/{userId}",
    writing_oneself("user", "user:update:user:admin"),
    area=AREA,
    success=204,
    body={
        "first_name": Field("string", most=64),
        "last_name": Field("string", most=64),
        "display_name": Field("string", most=128),
        "dept": Field("string", most=128),
        "job_title": Field("string", most=128),
        "location": Field("string", most=256),
        "cost_center": Field("string", most=128),
        "timezone": Field("string", most=64),
        "employee_unique_id": Field("string", most=128),
        "manager": Field("string", most=254),
        "group_id": Field("string", most=64),
        "type": TYPE,
        "plan_united_type": Field("string", most=32),
        "zoom_one_type": Field("integer"),
        "feature": Field("object", fields={"zoom_phone": Field("boolean")}),
    },
    kept=kept_profile.FIELDS,
    codes={"manager_loop": (400, 300), "inactive": (400, 200)},
)
def update_user(call: Call) -> None:
    """Change the profile, the license, the group or the Phone seat of a user; what else the contract knows of them is kept.

    Of oneself everybody changes the time zone, and administrators the rest.
    """
    row = user_of(call, call.path["userId"])
    if is_oneself(call) and set(call.body) <= {"timezone"}:
        if zone := call.body.get("timezone"):
            call.do("people.choose_settings", {"settings": {"time_zone": zone}})
        return
    call.actor.require("people:user:manage")
    refuse_two_types(call)
    one = {"subjects": {"ids": [str(row["id"])]}}
    if row["status"] == "inactive":
        raise WireRefused(Fault(400, 200, "This user is deactivated. Activate them first."))
    if profile := profile_of(call.body, row):
        call.do("people.edit_profile", {**one, "fields": profile})
    if (wanted := call.body.get("type")) is not None:
        license = license_of(wanted)
        seated(wanted, lambda: call.do("licenses.change_license", {**one, "license": license}))
    if group := call.body.get("group_id"):
        call.do("people.move_group" if row["group_ids"] else "people.add_to_group", {**one, "group": uuid_text(group, "group_id")})
    if (phone := call.body.get("feature", {}).get("zoom_phone")) is not None:
        change_phone(call, one, phone)
    if kept := kept_profile.checked(call.body):
        refuse_vanity_name(call, row["id"], kept.get("vanity_name"))
        call.do("people.store_settings", {**one, "part": "profile", "settings": kept})


def refuse_vanity_name(call: Call, id: UUID, name: str | None) -> None:
    """400 with code 4100 for the name of somebody else of the account."""
    if name and stored_settings.is_taken(call.actor, "vanity_name", name, id):
        raise WireRefused(Fault(400, 4100, f"This personal link name is taken: {name}."))


def profile_of(body: Any, row: dict[str, Any]) -> dict[str, str]:
    """The fields of the profile a body names. A display name that was made of the names follows them, when it is not sent itself."""
    fields = {ours: str(body[theirs]) for theirs, ours in PROFILE.items() if theirs in body}
    was = f"{row['first_name']} {row['last_name']}".strip()
    if "display_name" not in fields and {"first_name", "last_name"} & set(fields) and row["display_name"] == was and was:
        fields["display_name"] = f"{fields.get('first_name', row['first_name'])} {fields.get('last_name', row['last_name'])}".strip()
    return fields


def change_phone(call: Call, one: dict[str, Any], phone: bool) -> None:
    """Give or take the Phone seat; without a free one 404 with code 1102."""
    try:
        call.do("licenses.give_add_on" if phone else "licenses.take_add_on", {**one, "add_on": "phone"})
    except Refused as refused:
        if refused.code == "not_held":
            return
        if refused.code != "no_seat":
            raise
        raise WireRefused(Fault(404, 1102, "No Phone license is available.")) from None


def license_of(type: int) -> str:
    """The license of a type. 99 is for single sign-on only."""
    if type not in wire.LICENSES:
        raise invalid({"field": "type", "message": f"The type {type} cannot be given here."})
    return wire.LICENSES[type]


def seated(type: int, start: Any) -> engine.Started:
    """A start for which a seat may be missing: 2033 when it is Basic, 3412 for any other."""
    try:
        started: engine.Started = start()
    except Refused as refused:
        if refused.code != "no_seat":
            raise
        words = "The maximum number of Basic users is reached." if type == 1 else "The maximum number of licensed users is reached."
        raise WireRefused(Fault(400, (FULL_BASIC if type == 1 else FULL)["no_seat"][1], words)) from None
    return started


def refuse_two_types(call: Call) -> None:
    """Refuse with code 300 more than one of them, and what is a bundle."""
    named = [name for name in ONE_OF_THESE if call.raw.get(name) is not None]
    if len(named) > 1:
        raise invalid({"field": named[1], "message": f"Only one of {', '.join(ONE_OF_THESE)} can be given."})
    refuse_bundles(call.raw)


def refuse_bundles(told: Mapping[str, Any]) -> None:
    """Refuse with code 300 whatever asks for a bundle: passed over, somebody would have less than was asked for. That there shall be none is what is so."""
    for name, none in BUNDLES.items():
        if told.get(name) is not None and told[name] not in none:
            raise invalid({"field": name, "message": f"{name} cannot be given here. Use type."})


def uuid_text(told: str, field: str) -> str:
    """An id of the wire as verbs take it."""
    from usher.core.ids import unshort

    try:
        return str(unshort(told))
    except ValueError:
        raise invalid({"field": field, "message": f"{field} is not an id."}) from None
