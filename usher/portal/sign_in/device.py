"""A browser's name for itself, in words a person knows their devices by. A guess for the eye; nothing is decided by it."""

from django.utils.translation import gettext as _

BROWSERS = {
    "Edg/": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "CriOS/": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "CrOS": "ChromeOS",
    "Mac OS X": "Mac",
    "Linux": "Linux",
}


def device_of(agent: str) -> str:
    """Like "Firefox on Linux"."""
    browser = next((words for mark, words in BROWSERS.items() if mark in agent), "")
    system = next((words for mark, words in SYSTEMS.items() if mark in agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or agent[:40] or _("Unknown device")
