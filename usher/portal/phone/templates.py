"""Templates of Phone: settings for many phones at once; made, changed, deleted, and applied with a preview (S3-16; behaviour.md L)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.core.actor import Actor
from usher.core.ids import short
from usher.core.keyset import Row, Sort
from usher.journal.verb import plan
from usher.people import reads as people
from usher.phone import reads
from usher.phone.policy import POLICY
from usher.portal.listing import Column, Listing, register
from usher.portal.listing_export import export
from usher.portal.listing_page import Act, Frame, list_page
from usher.portal.page import SignedIn, page
from usher.portal.phone.columns import MANAGE as PHONES
from usher.portal.phone.columns import SITE_FILTER
from usher.portal.phone.forms import Form, form_page
from usher.portal.phone.policy import chosen_in, policy_choices
from usher.portal.places.lists import named
from usher.portal.plan_page import Look, Option, plan_page
from usher.portal.templatetags.usher import number

PATH, VIEW, MANAGE = "/phone/templates", "phone:template:view", "phone:template:manage"


def path_of(row: Row) -> str:
    return f"{PATH}/{short(row['id'])}"


def name_cell(row: Row) -> Any:
    return format_html('<span class="who"><a href="{}">{}</a></span>', path_of(row), row["name"])


def sets_of(row: Row) -> str:
    """What a template sets, in words."""
    return ", ".join(str(POLICY[k][v]) for k, v in row["policy"].items() if v in POLICY.get(k, {}))


def site_of(row: Row) -> str:
    return str(row["site"] or _("every site"))


def where_templates(query: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    clauses, params = named("t.name_key", query)
    if at := query.get("phone_site"):
        clauses, params = [*clauses, "t.site_id::text = ANY(%(f_site)s)"], {**params, "f_site": list(at)}
    return " AND ".join(clauses), params


TEMPLATES = Listing(
    path=PATH,
    select=reads.TEMPLATE_COLUMNS,
    source=reads.TEMPLATE_FROM,
    columns=(
        Column("name", gettext_lazy("Name"), name_cell, lambda r: str(r["name"]), "main", "name"),
        Column("sets", gettext_lazy("What it sets"), sets_of, sets_of, "meta"),
        Column("site", gettext_lazy("Site"), site_of, site_of, "nowrap"),
        Column("phones", gettext_lazy("Phones"), lambda r: number(r["phones"]), lambda r: str(r["phones"]), "side num nowrap"),
    ),
    sorts=(Sort("name", "t.name_key", "t.id"),),
    where=where_templates,
    filters=(SITE_FILTER,),
)
register(TEMPLATES)


@page(VIEW)
def templates(request: SignedIn) -> HttpResponse:
    """Every template with what it sets, the site it is for, and how many phones have it."""
    frame = Frame(
        title=_("Templates"),
        noun=lambda n: ngettext("template", "templates", n),
        template="phone/list.html",
        row_acts=lambda row: template_acts(request.actor, row),
        row_path=path_of,
        search_words=_("Name"),
        nothing_found=_("There is no such template."),
        nothing_yet=_(
            "No templates yet. A template sets voicemail, recording and call waiting of many phones at once, and wins over what each had."
        ),
    )
    new = (_("New template"), f"{PATH}/new") if request.actor.may(MANAGE) else None
    return list_page(request, TEMPLATES, frame, export_path=f"{PATH}/export", tabs=[], new=new)


def template_acts(actor: Actor, row: Row) -> list[Act]:
    closed = "" if actor.may(MANAGE) else _("This needs the right to manage phone templates.")
    no_phones = "" if actor.may(PHONES) else _("This needs the right to manage phone users.")
    return [
        Act(_("Edit"), path_of(row), why_not=closed),
        Act(_("Apply to phones"), apply_path(row), why_not=no_phones),
        Act(_("Delete"), f"{path_of(row)}/deletion", last=True, why_not=closed),
    ]


def apply_path(row: Row) -> str:
    """The plan of applying it to all phones it is for."""
    at = {"phone_site": row["site_id"]} if row["site_id"] else {}
    return "/phone/users/template-applications?" + urlencode({"all": 1, "phone": "active", **at, "template_to": short(row["id"])})


@page(VIEW, ("GET", "POST"))
def templates_export(request: SignedIn) -> HttpResponseBase:
    return export(request, TEMPLATES, "phone-templates.csv")


@page(MANAGE, ("GET", "POST"))
def new_template(request: SignedIn) -> HttpResponse:
    """A template: its name, the site it is for, and what it sets."""
    return form_page(request, FORM, "phone.create_template", {}, {}, around(request.actor, _("New template"), _("Create")))


@page(VIEW, ("GET", "POST"))
def template(request: SignedIn, template_id: UUID) -> HttpResponse:
    """The same of one that is here. Phones that have it stay as they are until it is applied again."""
    found = reads.template(request.actor, template_id)
    now = {**found, "site": str(found["site_id"] or "")}
    context = around(request.actor, found["name"], _("Save"))
    return form_page(request, FORM, "phone.edit_template", {"template": str(template_id)}, now, context)


@page(MANAGE, ("GET", "POST"))
def template_deletion(request: SignedIn, template_id: UUID) -> HttpResponseBase:
    """Delete a template; phones keep what it set."""
    found = reads.template(request.actor, template_id)
    title = _("Delete %(name)s") % {"name": found["name"]}
    look = Look(
        title=title,
        crumbs=[(_("Templates"), PATH), (title, "")],
        button=lambda n: _("Delete the template"),
        back=(_("Cancel"), PATH),
        tally={"will": _("have it, and keep what it set")},
    )
    return plan_page(request, plan(request.actor, "phone.delete_template", {"template": str(template_id)}), look)


def around(actor: Actor, heading: str, button: str) -> dict[str, Any]:
    return {
        "heading": heading,
        "button": button,
        "may_change": actor.may(MANAGE),
        "sites": [Option(str(s["id"]), s["name"]) for s in people.sites(actor)],
    }


def given_in(request: SignedIn) -> dict[str, Any]:
    """The form as the verbs take it; what is left as each phone has it is no part of the template."""
    policy = {name: choice for name, choice in chosen_in(request).items() if choice}
    return {"name": request.POST.get("name", ""), "site": request.POST.get("site", ""), "policy": policy}


def answers(given: Mapping[str, Any]) -> dict[str, Any]:
    """What the form shows: the answers, and for each setting its choices."""
    return {"given": given, "choices": policy_choices(given.get("policy", {}), dict.fromkeys(POLICY, _("As each phone has it")))}


FORM = Form("phone/template.html", PATH, gettext_lazy("Templates"), given_in, answers)
