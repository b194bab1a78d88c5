"""Templates: settings for many phones at once (README 6; S3-16)."""

from typing import Any

from usher.api.operations import Call, operation
from usher.api.paging import by_token, start_of, token
from usher.core.ids import unshort
from usher.core.refusals import Refused
from usher.journal.reads import made_by
from usher.phone import kept, reads, things_by_id
from usher.zoom_wire import phone as wire
from usher.zoom_wire.codes import Fault, WireRefused, invalid
from usher.zoom_wire.fields import Field
from usher.zoom_wire.scopes import Scopes
from usher.zoom_wire.settings import picked, shape

from .phone import AREA, READS, WRITES, keep, policy_in
from .phone_sites import named_site

TEMPLATES: dict[str, Any] = {"area": AREA, "right": "phone:template:view", "codes": {"template_taken": (400, 300), "name": (400, 300)}}
KINDS = ("user", "group", "autoReceptionist", "commonArea", "zr", "interop")
NAME = Field("string", most=255)


@operation(
    "GET",
    "/phone/setting_templates",
    Scopes(("phone:read:list_setting_templates:admin",), READS),
    query={"site_id": Field("string", most=64), **by_token(300)},
    **TEMPLATES,
)
def list_templates(call: Call) -> dict[str, Any]:
    """List templates: all of them, or those a site can use."""
    place, size = start_of(call), call.query["page_size"]
    site = named_site(call, call.query["site_id"], code=300)["id"] if "site_id" in call.query else None
    found, total = things_by_id.templates(call.actor, site=site, after=place, limit=size + 1)
    more = str(found[size - 1]["id"]) if len(found) > size else None
    told = [wire.template(row, kept.TEMPLATE.opened(call.actor, row["kept"], row["id"])) for row in found[:size]]
    return {"templates": told, "page_size": size, "total_records": total, "next_page_token": token(call, more)}


@operation(
    "POST",
    "/phone/setting_templates",
    Scopes(("phone:write:setting_template:admin",), WRITES),
    success=201,
    body={
        "name": Field("string", required=True, most=255),
        "type": Field("string", required=True, one_of=KINDS),
        "site_id": Field("string", most=64),
    },
    kept={"description": Field("string", most=1_000)},
    **TEMPLATES,
)
def create_template(call: Call) -> dict[str, Any]:
    """Create a template for people, for every site or for one."""
    if call.body["type"] != "user":
        raise invalid({"field": "type", "message": "Templates are for users here."})
    site = str(named_site(call, call.body["site_id"], code=300)["id"]) if call.body.get("site_id") else None
    started = call.do("phone.create_template", {"name": call.body["name"], "policy": {}, "site": site})
    id = made_by(started.change_id)
    keep(call, "template", id, ("description",))
    return wire.template(reads.template(call.actor, id), things_by_id.template_kept(call.actor, id))


@operation(
    "GET",
    "/phone/setting_templates/{templateId}",
    Scopes(("phone:read:setting_template:admin",), READS),
    query={"custom_query_fields": Field("string", most=2_000)},
    **TEMPLATES,
)
def get_template(call: Call) -> dict[str, Any]:
    """Read one template with what it sets."""
    row = template_of(call)
    told = wire.whole_template(row, things_by_id.template_kept(call.actor, row["id"]))
    return picked(told, call.query.get("custom_query_fields"))


@operation(
    "PATCH",
    "/phone/setting_templates/{templateId}",
    Scopes(("phone:update:setting_template:admin",), WRITES),
    success=204,
    body={"name": NAME, "policy": shape("phone template")["policy"]},
    kept={name: field for name, field in shape("phone template").items() if name != "policy"},
    **TEMPLATES,
)
def change_template(call: Call) -> None:
    """Change the name of a template and what it sets; what nothing here acts on is kept. Phones that have it keep what they have."""
    row, told = template_of(call), call.body
    acts = {name: choice for name, choice in wire.acting(policy_in(call), row["policy"], {}).items() if choice}
    if told.get("name") or acts:
        policy = {**row["policy"], **acts}
        site = str(row["site_id"]) if row["site_id"] else None
        call.do(
            "phone.edit_template", {"template": str(row["id"]), "name": told.get("name") or row["name"], "policy": policy, "site": site}
        )
    keep(call, "template", row["id"], shape("phone template"), wire.ACTS)


def template_of(call: Call) -> dict[str, Any]:
    """The template of the path; 404 with code 15001 for any other."""
    told = call.path["templateId"]
    try:
        return reads.template(call.actor, unshort(told))
    except ValueError:
        pass
    except Refused as refused:
        if refused.kind != "missing":
            raise
    raise WireRefused(Fault(404, 15001, f"Settings template does not exist: {told[:64]}."))
