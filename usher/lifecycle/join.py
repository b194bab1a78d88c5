"""Inviting people: from a file, from addresses typed into a form, from the command line. One verb for all of them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.accounts.models import Account
from usher.accounts.plans import require
from usher.core.actor import Actor
from usher.core.refusals import Refused, filled
from usher.journal.names import figure, listed
from usher.journal.plan import words_of
from usher.journal.rows import sample
from usher.journal.verb import Plan, Verb, plan, register
from usher.licenses.catalog import BASIC, PRODUCTS, WORKPLACE, clashes, what_is_wrong
from usher.licenses.verbs import refuse_switched_off
from usher.people.named import closest_groups, group_named, id_of, manager_named, no_group_words

from .allotting import carrying
from .lines import OnePerson
from .models import Stage
from .more_columns import ADDED
from .parts import AddOnsOfNewPeople, NewPeople
from .staging import find, mode_of

AT_ONCE = ("login", "no_login", "sso")  # how somebody is let in whom nobody asks
SHARED = ("department", "job_title", "location")
LONGEST_SHARED = {"department": 128, "job_title": 128, "location": 256}


def choices_of(actor: Actor, given: Mapping[str, Any]) -> dict[str, Any]:
    """What all people of one invitation share, checked: license, add_ons, department, job_title, location, group, im_group, manager.

    Refuses (invalid) what does not exist in this account, what the license does not carry, and a switched-off type (S0-21 … S0-28, S0-42 … S0-45).
    """
    license = str(given.get("license") or BASIC)
    add_ons = sorted({str(a) for a in given.get("add_ons") or ()})
    wrong = what_is_wrong(license, add_ons)
    if wrong:
        raise Refused("invalid", "products", wrong, field="license" if license not in PRODUCTS else "add_ons")
    refuse_switched_off(actor, license)
    out: dict[str, Any] = {"license": license, "add_ons": add_ons}
    for name in SHARED:
        text = str(given.get(name) or "").strip()
        if len(text) > LONGEST_SHARED[name] or not text.isprintable():
            words = _("At most %(n)s characters, on one line.") % {"n": LONGEST_SHARED[name]}
            raise Refused("invalid", "too_long", words, field=name)
        out[name] = text
    for field, kind in (("group", "user"), ("im_group", "im")):
        out[field] = group_named(actor, kind, given[field], field)["group"] if given.get(field) else None
    out["manager"] = manager_named(actor, given["manager"]) if given.get("manager") else None
    return out


def switched_off(account: Account) -> list[str]:
    """The licenses that nobody can be given, because the account has switched off what they need (S0-23, S0-44)."""
    return [p.code for p in WORKPLACE if p.setting and not getattr(account, p.setting)]


@register
class Invite(Verb):
    """Invite the people of a stage as pending; each takes a pending seat of the license and of every add-on (S0-32, S1-18, S1-19).

    Refused per line: what is wrong in the line, a second line of the same person. Left alone: who is here already (counted as unchanged).
    With `at_once` (login, no_login or sso) they are let in in the same transaction (letting_in.py), which takes the mail back.
    With `waits`, whoever finds no seat is invited with what is free and waits for the rest (S0-57).
    """

    queues = True
    name = "lifecycle.invite"
    privilege = "people:user:manage"
    parts = (NewPeople(), AddOnsOfNewPeople())
    unchanged = frozenset({"already", "exists"})
    makes_new = True
    lost = gettext_lazy("The mail was sent and cannot be called back; its link stops working.")
    then = ("mail.deliver",)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        at_once = {"at_once": params["at_once"]} if params.get("at_once") in AT_ONCE else {}
        if params.get("person"):
            return {"person": params["person"], **at_once, "lines": 1, "source": "api", **choices_of(actor, params)}
        id = id_of(str(params.get("stage")))
        stage = find(actor, id) if id else None
        if stage is None or mode_of(stage) != "add":
            raise Refused("missing", "not_found", _("This import is not here any more. Upload the file again."))
        if stage.source == "csv":
            require(actor, "import")
        more = [c for c in stage.choices.get("columns", ()) if c in ADDED]
        waits = {"waits": True} if params.get("waits") else {}
        told = {
            "stage": str(stage.id),
            **waits,
            **at_once,
            "lines": stage.lines,
            "source": stage.source,
            "file": stage.filename,
            **choices_of(actor, params),
        }
        if not more:
            return told
        return {**told, "columns": more, "off": switched_off(Account.objects.get(pk=actor.account_id))}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {
            **{k: params[k] for k in ("license", "add_ons", "group", "im_group", "manager", *SHARED)},
            "stage": params.get("stage"),
            "person": params.get("person"),
            "came_in": "sso" if params.get("at_once") == "sso" else {"csv": "import", "api": "api"}.get(params["source"], "added"),
            "off": params.get("off"),
            "clashes": clashes(),
            "waits": params.get("waits"),
            **carrying(),
        }

    def waiting(self, params: dict[str, Any]) -> dict[str, Any]:
        return {**params, "waits": True}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return bool(params["lines"] == 1 and not params["add_ons"] and not params.get("columns") and not params.get("waits"))

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext("%(n)s\u00a0person will be invited as %(license)s.", "%(n)s\u00a0people will be invited as %(license)s.", will)
        if by_line(params):
            told = ngettext(
                "%(n)s\u00a0person will be invited, with what their line says.",
                "%(n)s\u00a0people will be invited, each with what their line says.",
                will,
            )
        elif params["add_ons"]:
            told = ngettext(
                "%(n)s\u00a0person will be invited as %(license)s with %(add_ons)s.",
                "%(n)s\u00a0people will be invited as %(license)s with %(add_ons)s.",
                will,
            )
        add_ons = listed([PRODUCTS[a].name for a in params["add_ons"]])
        return told % {"n": figure(will), "license": PRODUCTS[params["license"]].name, "add_ons": add_ons}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = ngettext("%(n)s\u00a0person invited as %(license)s", "%(n)s\u00a0people invited as %(license)s", done)
        if by_line(params):
            told = ngettext("%(n)s\u00a0person invited from %(file)s", "%(n)s\u00a0people invited from %(file)s", done)
        elif params.get("file"):
            told = ngettext(
                "%(n)s\u00a0person invited as %(license)s from %(file)s", "%(n)s\u00a0people invited as %(license)s from %(file)s", done
            )
        elif params.get("at_once"):
            told = ngettext("%(n)s\u00a0person added as %(license)s", "%(n)s\u00a0people added as %(license)s", done)
        return told % {"n": figure(done), "license": PRODUCTS[params["license"]].name, "file": params.get("file")}

    def undo_words(self, done: int) -> str:
        return _("The invitations are withdrawn and the seats come free. Who has activated by then stays.")


def plan_invite(actor: Actor, stage: Stage, choices: Mapping[str, Any]) -> Plan:
    """The plan of inviting everybody of a stage with these shared choices."""
    return plan(actor, Invite.name, {"stage": str(stage.id), **choices})


def plan_invite_one(actor: Actor, one: OnePerson, choices: Mapping[str, Any]) -> Plan:
    """The plan of inviting the one person whom a program names: they need no stage, their line is a parameter."""
    line = {name: value for name, value in one.line._asdict().items() if value is not None}
    return plan(actor, Invite.name, {"person": {"id": str(one.person), **line}, **choices})


def refused_lines(planned: Plan, *, after: int = 0, limit: int = 50) -> list[dict[str, Any]]:
    """The lines of a plan that will not be done because they are wrong: ord, line, email, field, reason, words; by keyset on ord."""
    rows = sample(planned, skipped=True, after=after, limit=limit)
    return _in_words(planned.actor, [{"ord": r["ord"], "reason": r["skip"], **(r["after"] or {})} for r in rows])


def lines_left(actor: Actor, effects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same from the effects of a Change that were not done."""
    return _in_words(actor, [{"ord": e["ord"], "reason": e["reason"] or e["result"], **(e["after"] or {})} for e in effects])


