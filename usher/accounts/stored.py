"""Settings that programs keep here: what one may be, how many there are, and the part that merges them. Nothing here acts on them; what acts has a verb of its own.

A row holds them flat, by dotted names (`in_meeting.chat`), so that a merge is one statement and the journal names only what changes (docs/decisions/0066).
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.core import sql
from usher.core.actor import Actor
from usher.core.free_form import is_secret, is_sound
from usher.core.refusals import Refused
from usher.core.sealed import Unreadable, anew, seal, unseal
from usher.journal.names import figure
from usher.journal.verb import DONE, NO_SEATS, Part, reason

FULL = reason("settings_full", gettext_lazy("there is no room for more settings here"), refused=True)
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
# What lets somebody in is kept sealed, and the journal has the sealed form only (SECRET-01).
PURPOSE = "stored setting"
DEEPEST, MOST, MOST_BYTES = 10, 2_000, 256 * 1024  # levels of objects and lists; settings of one row, and their size
SETTINGS, LOCKS = "settings", "locks"  # the settings themselves, and which of them nobody below may say otherwise
PARTS = (SETTINGS, LOCKS, "meeting_authentication", "recording_authentication", "profile", "phone")


def leaves(given: Any) -> dict[str, Any]:
    """An object of objects as dotted name -> value. A list is one value; null and an empty object say nothing. Refused (invalid) for what is no setting."""
    found: dict[str, Any] = {}
    _gather(given, "", 1, found)
    if len(found) > MOST:
        raise Refused("invalid", "too_many_settings", _("At most %(n)s settings at once.") % {"n": figure(MOST)})
    return found


def _gather(given: Any, above: str, depth: int, found: dict[str, Any]) -> None:
    if not isinstance(given, Mapping) or depth > DEEPEST:
        raise Refused(
            "invalid", "bad_setting", _("Settings are an object of at most %(n)s levels.") % {"n": DEEPEST}, field=above[:-1][:200]
        )
    for name, value in given.items():
        if not NAME.fullmatch(name):
            words = _("The name of a setting is a letter and then letters, digits, _ or -, 64 at most.")
            raise Refused("invalid", "bad_setting", words, field=above[:-1][:200])
        if isinstance(value, Mapping):
            _gather(value, f"{above}{name}.", depth + 1, found)
        elif value is not None:
            _refuse_unsound(value, f"{above}{name}", depth + 1)
            found[above + name] = value


def _refuse_unsound(value: Any, field: str, depth: int) -> None:
    """Refuse what the database cannot keep as it is: characters that are none, numbers that are none, lists without end."""
    if not is_sound(value, DEEPEST - depth):
        raise Refused("invalid", "bad_setting", _("This is no value of a setting."), field=field[:200])


def nested(flat: Mapping[str, Any], owner: object) -> dict[str, Any]:
    """The object of objects that a row stands for, opened. What cannot be opened, because the key is another, is left out."""
    whole: dict[str, Any] = {}
    for name, kept in sorted(flat.items()):
        try:
            value = json.loads(unseal(kept["sealed"], PURPOSE, owner)) if isinstance(kept, Mapping) else kept
        except Unreadable:
            continue
        *above, last = name.split(".")
        place = whole
        for step in above:
            if not isinstance(place.get(step), dict):
                place[step] = {}
            place = place[step]
        place[last] = value
    return whole


def opened(actor: Actor, right: str, flat: Mapping[str, Any], owner: object) -> dict[str, Any]:
    """The same as this actor may read it: secrets only with the right to change them, here `right`."""
    return nested(flat if actor.may(right) else {name: value for name, value in flat.items() if not isinstance(value, Mapping)}, owner)


def sealed(wish: Mapping[str, Any], now: Mapping[str, Any], owner: object) -> dict[str, Any]:
    """The same with every secret sealed. One that is kept already stays the text it is, so that the same wish is told as the same."""
    return {name: _kept(value, now.get(name), owner) if is_secret(name, value) else value for name, value in wish.items()}


def _kept(value: Any, now: Any, owner: object) -> Any:
    told = json.dumps(value)
    if isinstance(now, Mapping):
        try:
            if unseal(now["sealed"], PURPOSE, owner) == told:
                return now
        except Unreadable:
            pass
    return {"sealed": seal(told, PURPOSE, owner)}


def above(names: Iterable[str]) -> dict[str, bool]:
    """Every name that stands over one of these: what stops being a value when it becomes an object."""
    return {".".join(steps[:n]): True for steps in (name.split(".") for name in names) for n in range(1, len(steps))}


def rows_of(table: str, key: str, owner: object) -> dict[str, dict[str, Any]]:
    """part -> its settings, flat and as they are kept."""
    return {r["part"]: r["values"] for r in sql.rows(f"SELECT part, values FROM {table} WHERE {key} = %(o)s", {"o": owner})}


def checked(wish: Mapping[str, Any], part: Any, gone: Iterable[str], now: Mapping[str, Any], owner: object) -> dict[str, Any]:
    """`part` and `settings` as they are journaled: dotted name -> value, null for one that goes. Refused (invalid) when there is none."""
    if part not in PARTS:
        raise Refused("invalid", "unknown_setting", _("Known: %(names)s.") % {"names": ", ".join(PARTS)}, field="part")
    found = leaves(wish)
    if part == LOCKS and not all(value is True for value in found.values()):
        raise Refused("invalid", "bad_setting", _("A lock is there or it is not."), field=LOCKS)
    return {"part": part, "settings": {**sealed(found, now, owner), **dict.fromkeys(gone)}}


def terms(params: Mapping[str, Any]) -> dict[str, Any]:
    """The same as the part asks for them."""
    return {"part": params["part"], "wish": sql.Jsonb(params["settings"]), "above": sql.Jsonb(above(params["settings"]))}


def seal_anew(table: str, key: str) -> None:
    """Seal with the present key what an older one sealed. Nothing to do while there is none."""
    if not settings.SECRET_KEY_FALLBACKS:
        return
    query = f"""SELECT t.{key} AS owner, t.part, v.key AS name, v.value AS kept FROM {table} t CROSS JOIN LATERAL jsonb_each(t.values) v
                WHERE t.values @? '$.*.sealed' AND jsonb_typeof(v.value) = 'object'"""
    for found in sql.rows(query):
        old, owner = found["kept"]["sealed"], found["owner"]
        if new := anew(old, PURPOSE, owner):
            sql.execute(
                f"""UPDATE {table} SET values = values || jsonb_build_object(%(name)s::text, jsonb_build_object('sealed', %(new)s::text))
                    WHERE {key} = %(owner)s AND part = %(part)s AND values->%(name)s->>'sealed' = %(old)s""",
                {"name": found["name"], "new": new, "old": old, "owner": owner, "part": found["part"]},
            )


# A value whose name goes on from one that is wished for: it would stand below a value. A row is opened once and joined, however many names it has.
BELOW_A_WISH = """EXISTS (SELECT 1 FROM string_to_array(s.key, '.') n, generate_series(1, cardinality(n) - 1) i
                     WHERE %(wish)s::jsonb ? array_to_string(n[:i], '.'))"""


class StoredPart(Part):
    """One row of settings, merged. Parameters: part, wish (name -> value, null takes it away), above. A list is replaced as a whole."""

    table: ClassVar[str]
    key: ClassVar[str]  # the column of whoever they belong to
    hinders: ClassVar[str] = ""  # WHEN … THEN of an undo, about e.obj

    def owner(self, params: Mapping[str, Any]) -> str:
        """SELECT obj, told (what names it in the journal), barred (a reason, or null)."""
        raise NotImplementedError

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, o.obj, coalesce(t.version, 0) AS version, o.told || jsonb_build_object('settings', d.before) AS before,
                   o.told || jsonb_build_object('settings', d.after) AS after,
                   CASE WHEN o.barred IS NOT NULL THEN o.barred WHEN d.after = '{{}}' THEN 'already'
                        WHEN f.n > {MOST} OR f.bytes > {MOST_BYTES} THEN '{FULL}' END AS skip, {NO_SEATS}
                   FROM ({self.owner(params)}) o LEFT JOIN {self.table} t ON t.{self.key} = o.obj AND t.part = %(part)s::text
                   CROSS JOIN LATERAL (
                     SELECT coalesce(jsonb_object_agg(c.key, c.old), '{{}}') AS before, coalesce(jsonb_object_agg(c.key, c.new), '{{}}') AS after
                     FROM (SELECT coalesce(w.key, s.key) AS key, coalesce(s.value, 'null') AS old, coalesce(w.value, 'null') AS new
                           FROM jsonb_each(%(wish)s::jsonb) w FULL JOIN jsonb_each(t.values) s ON s.key = w.key
                           WHERE CASE WHEN w.key IS NULL THEN %(above)s::jsonb ? s.key OR {BELOW_A_WISH} ELSE coalesce(s.value, 'null') <> w.value END) c) d
                   CROSS JOIN LATERAL (SELECT count(*) AS n, sum(octet_length(x.key) + octet_length(x.value::text)) AS bytes
                     FROM jsonb_each(coalesce(t.values, '{{}}') || d.after) x WHERE x.value <> 'null') f"""

    @property
    def write(self) -> str:  # type: ignore[override]
        """Whoever writes holds the owner's row, so the row of settings is as it was read, or the guard sees it."""
        wished, of_account = "ok.after->'settings'", self.key == "account_id"
        columns, values = (self.key, "ok.obj") if of_account else (f"account_id, {self.key}", "%(account)s, ok.obj")
        return f"""
kept AS (UPDATE {self.table} t SET values = {_without_nulls(f"t.values || ({wished})")}, version = t.version + 1 FROM ok
  WHERE t.{self.key} = ok.obj AND t.part = %(part)s::text AND NOT {_differ("t.values", "ok.before->'settings'")} RETURNING t.{self.key} AS obj),
made AS (INSERT INTO {self.table} ({columns}, part, values, version) SELECT {values}, %(part)s::text, {_without_nulls(wished)}, 1 FROM ok
  WHERE NOT {_differ("'{}'::jsonb", "ok.before->'settings'")}
  AND NOT EXISTS (SELECT 1 FROM {self.table} t WHERE t.{self.key} = ok.obj AND t.part = %(part)s::text) RETURNING {self.key} AS obj),
did AS (SELECT obj FROM kept UNION ALL SELECT obj FROM made)"""

    @property
    def back_write(self) -> str:  # type: ignore[override]
        return self.write

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, coalesce(t.version, 0) AS version, e.after AS before, e.before AS after,
                   CASE {self.hinders} WHEN {_differ("coalesce(t.values, '{}')", "e.after->'settings'")} THEN 'changed' END AS skip, {NO_SEATS}
                   FROM journal_effect e LEFT JOIN {self.table} t ON t.{self.key} = e.obj AND t.part = %(part)s::text WHERE {DONE}"""


def _differ(values: str, told: str) -> str:
    """SQL that is true when a row has other values than these; null stands for none."""
    return f"EXISTS (SELECT 1 FROM jsonb_each({told}) b LEFT JOIN jsonb_each({values}) v ON v.key = b.key WHERE coalesce(v.value, 'null') <> b.value)"


def _without_nulls(values: str) -> str:
    return f"(SELECT coalesce(jsonb_object_agg(n.key, n.value), '{{}}') FROM jsonb_each({values}) n WHERE n.value <> 'null')"
