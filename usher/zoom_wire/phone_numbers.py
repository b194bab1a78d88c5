"""Numbers as the contract writes them, in its older words (phone) and in its newer ones (number management). All of them were brought by the account."""

from collections.abc import Mapping
from typing import Any

from usher.core.ids import short

from .fields import Field

Row = Mapping[str, Any]
# Our kinds of numbers -> the newer words; the older ones know toll and tollfree.
TYPES = {"local": "Toll", "mobile": "Mobile", "toll_free": "TollFree", "other": "National"}
MANAGED_TYPES = ("Toll", "TollFree", "VirtualService", "Mobile", "SharedCost", "National", "ITFS")
SOURCES = ("Zoom", "ZoomPorted", "ZoomReserved", "ThirdPartyNumber", "BYOCCloud", "BYOCPremises")
SOURCE = "BYOCCloud"
PRODUCTS = ("UNALLOCATED", "ZOOM_PHONE", "ZOOM_CONTACT_CENTER")
PRODUCT = "ZOOM_PHONE"
# Whose numbers can be asked for -> our word. The rest are kinds of things that hold none here.
HELD_BY = {"PhoneUnassigned": "nobody", "User": "person", "CommonArea": "room"}
OTHER_HOLDERS = (
    "CallQueue",
    "AutoReceptionist",
    "CiscoPolycomRoom",
    "SharedLineGroup",
    "GroupCallPickup",
    "EmergencyNumberPool",
    "CompanyLocation",
    "PersonalLocation",
    "MeetingService",
    "LocalSurvivability",
    "LocalSurvivabilityEmergencyNumberPool",
    "MicrosoftTeamsResourceAccount",
    "DistributionGroup",
    "ContactCenterUnassigned",
    "DialInToVideoEngagements",
    "DefaultSystemOutgoingSMS",
    "DefaultAgentOutgoingSMS",
    "DefaultCallerID",
    "Voice",
    "SMS",
)
EXTENSION_TYPES = ("user", "callQueue", "autoReceptionist", "commonArea", "emergencyNumberPool", "companyLocation", "meetingService")
BOTH_WAYS = {"incoming": True, "outgoing": True}
CAPABILITY = Field("object", fields={"incoming": Field("boolean"), "outgoing": Field("boolean")})


def listed(row: Row, kept: Mapping[str, Any]) -> dict[str, Any]:
    """A number, with who has it and where they are, in the older words."""
    assignee = (
        {"id": short(row["holder_id"]), "name": row["holder"], "type": "user" if row["user_id"] else "commonArea"}
        if row["holder_id"]
        else {}
    )
    return {
        "id": short(row["id"]),
        "number": row["number"],
        "display_name": kept.get("display_name", ""),
        "number_type": "tollfree" if row["kind"] == "toll_free" else "toll",
        "capability": [name for name, on in {**BOTH_WAYS, **kept.get("capability", {})}.items() if on],
        "location": row["country"],
        "source": "external",
        "status": "available",
        **({"assignee": {**assignee, "extension_number": int(row["extension"])}} if assignee else {}),
        **({"site": {"id": short(row["site_id"]), "name": row["site"]}} if row["site_id"] else {}),
    }


def managed(row: Row, kept: Mapping[str, Any], *, called: str = "assigned_to_name") -> dict[str, Any]:
    """The same in the newer words. `called` is the field of the holder's name: the contract spells it otherwise in the answer about one."""
    holder = {
        "assigned_to_id": short(row["holder_id"]),
        called: row["holder"],
        "assigned_to_type": "User" if row["user_id"] else "CommonArea",
        "source_channel": "Voice",
        "extension_number": row["extension"],
    } if row["holder_id"] else {}  # fmt: skip
    return {
        "id": short(row["id"]),
        "number": row["number"],
        "allocated_product": PRODUCT,
        "number_type": TYPES[row["kind"]],
        "display_name": kept.get("display_name", ""),
        "caller_id_name": kept.get("caller_id_name", ""),
        "capability": [name.capitalize() for name, on in {**BOTH_WAYS, **kept.get("capability", {})}.items() if on],
        "source": SOURCE,
        "status": "Normal",
        "address_update_required": False,
        "location": {"country": row["country"]},
        "assigned_list": [holder] if holder else [],
        **({"site": {"site_id": short(row["site_id"]), "name": row["site"]}} if row["site_id"] else {}),
    }


def both_ways(names: list[str]) -> dict[str, bool]:
    """A list of what a number is good for, as it is kept."""
    return {name: name in names for name in BOTH_WAYS}
