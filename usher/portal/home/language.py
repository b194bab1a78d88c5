"""The language of the portal: everybody chooses their own."""

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect

from usher.people.verbs.language import choose_language
from usher.portal.page import SignedIn, member_page, own_path


@member_page(("POST",))
def language(request: SignedIn) -> HttpResponse:
    """Keep the person's language, and go back. An unknown one changes nothing."""
    wish = request.POST.get("language", "")
    if wish in dict(settings.LANGUAGES) and wish != request.actor.languages[0]:
        choose_language(request.actor, wish)
    return HttpResponseRedirect(own_path(request.POST.get("next", "/"), request), status=303)
