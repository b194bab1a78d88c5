"""Import: choose a file, see the plan, do it (S0-12, S0-37 … S0-46). The file is staged at upload, so that any worker can go on with it."""

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.accounts.plans import require
from usher.core import sql
from usher.core.ids import short
from usher.core.refusals import Refused
from usher.journal.plan import Preview
from usher.journal.verb import REASONS, Plan
from usher.licenses.catalog import PRODUCTS
from usher.lifecycle.join import choices_of, plan_invite, refused_lines, summary
from usher.lifecycle.lines import COLUMNS
from usher.lifecycle.models import Stage
from usher.lifecycle.more_columns import cell_of
from usher.lifecycle.staging import MOST_IN_PORTAL, mode_of, stage_csv, stage_of
from usher.people.groups import default_names
from usher.portal.csv_file import BOM, attached, csv_line, spoken
from usher.portal.listing import Words
from usher.portal.page import SignedIn, page
from usher.portal.people.adding import form_choices, meant
from usher.portal.people.import_columns import heading, told
from usher.portal.plan_page import Look, plan_page
from usher.portal.templatetags.usher import number

ENCODINGS = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
SEPARATED = {",": gettext_lazy("commas"), ";": gettext_lazy("semicolons"), "\t": gettext_lazy("tabs")}


@page("people:user:manage", ("GET", "POST"))
def new_import(request: SignedIn) -> HttpResponse:
    """Choose a file, one license and the add-ons for everybody in it."""
    request.actor.require_everybody()
    require(request.actor, "import")
    if request.method == "GET":
        return _form(request, {"license": "meetings:basic", "add_ons": []})
    given = {"license": request.POST.get("license", ""), "add_ons": request.POST.getlist("add_ons"), "group": request.POST.get("group", "")}
    file = request.FILES.get("file")
    if file is None or file.file is None:
        return _form(request, given, {"field": "file", "words": _("No file was chosen. Choose a CSV file.")})
    try:
        choices = choices_of(request.actor, meant(given))
        stage = stage_csv(request.actor, cast(BinaryIO, file.file), file.name or "", most=MOST_IN_PORTAL, choices=choices)
    except Refused as refused:
        return _form(request, given, {"field": refused.field, "words": refused.words})
    return HttpResponseRedirect(f"/people/imports/{short(stage.id)}", status=303)


def _form(request: SignedIn, given: dict[str, Any], trouble: dict[str, str] | None = None) -> HttpResponse:
    context = {
        "given": given,
        "trouble": trouble,
        "most": MOST_IN_PORTAL,
        "columns": told(request.actor, "add"),
        **form_choices(request.actor),
    }
    return render(request, "people/import.html", context, status=422 if trouble else 200)


@page("people:user:manage", ("GET", "POST"))
def import_plan(request: SignedIn, stage_id: UUID) -> HttpResponseBase:
    """The plan of an import: what will be, what is here already, which lines are refused and why."""
    request.actor.require_everybody()
    stage = stage_of(request.actor, stage_id)
    planned = plan_invite(request.actor, stage, stage.choices)
    return plan_page(request, planned, _look(stage, planned))


def _look(stage: Stage, planned: Plan) -> Look:
    chosen = planned.params
    names = [PRODUCTS[a].name for a in chosen["add_ons"]]
    by_line = set(stage.choices.get("columns", ()))
    return Look(
        title=_("Import people"),
        crumbs=[(_("Users"), "/people"), (_("Import"), "/people/imports/new"), (stage.filename or _("List"), "")],
        button=lambda n: ngettext("Invite %(n)s person", "Invite %(n)s people", n) % {"n": number(n)},
        back=(_("Choose another file"), "/people/imports/new"),
        tally={"will": _("will be invited"), "same": _("already here, unchanged"), "refused": _("refused")},
        more=lambda seen: _summary(planned, seen),
        note=read_words(stage),
        facts=[
            (_("License"), else_words("license" in by_line, PRODUCTS[chosen["license"]].name)),
            (_("Add-ons"), else_words("add_ons" in by_line, ", ".join(names) or _("none"))),
            *group_facts(planned),
            (_("Mail"), _("Invitation to each address")),
        ],
        order_words=_("In the order of the file."),
        refused_file=f"/people/imports/{short(stage.id)}/refused.csv",
        key=f"import:{stage.id}",
    )


