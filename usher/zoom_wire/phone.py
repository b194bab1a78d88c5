"""Phones, sites, templates and calling plans as the contract writes them (README 6)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from usher.core.ids import short

Row = Mapping[str, Any]
STATUSES = {"activate": "active", "deactivate": "deactivated", "pending": "waiting"}
ACTIVATION = {"active": "activated", "deactivated": "ready to activate", "waiting": "not ready"}
# What of a policy acts here: the recordings, by what ours calls them.
RECORDINGS = {"ad_hoc_call_recording": "ask", "auto_call_recording": "on"}
OURS = {"voicemail": "voicemail", **dict.fromkeys(RECORDINGS, "recording")}  # their section -> our setting
ACTS = tuple(OURS)
# Sections of a phone's policy that tell whether the phone has them otherwise than its site.
MODIFIED = (
    "call_overflow",
    "call_handling_forwarding_to_other_users",
    "personal_audio_library",
    "voicemail_transcription",
    "voicemail_notification_by_email",
    "shared_voicemail_notification_by_email",
    "check_voicemails_over_phone",
    "audio_intercom",
    "zoom_phone_on_desktop",
)
ADDRESS = ("address_line1", "address_line2", "city", "state_code", "zip", "country")


def plan(row: Row) -> dict[str, Any]:
    """A calling plan: its code and its name."""
    return {"name": row["name"], "type": int(row["code"])}


def plan_totals(row: Row) -> dict[str, Any]:
    """A calling plan of the account. What is held for a change under way is not available."""
    return {**plan(row), "subscribed": row["bought"], "assigned": row["used"] + row["pending"], "available": row["free"]}


def site_of(row: Row) -> dict[str, Any]:
    """Where something is, in its field; nothing without a site."""
    return {"site": {"id": short(row["site_id"]), "name": row["site"]}} if row["site_id"] else {}


def numbers_of(row: Row) -> list[dict[str, str]]:
    return [{"id": short(UUID(n["id"])), "number": n["number"]} for n in row["numbers"]]


def extension_of(row: Row) -> dict[str, Any]:
    """The extension of a phone, which has the id of the phone; whoever waits has none."""
    return (
        {"extension_id": short(row["id"]), "extension_number": int(row["extension"])} if row["state"] in ("active", "deactivated") else {}
    )


def listed(row: Row) -> dict[str, Any]:
    """A phone user in a list."""
    id, state = short(row["id"]), row["state"] if row["state"] in ACTIVATION else "waiting"
    return {
        "id": id,
        "phone_user_id": id,
        "name": row["name"],
        "email": row["email"],
        "status": next(theirs for theirs, ours in STATUSES.items() if ours == state),
        "activation_status": ACTIVATION[state],
        "department": row["department"],
        "cost_center": row["cost_center"],
        "calling_plans": [plan(p) for p in row["plans"]],
        "phone_numbers": numbers_of(row),
        **extension_of(row),
        **site_of(row),
    }


def one(row: Row, kept: Mapping[str, Any]) -> dict[str, Any]:
    """A phone user by themselves, with the policy."""
    told = listed(row)
    told["calling_plans"] = [{"type": p["type"]} for p in told["calling_plans"]]
    told = {name: value for name, value in told.items() if name not in ("name", "activation_status", "site")}
    return {
        **told,
        "policy": modified(policy(row["policy"], kept.get("policy", {})), row["kept"] or {}),
        "site_id": short(row["site_id"]) if row["site_id"] else "",
    }


def modified(told: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The same with whether the phone itself says it, where the contract has a place for that. `own` is what is kept for the phone, by dotted names."""
    said = {name.split(".")[1] for name in own if name.startswith("policy.")}
    return {name: {**section, "modified": name in said} if name in MODIFIED else section for name, section in told.items()}


def policy(ours: Mapping[str, str], kept: Mapping[str, Any]) -> dict[str, Any]:
    """What a phone or a template may do: what acts, over what is kept."""
    recording = ours.get("recording", "off")
    acts = {"voicemail": ours.get("voicemail", "on") == "on", **{name: recording == mode for name, mode in RECORDINGS.items()}}
    return {**kept, **{name: {**kept.get(name, {}), "enable": on} for name, on in acts.items()}}


def acting(told: Mapping[str, Any], own: Mapping[str, str], above: Mapping[str, str]) -> dict[str, str | None]:
    """What a policy of a body changes of what acts; null for what is reset to the level above. `own` is what this level says, `above` what holds where it
    says nothing. Of two recordings that are switched on, the one of every call counts; the reset of one alone does not touch the other."""
    sections = {name: told.get(name) or {} for name in ACTS}
    reset = {name for name, section in sections.items() if section.get("reset") is True}
    alone = {} if reset >= RECORDINGS.keys() else RECORDINGS
    wish: dict[str, str | None] = dict.fromkeys(OURS[name] for name in reset if name not in alone or _is_for(RECORDINGS[name], own, above))
    recording = (above if "recording" in wish else {**above, **own}).get("recording", "off")
    switched = {name: section["enable"] for name, section in sections.items() if name not in reset and "enable" in section}
    if "voicemail" in switched:
        wish["voicemail"] = "on" if switched["voicemail"] else "off"
    for name, mode in RECORDINGS.items():
        if switched.get(name):
            wish["recording"] = mode
        elif name in switched and (wish.get("recording") or recording) == mode:
            wish["recording"] = "off"
    return wish


