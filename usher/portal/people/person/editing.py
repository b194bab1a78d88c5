"""The profile of one person as a form: a dialog, and a page of its own (S0-10, S1-23; portal.md section 6)."""

import json
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import available_timezones

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import gettext as _

from usher.access.actors import name_of
from usher.core.actor import Actor
from usher.core.ids import short
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.verb import plan
from usher.people import rank, reads
from usher.people.person import close_names, person
from usher.people.verbs.profile import LONGEST
from usher.portal.effects import LABELS
from usher.portal.page import SignedIn, key_of, page

TIME_ZONES = ["UTC", *sorted(z for z in available_timezones() if "/" in z and not z.startswith(("Etc/", "SystemV/")))]
FIELDS = (*LONGEST, "manager")


@page("people:user:manage", ("GET", "POST"))
def edit(request: SignedIn, person_id: UUID) -> HttpResponse:
    """The form, and the change of what is different from what the form was opened with. Whoever saves second does not undo the first."""
    found = person(request.actor, person_id)
    if not rank.may_change(request.actor, found):
        raise Refused("forbidden", "higher_rank", str(rank.WORDS))
    now = values_of(found)
    if request.method == "GET":
        return show(request, found, now, now)
    given = {name: request.POST.get(name, now[name]).strip() for name in FIELDS}
    was = seen_of(request.POST, now)
    try:
        number = save(request.actor, person_id, was, given, key_of(request))
    except Refused as refused:
        return show(request, found, given, now if refused.code == "changed" else was, trouble_of(refused, was, now))
    return done(request, found, number)


def values_of(found: dict[str, Any]) -> dict[str, str]:
    """What the form shows, every field of the profile with the manager by address; beside it who that is, whatever becomes of the address."""
    manager = {"manager": found["manager_email"] or "", "manager_id": str(found["manager_id"] or "")}
    return {**{name: found[name] for name in LONGEST}, **manager}


def seen_of(data: QueryDict, now: dict[str, str]) -> dict[str, str]:
    """What the form was opened with, as it came back; what makes no sense counts as what is."""
    try:
        told = json.loads(data.get("seen", ""))
    except ValueError:
        return now
    return {name: str(told.get(name, now[name])) for name in now} if isinstance(told, dict) else now


def save(actor: Actor, person_id: UUID, was: dict[str, str], given: dict[str, str], key: str) -> int | None:
    """Change what is different; the number of the change, None when nothing is. Refused (conflict, changed) when it is another by now."""
    fields = {name: value for name, value in given.items() if value != was[name]}
    if not fields:
        return None
    seen: dict[str, Any] = {name: was[name] for name in fields if name != "manager"}
    if "manager" in fields:
        seen["manager_id"] = was["manager_id"] or None
    params = {"subjects": {"ids": [str(person_id)]}, "fields": fields, "seen": seen}
    return engine.start(plan(actor, "people.edit_profile", params), key).number


def trouble_of(refused: Refused, was: dict[str, str], now: dict[str, str]) -> dict[str, str]:
    """What is wrong, at its field. When somebody else saved meanwhile, what they wrote."""
    if refused.code != "changed":
        if refused.code == "manager_loop":
            return {
                "field": "manager",
                "words": _("They report to this person themselves, directly or through others. Choose somebody else."),
            }
        return {"field": refused.field, "words": refused.words}
    other = ", ".join(f"{LABELS[name]}: {now[name] or '—'}" for name in FIELDS if now[name] != was[name])
    words = _("Somebody else changed this meanwhile (%(other)s). Nothing was saved yet; save again to replace it.") % {"other": other}
    return {"field": "", "words": words}


def done(request: SignedIn, found: dict[str, Any], number: int | None) -> HttpResponse:
    """Back to the person, with the way back; nothing different is nothing done."""
    if number:
        words = _("%(name)s was changed.") % {"name": name_of(found)}
        if found["status"] == "pending":
            words = _("Kept for %(name)s; it applies when they activate.") % {"name": name_of(found)}
        messages.success(request, format_html('{} <a href="/changes/{}/undo">{}</a>', words, number, _("Undo")))
    address = f"/people/{short(found['id'])}"
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address, status=303)


def show(
    request: SignedIn, found: dict[str, Any], given: dict[str, str], seen: dict[str, str], trouble: dict[str, str] | None = None
) -> HttpResponse:
    """The form with what was typed, and what is wrong with it."""
    template = "people/person_edit.html" + ("#dialog" if request.headers.get("HX-Request") == "true" else "")
    context = {
        "person": found,
        "name": name_of(found),
        "given": given,
        "seen": json.dumps(seen),
        "trouble": trouble or {},
        "key": uuid4().hex,
        "departments": reads.departments(request.actor, limit=200),
        "time_zones": TIME_ZONES if given["time_zone"] in TIME_ZONES else [given["time_zone"], *TIME_ZONES],
    }
    return render(request, template, context, status=422 if trouble else 200)


@page("people:user:view")
def close(request: SignedIn) -> HttpResponse:
    """Proposals for a field that takes a person, whatever it is called, as options of a datalist; only people of this account (TENANT-10)."""
    text = str(next(iter(request.GET.values()), "")).strip()[:200].replace("\0", "")
    found = close_names(request.actor, text) if len(text) > 1 else []
    return render(request, "people/close.html", {"people": found})