def _in_words(actor: Actor, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    near = closest_to(actor, found)
    return [
        {
            "ord": f["ord"],
            "line": f.get("line"),
            "email": f.get("email", ""),
            "field": f.get("field") or FIELD.get(f["reason"], ""),
            "reason": f["reason"],
            "words": words_of_line(f, near),
        }
        for f in found
    ]


FIELD = {
    "twice": "email",
    "exists": "email",
    "no_group": "user_group",
    "no_im_group": "im_group",
    "unknown_manager": "manager",
    "no_site": "site",
    "switched_off": "license",
    "wrong_products": "add_ons",
    "not_managed": "new_email",
    "not_free": "new_email",
    "moves_too": "new_email",
    "new_twice": "new_email",
    "nobody_here": "email",
    "ambiguous": "employee_id",
    "inactive": "license",
    "manager_loop": "manager",
}
WORDS: dict[str, str | Promise] = {
    "twice": gettext_lazy("The same person stands in an earlier line; that line counts."),
    "exists": gettext_lazy("Is here already and stays as it is."),
    "no_group": gettext_lazy("There is no user group of this name."),
    "no_im_group": gettext_lazy("There is no IM group of this name."),
    "no_seat": gettext_lazy("No seat was free any more."),
    "changed": gettext_lazy("Was added by somebody else meanwhile."),
    "not_managed": gettext_lazy("Is not at a managed domain of this account."),
    "not_free": gettext_lazy("Is not free."),
    "moves_too": gettext_lazy(
        "Belongs to somebody who gets another address in this file. Change theirs first, then upload this line again."
    ),
    "new_twice": gettext_lazy("An earlier line gives this address to somebody else."),
    "too_many_changes": gettext_lazy("Their address was changed three times within a day. Try again tomorrow."),
    "nobody_here": gettext_lazy("Nobody here has this address or employee id."),
    "ambiguous": gettext_lazy("Several people have this employee id; name them by their address."),
    "manager_loop": gettext_lazy("The manager would report to this person, directly or through others."),
    "inactive": gettext_lazy("Is deactivated and has no license until reactivated."),
    "switched_off": gettext_lazy("On-Prem needs Meeting Connector, which is off in this account."),
}


GROUPS = {"no_group": "user", "no_im_group": "im"}
Near = Mapping[tuple[str, str], str]


def closest_to(actor: Actor, lines: Iterable[Mapping[str, Any]]) -> Near:
    """(reason, name) -> the group that is probably meant, for the lines that name one nobody knows; no query when there is none."""
    unknown: dict[str, set[str]] = {}
    for line in lines:
        if line.get("reason") in GROUPS and line.get("named"):
            unknown.setdefault(line["reason"], set()).add(line["named"])
    return {(code, name): near for code, names in unknown.items() for name, near in closest_groups(actor, GROUPS[code], names).items()}


def words_of_line(found: Mapping[str, Any], near: Near) -> str:
    """Why a line was not done, in the reader's language: what its own check said, the group it names and the closest, else its reason."""
    reason, named = found["reason"], found.get("named")
    if reason == "unknown_manager" and named:
        return _("Nobody here has the address %(email)s.") % {"email": named}
    if reason == "no_site" and named:
        return _("There is no site %(site)s.") % {"site": named}
    if reason == "no_template" and named:
        return _("There is no template %(name)s.") % {"name": named}
    if reason == "wrong_products" and named:
        return what_is_wrong(*_apart(named)) or words_of(reason)
    if reason in GROUPS and named:
        return no_group_words(GROUPS[reason], named, near.get((reason, named), ""))
    return filled(found.get("said") or "", found.get("places")) or str(WORDS.get(reason) or words_of(reason))


def _apart(products: str) -> tuple[str, list[str]]:
    license, *add_ons = products.split()
    return license, add_ons


def by_line(params: Mapping[str, Any]) -> bool:
    """Whether a file says license or add-ons line by line."""
    return not {"license", "add_ons"}.isdisjoint(params.get("columns", ()))


def summary(unchanged: int, refused: int) -> str:
    """The second half of an import's headline: "6 are already here. 8 lines are refused."."""
    told = []
    if unchanged:
        told.append(ngettext("%(n)s is already here.", "%(n)s are already here.", unchanged) % {"n": figure(unchanged)})
    if refused:
        told.append(ngettext("%(n)s\u00a0line is refused.", "%(n)s\u00a0lines are refused.", refused) % {"n": figure(refused)})
    return " ".join(told)
