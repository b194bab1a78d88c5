"""Words for an extension that somebody else has: whose it is, with the way to them for who may look, and which one is free (portal.md 14, sentence 15)."""

from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from usher.core.actor import Actor
from usher.core.ids import short
from usher.core.keyset import Row
from usher.core.refusals import Refused
from usher.phone.extensions import EXTENSION_TAKEN
from usher.phone.numbering import EXTENSION
from usher.phone.taken import next_free, who_has


def words_of_refusal(actor: Actor, refused: Refused, extension: str) -> str | SafeString:
    """Why somebody does not get this extension."""
    given = extension.strip()
    owner = who_has(actor, given) if refused.code.startswith(EXTENSION_TAKEN) and EXTENSION.fullmatch(given) else None
    return told(actor, _("Extension %(extension)s belongs to %(name)s."), given, owner) if owner else refused.words


def told(actor: Actor, words: str, extension: str, owner: Row) -> SafeString:
    """A sentence about an extension and whose it is, and which one is free."""
    free = next_free(actor, extension)
    is_free = _("%(extension)s is free.") % {"extension": free} if free else ""
    return format_html("{} {}", filled(words, extension=extension, name=named(actor, owner)), is_free)


def filled(words: str, **places: str) -> SafeString:
    """A translated sentence whose places may be marked up."""
    return SafeString(escape(words) % {name: conditional_escape(value) for name, value in places.items()})


def named(actor: Actor, owner: Row) -> str | SafeString:
    """Whoever has something, with the way to them for who may look."""
    path = f"/people/{short(owner['user_id'])}/phone" if owner["user_id"] else f"/phone/rooms/{short(owner['room_id'])}"
    if not actor.may("phone:user:view") or actor.scope:
        return escape(owner["name"])
    return format_html('<a class="u-link" href="{}">{}</a>', path, owner["name"])