def group_facts(planned: Plan) -> list[tuple[Words, Words]]:
    """Which groups everybody comes into; the default ones when neither the file nor the form names any (S0-62, S0-66)."""
    default = default_names(planned.actor)
    told: list[tuple[Words, Words]] = [
        (_("Group"), _("from the file, else as chosen") if planned.params.get("group") else _("from the file"))
    ]
    if "user" in default and not planned.params.get("group"):
        told = [(_("Group"), _("from the file, else %(group)s (default group)") % {"group": default["user"]})]
    if "im" in default:
        told.append((_("IM group"), _("from the file, else %(group)s (default group)") % {"group": default["im"]}))
    return told


def else_words(by_line: bool, chosen: str) -> str:
    """What everybody gets, or whoever's line says nothing."""
    return _("from the file, else %(chosen)s") % {"chosen": chosen} if by_line else chosen


def _summary(planned: Plan, seen: Preview) -> str:
    unchanged = planned.verb.unchanged
    return summary(seen.unchanged(unchanged), sum(seen.skipped(unchanged=unchanged).values()))


def read_words(stage: Stage) -> str:
    """How the file was understood, so that a wrong guess is seen."""
    told = _("Read from %(n)s lines, in %(encoding)s with %(separator)s.") % {
        "n": number(stage.lines),
        "encoding": ENCODINGS.get(stage.encoding, stage.encoding),
        "separator": SEPARATED.get(stage.delimiter, stage.delimiter),
    }
    ignored = stage.choices.get("ignored_columns")
    return told + (" " + _("Not read, because unknown: %(columns)s.") % {"columns": ", ".join(ignored)} if ignored else "")


@page("people:user:manage")
def refused_file(request: SignedIn, stage_id: UUID) -> HttpResponseBase:
    """The refused lines as they were, with the reason, to be corrected and imported by themselves."""
    request.actor.require_everybody()
    stage = stage_of(request.actor, stage_id)
    planned = plan_invite(request.actor, stage, stage.choices)
    lines = left_csv(planned, stage, skipped=request.GET.get("part") == "skipped")
    return StreamingHttpResponse(spoken(lines), content_type="text/csv; charset=utf-8", headers=attached("refused.csv"))


def left_csv(planned: Plan, stage: Stage, *, skipped: bool) -> Iterator[str]:
    """The lines that are refused, or those that are passed over, in pieces of 1,000."""
    columns = columns_of(stage)
    yield BOM + csv_line([*map(heading, columns), "line", "field", "why"])
    after = 0
    while lines := refused_lines(planned, after=after, limit=1_000):
        said = {s["line"]: s for s in staged(stage, [line["line"] for line in lines])}
        wanted = [
            line
            for line in lines
            if line["reason"] not in planned.verb.unchanged
            and (line["reason"] in REASONS and REASONS[line["reason"]].refused) is not skipped
        ]
        yield "".join(_left_line(columns, line, said.get(line["line"])) for line in wanted)
        after = lines[-1]["ord"]


def columns_of(stage: Stage) -> list[str]:
    """The columns of what was uploaded; of a file without a header those that are taken for granted."""
    usual = {"addresses": ["email", "new_email"], "leavers": ["email"], "phones": ["email"]}.get(mode_of(stage), list(COLUMNS))
    return stage.choices.get("columns") or usual


def _left_line(columns: Iterable[str], line: dict[str, Any], said: dict[str, Any] | None) -> str:
    return csv_line([*cells_of(said or {"email": line["email"]}, columns), line["line"], line["field"], line["words"]])


def cells_of(said: dict[str, Any], columns: Iterable[str]) -> list[str]:
    """A line as it was read, column by column."""
    more = said.get("more") or {}
    return [cell_of(more.get(c)) if c not in said else said[c] for c in columns]


def staged(stage: Stage, lines: list[int]) -> list[dict[str, Any]]:
    """The lines of a stage as they were read."""
    return sql.rows(
        """SELECT line, email, first_name, last_name, department, user_group, im_group, more FROM lifecycle_stagedline
           WHERE stage_id = %(s)s AND line = ANY(%(l)s)""",
        {"s": stage.id, "l": lines},
    )
