"""What a phone may do, and which level says so: the phone itself, else its site, else the account, else the first choice (docs/decisions/0121).

A template is applied and not inherited: what it sets is the phone's own from then on, and wins over what the phone had (S3-16; behaviour.md L).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.core.refusals import Refused

# Key -> its choices with their words. The first holds where no level says one.
POLICY: dict[str, dict[str, str | Promise]] = {
    "voicemail": {"on": gettext_lazy("Voicemail on"), "off": gettext_lazy("Voicemail off")},
    "recording": {"off": gettext_lazy("Never recorded"), "ask": gettext_lazy("Recorded on demand"), "on": gettext_lazy("Always recorded")},
    "waiting": {"on": gettext_lazy("Call waiting on"), "off": gettext_lazy("Call waiting off")},
}
UNSAID = {name: next(iter(choices)) for name, choices in POLICY.items()}
# Of a phone h: what its site, the account and its template say, beside `policy`, which is its own.
LEVELS = """coalesce((SELECT z.policy FROM phone_site z WHERE z.site_id = h.site_id), '{}') AS of_site,
  coalesce((SELECT o.policy FROM phone_settings o WHERE o.account_id = h.account_id), '{}') AS of_account,
  coalesce((SELECT t.policy FROM phone_template t WHERE t.id = h.template_id), '{}') AS of_template"""


@dataclass(frozen=True)
class Holds:
    """The choice that holds, and who says it: phone, template (the phone's own, as its template sets it), site, account; empty where nobody does."""

    choice: str
    of: str


def holding(row: Mapping[str, Any], name: str) -> Holds:
    """What holds of one setting for a phone, a row with `policy` and LEVELS."""
    own = row["policy"].get(name)
    if own:
        return Holds(own, "template" if row["of_template"].get(name) == own else "phone")
    return above(row, name)


def above(row: Mapping[str, Any], name: str) -> Holds:
    """What holds for a phone that says nothing itself."""
    said = ((of, row[f"of_{of}"][name]) for of in ("site", "account") if name in row[f"of_{of}"])
    of, choice = next(said, ("", UNSAID[name]))
    return Holds(choice, of)


def whole(row: Mapping[str, Any]) -> dict[str, str]:
    """All of it, as it holds for a phone."""
    return {name: holding(row, name).choice for name in POLICY}


def checked_policy(given: Any) -> dict[str, str]:
    """Some of POLICY, or Refused (invalid, policy)."""
    given = given or {}
    if not isinstance(given, dict) or any(k not in POLICY or v not in POLICY[k] for k, v in given.items()):
        raise Refused("invalid", "policy", _("There is no such phone setting."), field="policy")
    return {k: str(v) for k, v in sorted(given.items())}


def checked_change(given: Any) -> dict[str, str | None]:
    """The same of one phone, where a setting without a choice is left to the levels above: null."""
    left = {k: None for k, v in given.items() if v in (None, "") and k in POLICY} if isinstance(given, dict) else {}
    return {**checked_policy({k: v for k, v in given.items() if k not in left} if left else given), **left}
