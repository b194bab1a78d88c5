"""Phones by a file: choose it and what holds where a line says nothing, see the plan, do it; what is left out is a file again (S3-8; behaviour.md C, L)."""

from typing import BinaryIO, cast
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.core.actor import Actor
from usher.core.ids import short
from usher.core.refusals import Refused
from usher.journal.names import listed
from usher.lifecycle.phone_lines import plan_phones
from usher.lifecycle.staging import MOST_IN_PORTAL, stage_of, stage_phones
from usher.portal.csv_file import attached, spoken
from usher.portal.page import SignedIn, page
from usher.portal.people.belonging import Ask
from usher.portal.people.import_columns import file_of, heading, sample_of, told
from usher.portal.people.importing import left_csv, read_words
from usher.portal.phone.assigning import package_options
from usher.portal.phone.columns import MANAGE
from usher.portal.phone.lists import USERS
from usher.portal.phone.plans import answers_of, site_options, template_options
from usher.portal.plan_page import Look, Option, plan_page
from usher.portal.templatetags.usher import number

PATH, MODE = "/phone/users/imports", "phones"


@page(MANAGE, ("GET", "POST"))
def new_batch(request: SignedIn) -> HttpResponse:
    """Choose a file. It is staged at upload; nobody gets a phone before the plan."""
    if request.method == "GET":
        return _form(request, request.GET)
    file, data = request.FILES.get("file"), request.POST
    if file is None or file.file is None:
        return _form(request, data, _("No file was chosen. Choose a CSV file."))
    try:
        stage = stage_phones(request.actor, cast(BinaryIO, file.file), file.name or "", most=MOST_IN_PORTAL, choices=answers_of(data))
        plan_phones(request.actor, stage)
    except Refused as refused:
        if refused.kind != "invalid":
            raise
        return _form(request, data, refused.words)
    return HttpResponseRedirect(f"{PATH}/{short(stage.id)}", status=303)


def _form(request: SignedIn, data: QueryDict, trouble: str = "") -> HttpResponse:
    context = {
        "asks": asks(request.actor, data),
        "trouble": trouble,
        "most": MOST_IN_PORTAL,
        "columns": told(request.actor, MODE),
        "path": PATH,
        "crumbs": [(_("Users & Rooms"), USERS.path), (_("Add by a file"), "")],
    }
    return render(request, "phone/batch.html", context, status=422 if trouble else 200)


def asks(actor: Actor, data: QueryDict) -> list[Ask]:
    """What holds for every line, or where a line says nothing; asked only where there is something to choose."""
    none, sites, templates = Option("none", _("None")), site_options(actor), template_options(actor)
    as_said = Option("none", _("as the file says, else where each one is"))
    packages = [Option("none", _("None"), _("internal calls only")), *package_options(actor, plans=True)]
    ways = [none, Option("next", _("The next free number each"), _("needs a package"))]
    hint = _("A site that is chosen here holds for every line.")
    at = Ask("site_to", _("Site"), "select", data.get("site_to", ""), [as_said, *sites], hint)
    like = Ask("template_to", _("Template where the file names none"), "select", data.get("template_to", ""), [none, *templates])
    return [
        *([at] if len(sites) > 1 else []),
        Ask("package_to", _("Package where the file names none"), "radio", data.get("package_to", "none"), packages),
        *([like] if templates else []),
        Ask("numbers_to", _("Direct numbers where the file names none"), "radio", data.get("numbers_to", "none"), ways),
    ]


@page(MANAGE, ("GET", "POST"))
def batch_plan(request: SignedIn, phones_id: UUID) -> HttpResponseBase:
    """The plan of a file: who gets which phone, which lines are left out and why."""
    stage = stage_of(request.actor, phones_id, MODE)
    columns = stage.choices.get("columns") or ["email"]
    title, path = _("Add by a file"), f"{PATH}/{short(stage.id)}"
    look = Look(
        title=title,
        crumbs=[(_("Users & Rooms"), USERS.path), (title, f"{PATH}/new"), (stage.filename or _("List"), "")],
        button=lambda n: ngettext("Give %(n)s person a phone", "Give %(n)s people a phone", n) % {"n": number(n)},
        back=(_("Choose another file"), f"{PATH}/new"),
        tally={"will": _("will have a phone"), "same": _("have one already"), "skipped": _("are passed over"), "refused": _("refused")},
        note=read_words(stage),
        facts=[(_("Columns"), listed([heading(c) for c in columns]))],
        order_words=_("In the order of the file."),
        refused_file=f"{path}/refused.csv",
        key=f"phones:{stage.id}",
    )
    return plan_page(request, plan_phones(request.actor, stage), look)


@page(MANAGE)
def batch_left(request: SignedIn, phones_id: UUID) -> HttpResponseBase:
    """The lines that are left out, as a file to be corrected and uploaded by itself."""
    stage = stage_of(request.actor, phones_id, MODE)
    lines = left_csv(plan_phones(request.actor, stage), stage, skipped=request.GET.get("part") == "skipped")
    return StreamingHttpResponse(spoken(lines), content_type="text/csv; charset=utf-8", headers=attached("refused.csv"))


@page(MANAGE)
def blank_batch(request: SignedIn) -> HttpResponse:
    """A file with nothing but the header, to fill in."""
    return file_of(request.actor, MODE, "phones.csv", [])


@page(MANAGE)
def sample_batch(request: SignedIn) -> HttpResponse:
    """The same with two lines that show how; nobody of them is here."""
    return sample_of(request.actor, MODE)
