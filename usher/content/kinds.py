"""The kinds of content, how they occur, and the lists they stand in, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext

from usher.journal.names import figure

KINDS: dict[str, Promise] = {
    "meeting": gettext_lazy("Meeting"),
    "webinar": gettext_lazy("Webinar"),
    "recording": gettext_lazy("Recording"),
    "whiteboard": gettext_lazy("Whiteboard"),
    "note": gettext_lazy("Note"),
}
MANY: dict[str, Promise] = {
    "meeting": gettext_lazy("Meetings"),
    "webinar": gettext_lazy("Webinars"),
    "recording": gettext_lazy("Recordings"),
    "whiteboard": gettext_lazy("Whiteboards"),
    "note": gettext_lazy("Notes"),
}
# How an item of a kind may occur; the first is meant when nothing is said.
OCCURS: dict[str, tuple[str, ...]] = {
    "meeting": ("once", "recurring", "personal"),
    "webinar": ("once", "recurring"),
    "recording": ("",),
    "whiteboard": ("",),
    "note": ("",),
}
OCCURRENCE: dict[str, Promise] = {
    "once": gettext_lazy("One time"),
    "recurring": gettext_lazy("Recurring"),
    "personal": gettext_lazy("Personal room"),
}
SHELVES: dict[str, Promise] = {
    "meetings": gettext_lazy("Meetings"),
    "webinars": gettext_lazy("Webinars"),
    "recordings": gettext_lazy("Recordings"),
    "boards": gettext_lazy("Whiteboards & notes"),
}


def length_in_words(seconds: int) -> str:
    """Minutes as the language writes numbers; seconds below a minute."""
    if seconds < 60:
        return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}
    minutes = round(seconds / 60)
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": figure(minutes)}
