"""What a scope of one's own opens, in words for whoever agrees to an app: no more than the area it is of (OAUTH-21)."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from usher.access import scopes

SEES: dict[str, str | Promise] = {
    "meetings": _("see your own meetings"),
    "webinars": _("see your own webinars"),
    "recordings": _("see your own recordings, and fetch them"),
}
CHANGES: dict[str, str | Promise] = {
    "meetings": _("schedule, change and delete your own meetings"),
    "webinars": _("schedule, change and delete your own webinars"),
    "recordings": _("put your own recordings in the trash"),
}


def register(names: Iterable[str], area: str, method: str) -> None:
    """Scopes that an operation asks for of oneself: of content in words of their own, of everything else as what everybody may of themselves."""
    words, other, what = (SEES, scopes.OWN, "own {} seen") if method == "GET" else (CHANGES, scopes.OWN_CHANGES, "own {}")
    if area in words:
        scopes.register_own(names, what.format(area), words[area])
    else:
        scopes.register(names, other)
