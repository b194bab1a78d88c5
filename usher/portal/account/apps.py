"""API apps: what programs sign in with. A secret is shown once, on the answer to the form that made it (issue 6)."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from usher.access import api_apps, app_calls, consents, scopes
from usher.access.actors import name_of
from usher.access.app_handing import who_may_take
from usher.core.ids import short
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.names import long_day
from usher.journal.verb import plan
from usher.portal.page import SignedIn, key_of, page
from usher.portal.people.belonging import Ask, full_id, plan_or_ask
from usher.portal.plan_page import Look, Option, plan_page
from usher.portal.sign_in.fresh import fresh_sign_in
from usher.portal.templatetags.usher import number

PATH = "/account/apps"
MOST_PEOPLE = 50  # that are shown of those an app works for


@page("access:app:view")
def all_apps(request: SignedIn) -> HttpResponse:
    """Every app of the account: whose rights it works with, whether it is on, and when it was last used."""
    context = {"apps": [described(a) for a in api_apps.apps(request.actor)], "may_manage": request.actor.may("access:app:manage")}
    return render(request, "account/apps.html", context)


@page("access:app:manage", ("GET", "POST"))
@fresh_sign_in()
def new_app(request: SignedIn) -> HttpResponse:
    """Make an app; the answer shows its secret, this once."""
    if request.method == "GET":
        return form(request, {"name": "", "scopes": scopes.ALL})
    given, for_people = given_in(request), request.POST.get("works_for") == "people"
    shown, public = given.get("redirects", "") if for_people else None, for_people and "is_public" in request.POST
    try:
        id, secret = api_apps.make(request.actor, given["name"], given.get("scopes"), key_of(request), redirects=shown, is_public=public)
    except Refused as refused:
        if refused.kind != "invalid":
            raise
        return form(request, {**given, "for_people": for_people, "is_public": public}, refused)
    return shown_once(request, id, secret)


@page("access:app:view", ("GET", "POST"))
def one_app(request: SignedIn, app_id: UUID) -> HttpResponse:
    """One app: its name and scopes, and what else can be done to it."""
    app = api_apps.app(request.actor, app_id)
    if request.method == "GET":
        return form(request, {"name": app["name"], "scopes": " ".join(app["scopes"]), "redirects": "\n".join(app["redirects"])}, app=app)
    given = given_in(request)
    wished = {k: v for k, v in given.items() if k == "name" or str(v).split() != app[k]}
    try:
        started = engine.start(plan(request.actor, "access.edit_app", {"app": app_id, **wished}), key_of(request))
    except Refused as refused:
        if refused.kind != "invalid":
            raise
        return form(request, given, refused, app)
    messages.success(request, _("Saved as C-%(n)s.") % {"n": started.number} if started.number else _("Nothing was different."))
    return HttpResponseRedirect(path_of(app), status=303)


@page("access:app:manage", ("GET", "POST"))
@fresh_sign_in()
def secret(request: SignedIn, app_id: UUID) -> HttpResponse:
    """Another secret; the one before is good for a day."""
    app = api_apps.app(request.actor, app_id)
    if request.method == "GET":
        return render(request, "account/app_rotate.html", {**crumbs(app, _("New secret")), "app": described(app), "key": uuid4().hex})
    return shown_once(request, app_id, api_apps.rotate(request.actor, app_id, key_of(request)))


@page("access:app:manage", ("POST",))
def state(request: SignedIn, app_id: UUID) -> HttpResponse:
    """Switch an app off, or on again."""
    app, on = api_apps.app(request.actor, app_id), request.POST.get("on") == "yes"
    engine.start(plan(request.actor, "access.edit_app", {"app": app_id, "is_on": on}), key_of(request))
    messages.success(request, _("The app is on.") if on else _("The app is off. Whatever works with it stopped at once."))
    return HttpResponseRedirect(path_of(app), status=303)


@page("access:app:manage", ("GET", "POST"))
def deletion(request: SignedIn, app_id: UUID) -> HttpResponseBase:
    """Delete an app, for good."""
    app = api_apps.app(request.actor, app_id)
    look = Look(
        title=_("Delete the app"),
        crumbs=crumbs(app, _("Delete"))["crumbs"],
        button=lambda n: _("Delete the app for good"),
        back=(_("Cancel"), path_of(app)),
        tally={"will": _("will be deleted")},
    )
    return plan_page(request, plan(request.actor, "access.delete_app", {"app": app_id}), look)


@page("access:app:manage", ("GET", "POST"))
def holder(request: SignedIn, app_id: UUID) -> HttpResponseBase:
    """Whose rights it works with: to whom it is handed, then the plan."""
    app, to = api_apps.app(request.actor, app_id), request.GET.get("to", "")
    options = [Option(short(p["id"]), f"{name_of(p)} ({p['email']})") for p in who_may_take(request.actor, app["creator_id"])]
    words = _("Somebody active who manages API apps. Give somebody a role that does first, if nobody fits.")
    look = Look(
        title=_("Hand the app over"),
        crumbs=crumbs(app, _("Hand over"))["crumbs"],
        button=lambda n: _("Hand the app over"),
        back=(_("Cancel"), path_of(app)),
        facts=[(_("Its secrets"), _("stay good")), (_("The tokens it has"), _("end; it asks for new ones"))],
        facts_words=_("What then"),
    )
    verb, params = "access.hand_over_app" if to else "", {"app": app_id, "to": full_id(to)}
    heading = _("Whose rights shall %(app)s work with?") % {"app": app["name"]}
    return plan_or_ask(request, verb, params, look, [Ask("to", _("New holder"), "select", to, options, words)], heading)


def form(request: SignedIn, given: dict[str, Any], refused: Refused | None = None, app: dict[str, Any] | None = None) -> HttpResponse:
    """Name and scopes, as they are or as they were typed."""
    actor = request.actor
    context = {
        **crumbs(app, "" if app else _("New app")),
        "app": described(app) if app else None,
        "given": given,
        "trouble": {"field": refused.field, "words": refused.words} if refused else {},
        "known": scopes.known(),
        "may_manage": actor.may("access:app:manage"),
        "hands": app is not None and (app["creator_status"] != "active" or actor.is_owner or app["creator_id"] == actor.user_id),
        "calls": calls_of(request, app) if app else None,
        "people": people_of(request, app) if app and app["for_people"] else None,
        "most": MOST_PEOPLE,
        "lends": app is None or actor.is_owner or app["creator_id"] == actor.user_id,
        "tries": app is not None and app["creator_id"] == actor.user_id and app["is_on"] and not app["for_people"],
        "key": uuid4().hex if request.method == "GET" else request.POST.get("key", ""),
    }
    return render(request, "account/app.html", context, status=422 if refused else 200)


def people_of(request: SignedIn, app: dict[str, Any]) -> list[dict[str, Any]]:
    """For whom it works, with their names."""
    return [{**c, "called": name_of(c)} for c in consents.of_app(request.actor, app["id"], MOST_PEOPLE)]


def calls_of(request: SignedIn, app: dict[str, Any]) -> dict[str, Any]:
    """How often it called in the last days, as a chart and a sentence for whoever does not see it."""
    days = app_calls.by_day(request.actor, app["id"])
    most = max(days, key=lambda d: d["calls"])
    told = {"n": number(sum(d["calls"] for d in days)), "most": number(most["calls"]), "day": long_day(most["day"])}
    sentence = _("Line chart. %(n)s calls in the last 30 days, at most %(most)s a day, on %(day)s.") % told if most["calls"] else ""
    return {"days": days, "sentence": sentence}


def given_in(request: SignedIn) -> dict[str, Any]:
    """What the form says; scopes and addresses as text, with one word for all scopes. What somebody cannot change is not sent."""
    chosen = {"some": request.POST.get("scopes", ""), "all": scopes.ALL}
    given = {
        "name": request.POST.get("name", ""),
        "scopes": chosen.get(request.POST.get("which", "")),
        "redirects": request.POST.get("redirects"),
    }
    return {name: value for name, value in given.items() if value is not None}


def shown_once(request: SignedIn, id: UUID, made: str | None) -> HttpResponse:
    """The secret, when this is the answer that made it."""
    app = api_apps.app(request.actor, id)
    context = {**crumbs(app, _("Secret")), "app": described(app), "account_id": short(request.actor.account_id), "secret": made}
    return render(request, "account/app_secret.html", context)


def described(app: dict[str, Any]) -> dict[str, Any]:
    """An app as pages show it."""
    return {
        **app,
        "path": path_of(app),
        "creator": name_of(app),
        "creator_path": f"/people/{short(app['creator_id'])}",
        "works": app["is_on"] and app["creator_status"] == "active",
        "all": app["scopes"] == [scopes.ALL],
    }


def path_of(app: dict[str, Any]) -> str:
    return f"{PATH}/{short(app['id'])}"


def crumbs(app: dict[str, Any] | None, here: str) -> dict[str, Any]:
    """Where one is; without `here`, on the page of the app itself."""
    trail = [(_("API apps"), PATH), *([(app["name"], path_of(app) if here else "")] if app else []), *([(here, "")] if here else [])]
    return {"crumbs": trail, "heading": here or (app["name"] if app else "")}
