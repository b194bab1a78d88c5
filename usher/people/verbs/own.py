"""What people choose for themselves: language, time zone, theme, single keys, a mail when long work ends."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import available_timezones

from django.utils.translation import gettext as _

from usher.core.actor import Actor
from usher.core.ids import uuid7
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.verb import Part, Verb, plan, register

OWN = "people:self:manage"
CODE = re.compile(r"[a-z]{2,3}(-[a-z]{2,4})?")
THEMES = ("auto", "light", "dark")
# Each setting with what it may be. The columns of people_user have the same names.
SETTINGS: dict[str, Callable[[Any], bool]] = {
    "language": lambda value: isinstance(value, str) and (value == "" or CODE.fullmatch(value) is not None),  # empty: as the browser asks
    "time_zone": lambda value: value in available_timezones(),
    "theme": lambda value: value in THEMES,
    "single_keys": lambda value: isinstance(value, bool),
    "mail_when_done": lambda value: isinstance(value, bool),
}


def choose(actor: Actor, settings: dict[str, Any]) -> None:
    """Keep the actor's own settings; those that are not named stay as they are."""
    own = replace(actor, privileges=frozenset({OWN}))
    engine.start(plan(own, ChooseSettings.name, {"settings": settings}), f"{ChooseSettings.name}:{uuid7()}")


def values(of: str) -> str:
    """The settings in a row of people_user as one jsonb."""
    pairs = ", ".join(f"'{name}', {of}.{name}" for name in SETTINGS)
    return f"jsonb_build_object({pairs})"


class OwnSettings(Part):
    """The actor's own columns. Parameter: settings, of which only those that differ are written."""

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, s.user_id AS obj, s.version, now.before, now.before || now.after AS after,
                   CASE WHEN now.before IS NULL THEN 'already' END AS skip, NULL::text AS takes, NULL::text AS gives
                   FROM people_standing s JOIN people_user u ON u.id = s.user_id CROSS JOIN LATERAL (
                     SELECT jsonb_object_agg(w.key, {values("u")}->w.key) AS before, jsonb_object_agg(w.key, w.value) AS after
                     FROM jsonb_each(%(settings)s::jsonb) w WHERE w.value <> {values("u")}->w.key) now
                   WHERE s.account_id = %(account)s AND s.user_id = %(actor)s"""

    write = f"""did AS (UPDATE people_user t SET language = coalesce(ok.after->>'language', t.language),
                  time_zone = coalesce(ok.after->>'time_zone', t.time_zone), theme = coalesce(ok.after->>'theme', t.theme),
                  single_keys = coalesce((ok.after->>'single_keys')::boolean, t.single_keys),
                  mail_when_done = coalesce((ok.after->>'mail_when_done')::boolean, t.mail_when_done)
                FROM ok WHERE t.id = ok.obj AND t.left_at IS NULL AND {values("t")} @> ok.before RETURNING t.id AS obj)"""


@register
class ChooseSettings(Verb):
    """Choose some of the own settings. Refuses (forbidden) who is no person, (invalid) what is no setting or none of its values."""

    name = "people.choose_settings"
    keeps_scope = True
    privilege = OWN
    parts = (OwnSettings(),)
    undoable = False

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if actor.user_id is None:
            raise Refused("forbidden", "no_person", _("Only people have settings of their own."))
        wanted = params.get("settings")
        if not isinstance(wanted, dict) or not wanted or not wanted.keys() <= SETTINGS.keys():
            raise Refused("invalid", "no_setting", _("The settings are %(names)s.") % {"names": ", ".join(SETTINGS)}, field="settings")
        for name, value in wanted.items():
            if not SETTINGS[name](value):
                raise Refused("invalid", f"bad_{name}", _("This is no value of %(name)s.") % {"name": name}, field=name)
        return {"settings": wanted}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("Your own settings will change.")

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("Own settings were changed")
