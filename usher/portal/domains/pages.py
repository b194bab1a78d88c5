"""Domains: claim, prove, three switches, who came in by it, release (S0-60, S0-61, S0-65)."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.access.throttle import DOMAIN_LOOK, spend
from usher.accounts import domains as reads
from usher.accounts import proof
from usher.core.actor import Actor
from usher.core.ids import short
from usher.core.keyset import COUNT_TO
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.verb import plan
from usher.lifecycle.domain_switches import SWITCHES
from usher.people import reads as people
from usher.people.at_domain import AtDomain, at_domains
from usher.portal.domains.words import HOW, found_instead, state_of
from usher.portal.listing import Words
from usher.portal.page import SignedIn, key_of, page
from usher.portal.plan_page import Look, plan_page
from usher.portal.seat_choices import license_options, phone_comes_too
from usher.portal.templatetags.usher import number


@page("accounts:domain:view", ("GET", "POST"))
def domains(request: SignedIn) -> HttpResponse:
    """Every domain with its state and its people; claiming one more is a field and a button."""
    actor, trouble, typed = request.actor, {}, request.POST.get("domain", "")
    if request.method == "POST":
        try:
            engine.start(plan(actor, "accounts.claim_domain", {"domain": typed}), key_of(request))
            return HttpResponseRedirect(path_of(reads.by_name(actor, typed)), status=303)
        except Refused as refused:
            if refused.kind != "invalid":
                raise
            trouble = {"field": refused.field, "words": refused.words}
    every = reads.all_of(actor)
    counts = at_domains(actor, [d["name"] for d in every])
    lines = [{**d, "path": path_of(d), "status": state_of(d), "at": counts[d["name"]], "does": does(d)} for d in every]
    may = {"may_change": actor.may(reads.MANAGE), "may_have": reads.have_domains(actor)}
    context = {"lines": lines, "typed": typed, "trouble": trouble, "key": uuid4().hex, "most": COUNT_TO, **may}
    return render(request, "domains/domains.html", context, status=422 if trouble else 200)


def path_of(domain: dict[str, Any], rest: str = "") -> str:
    return f"/domains/{short(domain['id'])}{rest}"


def does(domain: dict[str, Any]) -> list[str]:
    """The switches that are on, in words."""
    words = {"manage": _("managed"), "consolidate": _("asks own accounts to join"), "sign_up": _("sign-up")}
    return [words[key] for key in SWITCHES if domain[key]]


@page("accounts:domain:view", ("GET", "POST"))
def domain(request: SignedIn, domain_id: UUID) -> HttpResponse:
    """One domain: the record to publish and what was found, or the switches; who came in by it. POST saves the switches."""
    found = reads.domain(request.actor, domain_id)
    if request.method != "POST":
        return shown(request, found)
    wish = {"id": str(domain_id), **{key: key in request.POST for key in SWITCHES}}
    wish |= {key: request.POST[key] for key in ("license", "group") if key in request.POST}
    try:
        started = engine.start(plan(request.actor, "lifecycle.change_domain", wish), key_of(request))
    except Refused as refused:
        if refused.kind != "invalid":
            raise
        return shown(request, {**found, **{k: wish[k] for k in SWITCHES}}, {"field": refused.field, "words": refused.words})
    messages.success(request, _("Saved as C-%(n)s.") % {"n": started.number} if started.number else _("Nothing was different."))
    return HttpResponseRedirect(path_of(found), status=303)


def shown(request: SignedIn, domain: dict[str, Any], trouble: dict[str, Any] | None = None) -> HttpResponse:
    actor = request.actor
    at = at_domains(actor, [domain["name"]])[domain["name"]]
    context = {
        "domain": domain,
        "crumbs": [(_("Domains"), "/domains"), (domain["name"], "")],
        "path": path_of(domain),
        "status": state_of(domain),
        "how": HOW.get(domain["how"], ""),
        "record": proof.record_of(domain["token"]),
        "file": proof.FILE_URL.format(domain=domain["name"]),
        "instead": found_instead(domain["found"]),
        "at": at,
        "most": COUNT_TO,
        "people": list_of(domain),
        "newcomers": list_of(domain, came_in="domain"),
        "relicense": "/people/license-changes?" + urlencode({"all": "1", "domain": domain["name"], "came_in": "domain"}),
        "may_relicense": actor.may("people:user:manage") and at.came_in,
        "may_change": actor.may(reads.MANAGE),
        "trouble": trouble or {},
        "key": uuid4().hex,
        **(gifts(actor, domain) if domain["state"] == "verified" else {}),
    }
    return render(request, "domains/domain.html", context, status=422 if trouble else 200)


def list_of(domain: dict[str, Any], **more: str) -> str:
    """The people at it, as the list of users shows them."""
    return "/people?" + urlencode({"status": "any", "domain": domain["name"], **more})


def gifts(actor: Actor, domain: dict[str, Any]) -> dict[str, Any]:
    """What somebody can get who signs up: a license with its free seats, a group."""
    groups = people.groups(actor, "user")
    return {
        "licenses": license_options(actor),
        "phone_too": phone_comes_too(actor),
        "groups": [{**g, "id": str(g["id"]), "now": g["id"] == domain["group_id"]} for g in groups],
    }


@page("accounts:domain:manage", ("POST",))
def check(request: SignedIn, domain_id: UUID) -> HttpResponse:
    """Look for the proof now. It takes some seconds; what was found instead stands on the page of the domain."""
    found = reads.domain(request.actor, domain_id)
    spend((DOMAIN_LOOK, str(request.actor.account_id)))
    how = proof.check(request.actor.account_id, domain_id)
    if how:
        messages.success(request, _("The proof of %(domain)s was found.") % {"domain": found["name"]})
    return HttpResponseRedirect(path_of(found) + ("" if how else "#proof"), status=303)


@page("accounts:domain:manage", ("GET", "POST"))
def release(request: SignedIn, domain_id: UUID) -> HttpResponseBase:
    """Give it up, as a plan: what it means for how many people."""
    found = reads.domain(request.actor, domain_id)
    at = at_domains(request.actor, [found["name"]])[found["name"]]
    look = Look(
        title=_("Release %(domain)s") % {"domain": found["name"]},
        crumbs=[(_("Domains"), "/domains"), (found["name"], path_of(found)), (_("Release"), "")],
        button=lambda n: _("Release %(domain)s") % {"domain": found["name"]},
        back=(_("Cancel"), path_of(found)),
        tally={"will": _("will be released")},
        note=_("Nobody loses access or a license. Another account can prove the domain from then on."),
        facts=facts_of(found, at),
        then="/domains",
    )
    return plan_page(request, plan(request.actor, reads.ReleaseDomain.name, {"id": str(domain_id)}), look)


def facts_of(domain: dict[str, Any], at: AtDomain) -> list[tuple[Words, Words]]:
    """What ends with it, for how many."""
    n = f"{number(COUNT_TO)}+" if at.people > COUNT_TO else number(at.people)
    told: list[tuple[Words, Words]] = [(_("People at it"), ngettext("%(n)s person stays", "%(n)s people stay", at.people) % {"n": n})]
    told += [(_("Unlinking them"), _("possible again"))] if domain["manage"] else []
    return told + ([(_("Sign-up by it"), _("ends; links in mails stop working"))] if domain["sign_up"] else [])
