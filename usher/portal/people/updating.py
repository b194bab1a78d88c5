"""Updating people and changing addresses by a file: choose it, see the plan, do it; what is left out is a file again (S0-10, S0-37; behaviour.md A, C)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.core.actor import Actor
from usher.core.ids import short
from usher.core.refusals import Refused
from usher.journal.names import listed
from usher.journal.verb import Plan
from usher.lifecycle.addresses import plan_addresses
from usher.lifecycle.models import Stage
from usher.lifecycle.staging import MOST_IN_PORTAL, stage_new_addresses, stage_of, stage_updates
from usher.lifecycle.update_people import plan_update
from usher.portal.csv_file import attached, spoken
from usher.portal.page import SignedIn, page
from usher.portal.people.import_columns import heading, told
from usher.portal.people.importing import left_csv, read_words
from usher.portal.plan_page import Look, plan_page
from usher.portal.seat_choices import phone_comes_too
from usher.portal.templatetags.usher import number


@dataclass(frozen=True)
class Upload:
    """One kind of file about people who are here, with its words. `path` stands before /new and the id of what was uploaded."""

    mode: str
    path: str
    title: Promise
    intro: Promise
    stage: Callable[..., Stage]
    plan: Callable[[Actor, Stage], Plan]
    will: Promise
    button: Callable[[int], str]
    rules: tuple[Promise, ...]


UPDATE = Upload(
    "update",
    "/people/updates",
    gettext_lazy("Update people"),
    gettext_lazy("Choose a file and see what would change. Nobody is changed before you say so on the next page."),
    stage_updates,
    plan_update,
    gettext_lazy("will be changed"),
    lambda n: ngettext("Change %(n)s person", "Change %(n)s people", n),
    (
        gettext_lazy("The address finds the person; where it is empty, the employee id does."),
        gettext_lazy("An empty cell leaves things as they are. The word (empty) clears."),
        gettext_lazy("Add-ons are the whole list a person shall have: what is not named is taken back."),
    ),
)
ADDRESSES = Upload(
    "addresses",
    "/people/address-changes",
    gettext_lazy("Change addresses"),
    gettext_lazy("Choose a file with the old and the new address of each person. Nothing changes before you say so on the next page."),
    stage_new_addresses,
    plan_addresses,
    gettext_lazy("will have another address"),
    lambda n: ngettext("Change %(n)s address", "Change %(n)s addresses", n),
    (
        gettext_lazy("The new address is at a managed domain of this account, and free."),
        gettext_lazy("At most three changes of one person within 24 hours."),
        gettext_lazy("They sign in with the new address from then on, and are signed out everywhere. The old address gets a mail."),
    ),
)


@page("people:user:manage", ("GET", "POST"))
def new_update(request: SignedIn) -> HttpResponse:
    """Choose a file that says what shall become of people."""
    return _upload(request, UPDATE)


@page("people:user:manage", ("GET", "POST"))
def new_address_change(request: SignedIn) -> HttpResponse:
    """Choose a file of pairs of addresses."""
    return _upload(request, ADDRESSES)


def _upload(request: SignedIn, kind: Upload) -> HttpResponse:
    """The form; a file that can be read is staged, and its plan shown."""
    if request.method == "GET":
        return _form(request, kind, "")
    file = request.FILES.get("file")
    if file is None or file.file is None:
        return _form(request, kind, _("No file was chosen. Choose a CSV file."))
    try:
        stage = kind.stage(request.actor, cast(BinaryIO, file.file), file.name or "", most=MOST_IN_PORTAL, choices={})
    except Refused as refused:
        return _form(request, kind, refused.words)
    return HttpResponseRedirect(f"{kind.path}/{short(stage.id)}", status=303)


def _form(request: SignedIn, kind: Upload, trouble: str) -> HttpResponse:
    context: dict[str, Any] = {"kind": kind, "trouble": trouble, "most": MOST_IN_PORTAL, "columns": told(request.actor, kind.mode)}
    return render(request, "people/update.html", context, status=422 if trouble else 200)


@page("people:user:manage", ("GET", "POST"))
def update_plan(request: SignedIn, update_id: UUID) -> HttpResponseBase:
    """The plan of an update: who changes and how, which lines are left out and why."""
    return _plan(request, UPDATE, update_id)


@page("people:user:manage", ("GET", "POST"))
def address_plan(request: SignedIn, pairs_id: UUID) -> HttpResponseBase:
    """The plan of new addresses."""
    return _plan(request, ADDRESSES, pairs_id)


def _plan(request: SignedIn, kind: Upload, stage_id: UUID) -> HttpResponseBase:
    stage = stage_of(request.actor, stage_id, kind.mode)
    columns = stage.choices.get("columns") or []
    look = Look(
        title=kind.title,
        crumbs=[(_("Users"), "/people"), (kind.title, f"{kind.path}/new"), (stage.filename or _("List"), "")],
        button=lambda n: kind.button(n) % {"n": number(n)},
        back=(_("Choose another file"), f"{kind.path}/new"),
        tally={"will": kind.will, "same": _("as their line says already"), "skipped": _("are passed over"), "refused": _("refused")},
        note=" ".join(filter(None, [read_words(stage), phone_comes_too(request.actor) if "license" in columns else ""])),
        facts=[(_("Columns"), listed([heading(c) for c in columns]) or _("in their usual order"))],
        order_words=_("In the order of the file."),
        refused_file=f"{kind.path}/{short(stage.id)}/refused.csv",
        key=f"{kind.mode}:{stage.id}",
    )
    return plan_page(request, kind.plan(request.actor, stage), look)


@page("people:user:manage")
def update_left(request: SignedIn, update_id: UUID) -> HttpResponseBase:
    """The lines of an update that are left out, as a file to be corrected and uploaded by itself."""
    return _left(request, UPDATE, update_id)


@page("people:user:manage")
def address_left(request: SignedIn, pairs_id: UUID) -> HttpResponseBase:
    """The same of new addresses."""
    return _left(request, ADDRESSES, pairs_id)


def _left(request: SignedIn, kind: Upload, stage_id: UUID) -> HttpResponseBase:
    stage = stage_of(request.actor, stage_id, kind.mode)
    lines = left_csv(kind.plan(request.actor, stage), stage, skipped=request.GET.get("part") == "skipped")
    return StreamingHttpResponse(spoken(lines), content_type="text/csv; charset=utf-8", headers=attached("refused.csv"))
