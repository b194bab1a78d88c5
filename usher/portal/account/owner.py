"""Account, Owner: asking an active admin to own the account, and their answer (behaviour.md I). Yes is a plan that is for good: a fresh sign-in, and one's name is typed."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from usher.access.owner_offer import answer, open_question, question_to
from usher.access.owner_transfer import who_may_own
from usher.core.ids import short, uuid7
from usher.journal import engine
from usher.portal.page import SignedIn, member_page, page
from usher.portal.people.belonging import Ask, full_id, plan_or_ask
from usher.portal.plan_page import Look, Option, plan_page

PATH, OWN_PATH = "/account/owner", "/me/ownership"


@page("access:owner:manage", ("GET", "POST"))
def owner(request: SignedIn) -> HttpResponseBase:
    """Whom to ask, of the active admins; then the plan. While somebody is asked: who, and the way back. Only the owner sees this page."""
    asked = open_question(request.actor)
    if asked and request.method == "GET":
        return render(request, "account/owner_asked.html", {"asked": asked})
    to = request.GET.get("to", "")
    options = [Option(short(p["id"]), f"{p['name']} ({p['email']})") for p in who_may_own(request.actor)]
    words = _("An active admin. Make somebody an admin first, by Set role, if nobody fits.")
    ask = Ask("to", _("New owner"), "select", to, options, words)
    look = Look(
        title=_("Owner"),
        crumbs=[(_("Owner"), PATH)],
        button=lambda n: _("Ask them"),
        back=(_("Cancel"), PATH),
        tally={"will": _("is asked")},
        facts=[
            (_("The new owner"), _("signs in once more and says yes, within 7 days")),
            (_("Then"), _("they may do everything here, and you are an admin")),
            (_("Until then"), _("nothing changes, and you can take it back")),
        ],
        facts_words=_("What then"),
        then=PATH,
    )
    return plan_or_ask(request, "access.offer_ownership" if to else "", {"to": full_id(to)}, look, [ask], heading(options))


def heading(options: list[Option]) -> str:
    """The question, or that there is nobody to choose."""
    if not options:
        return _("Nobody can be the new owner yet: there is no active admin")
    return _("To whom shall the account go?")


@member_page(("GET", "POST"))
def ownership(request: SignedIn) -> HttpResponseBase:
    """What whoever is asked will own, and the button; beside it the way to say no. Nobody else is led on."""
    asked = open_question(request.actor)
    if asked is None or asked["user_id"] != request.actor.user_id:
        return HttpResponseRedirect("/")
    look = Look(
        title=_("Own this account"),
        crumbs=[(_("Own this account"), "")],
        button=lambda n: _("Own this account"),
        back=(_("Not now"), "/"),
        tally={"will": _("becomes the owner")},
        facts=[(_("You"), _("may do everything here")), (asked["owner"], _("becomes an admin")), (_("Both"), _("get a mail"))],
        facts_words=_("What then"),
        inset="account/owner_question.html",
        told={"asked": asked},
    )
    return plan_page(request, answer(request.actor, "access.accept_ownership"), look)


@member_page(("POST",))
def ownership_refusal(request: SignedIn) -> HttpResponseBase:
    """No: the question is over, and everything stays as it is."""
    asked = question_to(request.actor)
    engine.start(answer(request.actor, "access.decline_ownership"), f"decline-ownership:{uuid7()}")
    messages.success(request, _("You said no. %(name)s stays the owner.") % {"name": asked["owner"]})
    return HttpResponseRedirect("/", status=303)