def _is_for(mode: str, own: Mapping[str, str], above: Mapping[str, str]) -> bool:
    """Whether the own choice of recording is one for this recording: the other one is neither on here nor kept off here."""
    said = own.get("recording", "off")
    return (above.get("recording", "off") if said == "off" else said) in ("off", mode)


def is_all_acting(told: Mapping[str, Any]) -> bool:
    """Whether everything a policy says acts here."""
    return all(name in ACTS and set(section) <= {"enable", "reset"} for name, section in told.items())


def keepable(told: Mapping[str, Any], acts: tuple[str, ...], flat: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """What of a policy is kept, and the dotted names that go because their section is reset to what the level above says."""
    reset = [name for name, section in told.items() if isinstance(section, Mapping) and section.get("reset") is True]
    gone = [name for name in flat for section in reset if name.startswith(f"policy.{section}.")]
    kept = {name: _without(section, "reset", *(["enable"] if name in acts else [])) for name, section in told.items() if name not in reset}
    return kept, gone


def _without(section: Any, *names: str) -> Any:
    return {n: v for n, v in section.items() if n not in names} if isinstance(section, Mapping) else section


def template(row: Row, kept: Mapping[str, Any]) -> dict[str, Any]:
    """A template in a list. All are for people."""
    return {"id": short(row["id"]), "name": row["name"], "description": kept.get("description", ""), "type": "user"}


def whole_template(row: Row, kept: Mapping[str, Any]) -> dict[str, Any]:
    """A template with what it sets."""
    rest = {name: kept.get(name, {}) for name in ("profile", "user_settings")}
    return {**template(row, kept), "policy": policy(row["policy"], kept.get("policy", {})), **rest}


def site(row: Row) -> dict[str, Any]:
    """A site in a list."""
    code = {"site_code": int(row["code"])} if row["code"] else {}
    return {"id": short(row["id"]), "name": row["name"], "country": {"code": row["in_country"]}, **code}


def whole_site(row: Row, kept: Mapping[str, Any], of_account: Mapping[str, str]) -> dict[str, Any]:
    """A site with what its phones may do, by itself or as the account says, and with what is kept for it."""
    acts = policy({**of_account, **row["policy"]}, kept.get("policy", {}))
    says = {name: {**section, "modified": OURS[name] in row["policy"]} if name in OURS else section for name, section in acts.items()}
    rest = {name: kept[name] for name in ("caller_id_name", "sip_zone") if name in kept}
    address = {"default_emergency_address": told} if (told := address_of(row, kept)) else {}
    return {**site(row), "short_extension": {"length": len(str(row["highest"]))}, "policy": says, **rest, **address}


def address_of(row: Row, kept: Mapping[str, Any]) -> dict[str, Any]:
    """The emergency address of a site in the fields of the contract, when a program said it so; else its one text is the first line."""
    if not row["emergency_address"]:
        return {}
    told = kept.get("default_emergency_address", {})
    if in_one_line(told) == row["emergency_address"]:
        return {"is_default": True, **told}
    return {"is_default": True, "address_line1": row["emergency_address"], "country": row["in_country"]}


def in_one_line(address: Mapping[str, Any]) -> str:
    """An address as one text, as a site has it."""
    lines = [" ".join(str(address.get(name, "")).split()) for name in ADDRESS]
    return ", ".join(line for line in lines if line)


def extent(length: int) -> tuple[int, int]:
    """The lowest and the highest extension of so many digits."""
    return 10 ** (length - 1), 10**length - 1


def settings(row: Row, kept: Mapping[str, Any], calling_code: int) -> dict[str, Any]:
    """The settings of a phone: what it calls out with, and what is kept beside its policy."""
    caller = next((n["number"] for n in row["numbers"] if n["caller"]), "")
    return {
        **{name: value for name, value in kept.items() if name not in ("policy", "country_iso_code")},
        "company_number": "",
        "country": {"code": kept.get("country_iso_code") or row["country"], "country_code": str(calling_code)},
        "desk_phone": {"devices": []},
        "extension_number": int(row["extension"]),
        "outbound_caller": {"number": caller},
        "outbound_caller_ids": [{"is_default": n["caller"], "name": row["name"], "number": n["number"]} for n in row["numbers"]],
        "status": "Active",
        "voice_mail": [],
    }


def room(row: Row) -> dict[str, Any]:
    """A room with a phone in a list."""
    told = {"id": short(row["id"]), "name": row["name"], **extension_of(row), "calling_plans": [plan(p) for p in row["plans"]]}
    return {**told, "phone_numbers": numbers_of(row), **site_of(row)}


def whole_room(row: Row, kept: Mapping[str, Any]) -> dict[str, Any]:
    """A room by itself, with what is kept of its policy."""
    return {**room(row), "policy": kept.get("policy", {})}
