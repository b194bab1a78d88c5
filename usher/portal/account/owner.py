"""Account, Owner: handing the account to another owner (behaviour.md I). A plan that is for good: a fresh sign-in, and the new owner's name is typed."""

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from usher.access.owner_transfer import who_may_own
from usher.core.ids import short
from usher.portal.page import SignedIn, page
from usher.portal.people.belonging import Ask, full_id, plan_or_ask
from usher.portal.plan_page import Look, Option

PATH = "/account/owner"


@page("access:owner:manage", ("GET", "POST"))
def owner(request: SignedIn) -> HttpResponseBase:
    """To whom, of the active admins; then the plan. Only the owner sees this page."""
    to = request.GET.get("to", "")
    options = [Option(short(p["id"]), f"{p['name']} ({p['email']})") for p in who_may_own(request.actor)]
    words = _("An active admin. Make somebody an admin first, by Set role, if nobody fits.")
    ask = Ask("to", _("New owner"), "select", to, options, words)
    look = Look(
        title=_("Owner"),
        crumbs=[(_("Owner"), PATH)],
        button=lambda n: _("Hand the account over"),
        back=(_("Cancel"), "/account"),
        tally={"will": _("becomes the owner")},
        facts=[(_("The new owner"), _("may do everything here")), (_("You"), _("become an admin")), (_("Both"), _("get a mail"))],
        facts_words=_("What then"),
    )
    return plan_or_ask(request, "access.transfer_ownership" if to else "", {"to": full_id(to)}, look, [ask], heading(options))


def heading(options: list[Option]) -> str:
    """The question, or that there is nobody to choose."""
    if not options:
        return _("Nobody can be the new owner yet: there is no active admin")
    return _("To whom shall the account go?")
