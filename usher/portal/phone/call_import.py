"""Calls by a file: choose it, see which calls come into the account log and which lines are refused, do it (S3-45; behaviour.md C).

The same staging and the same verb as `usher phone calls import`, for whoever has no shell.
"""

from collections.abc import Iterator
from typing import BinaryIO, cast
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.core.ids import short
from usher.core.refusals import Refused
from usher.journal.rows import sample
from usher.journal.verb import Plan, plan
from usher.phone.call_files import stage_calls
from usher.phone.call_lines import COLUMNS, NEEDED
from usher.portal.csv_file import BOM, attached, csv_line, spoken
from usher.portal.door import MOST_BYTES
from usher.portal.effects import in_words
from usher.portal.page import SignedIn, page
from usher.portal.phone.log import CALLS
from usher.portal.plan_page import Look, plan_page
from usher.portal.templatetags.usher import number

MANAGE = "phone:log:manage"
PATH = "/phone/log/imports"
SAYS: dict[str, str | Promise] = {
    "call_id": gettext_lazy("the telephone system’s id; a call that is here already is left alone by it"),
    "direction": gettext_lazy("inbound or outbound"),
    "from": gettext_lazy("who called: a number in any usual spelling, or an extension"),
    "to": gettext_lazy("who was called, likewise"),
    "user": gettext_lazy("whose call it is: an address, an extension or a number; empty for who was called, or called"),
    "started_at": gettext_lazy("the moment with its offset, such as 2026-11-20T09:30:00+01:00"),
    "seconds": gettext_lazy("how long they talked"),
    "result": gettext_lazy("answered, missed, voicemail, busy, rejected, cancelled or failed"),
    "path": gettext_lazy("empty, or internal, pstn, queue, menu, transfer or forward"),
    "recording_seconds": gettext_lazy("of a recorded call; the recording itself stays with the telephone system"),
    "recording_size": gettext_lazy("in bytes"),
    "recording_transcript": gettext_lazy("what was said, as text"),
    "voicemail_seconds": gettext_lazy("of a call that left a voicemail"),
    "voicemail_size": gettext_lazy("in bytes"),
    "voicemail_transcript": gettext_lazy("what was said, as text"),
}
EXAMPLES = (
    ("2026-1120-0001", "inbound", "+442071838750", "4127", "mia.berg@example.com", "2026-11-20T09:30:00+01:00", "61", "answered", "pstn"),
    ("2026-1120-0002", "outbound", "4127", "+4755510200", "mia.berg@example.com", "2026-11-20T10:05:00+01:00", "0", "missed", "pstn"),
)


@page(MANAGE, ("GET", "POST"))
def new_import(request: SignedIn) -> HttpResponse:
    """Choose a file. It is staged at upload; no call comes into the log before the plan."""
    if request.method == "GET":
        return _form(request)
    file = request.FILES.get("file")
    if file is None or file.file is None:
        return _form(request, _("No file was chosen. Choose a file of calls."))
    try:
        staged = stage_calls(request.actor, cast(BinaryIO, file.file), file.name or "")
    except Refused as refused:
        if refused.kind != "invalid":
            raise
        return _form(request, refused.words)
    return HttpResponseRedirect(f"{PATH}/{short(staged.id)}", status=303)


def _form(request: SignedIn, trouble: str = "") -> HttpResponse:
    context = {
        "trouble": trouble,
        "most": number(MOST_BYTES // 2**20),
        "columns": [(name, SAYS[name], name in NEEDED) for name in COLUMNS],
        "path": PATH,
        "crumbs": [(_("Account log"), CALLS.path), (_("Import calls"), "")],
    }
    return render(request, "phone/call_import.html", context, status=422 if trouble else 200)


@page(MANAGE, ("GET", "POST"))
def import_plan(request: SignedIn, calls_id: UUID) -> HttpResponseBase:
    """The plan of a file: how many calls come in, which are here already, which lines are refused and why."""
    planned = plan_of(request, calls_id)
    title, params = _("Import calls"), planned.params
    look = Look(
        title=title,
        crumbs=[(_("Account log"), CALLS.path), (title, f"{PATH}/new"), (params["filename"] or _("List"), "")],
        button=lambda n: ngettext("Import %(n)s call", "Import %(n)s calls", n) % {"n": number(n)},
        back=(_("Choose another file"), f"{PATH}/new"),
        tally={"will": _("come in"), "same": _("are here already"), "refused": _("refused")},
        note=ngettext("Read from %(n)s line.", "Read from %(n)s lines.", params["lines"]) % {"n": number(params["lines"])},
        refused_file=f"{PATH}/{short(calls_id)}/refused.csv",
        refused_words=_("Correct these lines in your file and upload it again: the calls that are here by then are left alone."),
        key=f"calls:{calls_id}",
    )
    return plan_page(request, planned, look)


def plan_of(request: SignedIn, calls_id: UUID) -> Plan:
    """Refused (missing) for a file of another account."""
    return plan(request.actor, "phone.import_calls", {"file": str(calls_id)})


@page(MANAGE)
def refused_file(request: SignedIn, calls_id: UUID) -> HttpResponseBase:
    """The refused lines: where each stands in the file, which call, whose, and why."""
    lines = refused_csv(plan_of(request, calls_id))
    return StreamingHttpResponse(spoken(lines), content_type="text/csv; charset=utf-8", headers=attached("refused.csv"))


def refused_csv(planned: Plan) -> Iterator[str]:
    """The file in pieces of 10,000 lines: each asks for the whole plan anew, so they are large."""
    yield BOM + csv_line(["line", "call_id", "user", "why"])
    after = 0
    while rows := sample(planned, skipped=True, after=after, limit=10_000):
        refused = [row for row in rows if row["skip"] not in planned.verb.unchanged]
        told = in_words(planned.actor, refused)
        yield "".join(csv_line([x["line"], x["name"], row["after"]["whose"], x["why"]]) for x, row in zip(told, refused, strict=True))
        after = rows[-1]["ord"]


@page(MANAGE)
def blank_file(request: SignedIn) -> HttpResponse:
    """A file with nothing but the header, to fill in."""
    return file_of("calls.csv", ())


@page(MANAGE)
def sample_file(request: SignedIn) -> HttpResponse:
    """The same with two calls that show how; nobody of them is here."""
    return file_of("sample.csv", EXAMPLES)


def file_of(filename: str, lines: tuple[tuple[str, ...], ...]) -> HttpResponse:
    """Lines under the header; the columns a line says nothing about are left empty."""
    filled = [[*line, *([""] * (len(COLUMNS) - len(line)))] for line in lines]
    text = BOM + csv_line(list(COLUMNS)) + "".join(map(csv_line, filled))
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=attached(filename))
