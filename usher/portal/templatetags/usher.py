"""Small words and marks for templates. Everything here is pure and escapes what it shows."""

import hashlib
from datetime import date, datetime
from functools import cache
from pathlib import Path
from uuid import UUID
from zlib import crc32

from django import template
from django.conf import settings
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from usher.core.ids import short as short_id
from usher.journal.names import figure, long_day

register = template.Library()
STATIC = Path(__file__).parent.parent / "static"


@register.simple_tag
def asset(path: str) -> str:
    """The address of one of our static files, with a mark of its content, so that caches may keep it for ever."""
    return f"{settings.STATIC_URL}{path}?v={mark_of(path)}"


@cache
def mark_of(path: str) -> str:
    file = STATIC / path
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10] if file.is_file() else "none"


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """An icon of the sprite; the words stand beside it or in an aria-label."""
    return format_html('<svg class="ti {}" aria-hidden="true"><use href="{}#{}"/></svg>', extra, asset("vendor/icons.svg"), name)


@register.filter
def number(value: int | None) -> str:
    """12345 -> "12,345", or as the language of the page groups it."""
    return "" if value is None else figure(value)


@register.filter
def short(value: UUID) -> str:
    """An id as it stands in addresses."""
    return short_id(value)


@register.simple_tag
def avatar(name: str, size: str = "") -> SafeString:
    """Initials on one of eight calm colors, always the same for a name."""
    words = [w for w in name.replace("@", " ").split() if w]
    initials = (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper() if words else "?"
    return format_html('<span class="u-ava k{} {}" aria-hidden="true">{}</span>', crc32(name.encode()) % 8, size, initials)


@register.simple_tag
def status(kind: str, words: str | Promise) -> SafeString:
    """A dot and a word: ok, pend, off, warn, bad, run."""
    return format_html('<span class="u-st {}">{}</span>', kind, words)


@register.simple_tag
def when(moment: datetime | None, never: str = "") -> SafeString | str:
    """In lists: today as a time, this year as "Nov 20", else with the year; the exact time and zone in the title."""
    if moment is None:
        return never or _("Never")
    local, now = timezone.localtime(moment), timezone.localtime()
    this_year = pgettext("a day of this year in lists, as Django writes dates", "M j")
    other_year = pgettext("a day of another year in lists, as Django writes dates", "M j, Y")
    shape = "H:i" if local.date() == now.date() else this_year if local.year == now.year else other_year
    exact_shape = pgettext("a moment, as Django writes dates", "j F Y, H:i:s")
    exact = f"{formats.date_format(local, exact_shape)} {local.tzname()}"
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(), exact, formats.date_format(local, shape))


@register.filter
def day(moment: datetime | date | None) -> str:
    """In sentences: "31 December 2026", by the clock of whoever reads it."""
    if moment is None:
        return ""
    return long_day(timezone.localtime(moment).date() if isinstance(moment, datetime) else moment)


@register.filter
def exactly(moment: datetime) -> str:
    """A moment with its zone: "9 March 2024, 12:00 CET"."""
    local = timezone.localtime(moment)
    shape = pgettext("a moment to the minute, as Django writes dates", "j F Y, H:i")
    return f"{formats.date_format(local, shape)} {local.tzname()}"


@register.filter
def share(part: int, whole: int) -> str:
    """A width attribute for bars: "42.31%", never beyond the whole."""
    return f"{100 * min(max(part, 0), whole) / whole:.2f}%" if whole else "0%"


@register.filter
def floor(value: int) -> int:
    """Never below nothing: free seats after a plan that finds too few."""
    return max(0, value)


@register.filter
def share_of(part: int, rest: int) -> str:
    """A width attribute: the part of part and rest."""
    return share(part, part + rest)
