"""What an account chooses about phones: the trash, the mail, site codes, automatic assignment (S1-25, S3-46), and what phones may do."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.names import listed
from usher.journal.verb import DONE, NO_SEATS, Part, Verb, register
from usher.phone.policy import POLICY, UNSAID, checked_policy
from usher.phone.reads import DEFAULTS

WORDS: dict[str, str | Promise] = {
    "soft_delete": gettext_lazy("Soft delete"),
    "welcome_mail": gettext_lazy("Welcome mail"),
    "site_codes": gettext_lazy("Site codes"),
    "automatic": gettext_lazy("Automatic phone assignment"),
}
UNSAID_OF_ALL = f"'{json.dumps(UNSAID)}'::jsonb"
NOW = "jsonb_build_object(" + ", ".join(f"'{k}', coalesce(o.{k}, {'true' if v else 'false'})" for k, v in DEFAULTS.items())
NOW += f", 'policy', {UNSAID_OF_ALL} || coalesce(o.policy, '{{}}'))"
DIFFERS = "(SELECT coalesce(jsonb_object_agg(key, value), '{{}}') FROM jsonb_each({of}) WHERE {other} ? key AND value <> {other}->key)"


def differing(of: str, other: str) -> str:
    """SQL: what of some settings is not as others say it. Of the policy it is the single choices, so that two people change two of them."""
    switches = DIFFERS.format(of=f"{of} - 'policy'", other=other)
    policy = DIFFERS.format(of=f"{of}->'policy'", other=f"({other}->'policy')")
    return f"{switches} || jsonb_strip_nulls(jsonb_build_object('policy', nullif({policy}, '{{}}')))"


class Chosen(Part):
    """The switches and the choices of the policy that change, each by itself. Parameter: wanted."""

    lock = ("accounts_account", "id")

    def rows(self, params: Mapping[str, Any]) -> str:
        before, after = differing("x.now", "x.wanted"), differing("x.wanted", "x.now")
        return f"""SELECT NULL::int AS subj, x.id AS obj, x.version, {before} AS before, {after} AS after, CASE WHEN x.now @> x.wanted THEN 'already' END AS skip, {NO_SEATS}
                   FROM (SELECT a.id, coalesce(o.version, 0) AS version, {NOW} AS now, %(wanted)s::jsonb AS wanted
                         FROM accounts_account a LEFT JOIN phone_settings o ON o.account_id = a.id WHERE a.id = %(account)s) x"""

    write = f"""
did AS (INSERT INTO phone_settings (account_id, {", ".join(DEFAULTS)}, policy, version)
  SELECT %(account)s, {", ".join(f"coalesce((ok.after->>'{k}')::boolean, {'true' if v else 'false'})" for k, v in DEFAULTS.items())},
    coalesce({UNSAID_OF_ALL} || (ok.after->'policy'), '{{}}'), 1 FROM ok
  ON CONFLICT (account_id) DO UPDATE SET {", ".join(f"{k} = coalesce((SELECT (ok.after->>'{k}')::boolean FROM ok), phone_settings.{k})" for k in DEFAULTS)},
  policy = coalesce((SELECT {UNSAID_OF_ALL} || phone_settings.policy || (ok.after->'policy') FROM ok), phone_settings.policy),
  version = phone_settings.version + 1 RETURNING account_id AS obj)"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, o.version, e.after AS before, e.before AS after, CASE WHEN NOT {NOW} @> e.after THEN 'changed' END AS skip, {NO_SEATS}
                   FROM journal_effect e LEFT JOIN phone_settings o ON o.account_id = e.obj WHERE {DONE}"""


@register
class ChangeSettings(Verb):
    """Change what the account chose about phones: soft_delete, welcome_mail, site_codes, automatic, each true or false; policy, what of policy.POLICY
    changes, for phones that say nothing themselves and whose site says nothing. What is not named stays.

    Site codes count for extensions that are given from then on; those people have stay as they are (docs/decisions/0077).
    """

    name = "phone.change_settings"
    privilege = "phone:settings:manage"
    parts = (Chosen(),)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if not params or any(k not in DEFAULTS or not isinstance(v, bool) for k, v in params.items() if k != "policy"):
            raise Refused("invalid", "settings", _("Say which of these is on or off: %(names)s.") % {"names": ", ".join(DEFAULTS)})
        if "policy" not in params:
            return dict(params)
        return {**params, "policy": checked_policy(params["policy"])}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"wanted": dict(params)}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("These settings of Phone will change: %(settings)s.") % {"settings": _told(params)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("Settings of Phone were changed: %(settings)s") % {"settings": _told(params)}


def _told(params: Mapping[str, Any]) -> str:
    on, off = _("%(name)s on"), _("%(name)s off")
    switches = [(on if value else off) % {"name": WORDS[key]} for key, value in params.items() if key in WORDS]
    return listed(switches + [str(POLICY[k][v]) for k, v in params.get("policy", {}).items()])
