"""What a file may say in this account: the columns on the page, an empty file to fill in, and one with two examples (S0-37, S0-38; behaviour.md C)."""

from collections.abc import Iterator

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from usher.accounts import places
from usher.accounts.models import Account
from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import not_found
from usher.journal.names import listed
from usher.licenses.catalog import ADD_ONS, LICENSED, WORKPLACE, Product
from usher.licenses.ledger import seats
from usher.lifecycle.join import switched_off
from usher.lifecycle.lines import COLUMNS
from usher.lifecycle.more_columns import ADDED, CLEAR, PHONE
from usher.phone.reads import packages
from usher.portal.csv_file import BOM, attached, csv_line
from usher.portal.page import SignedIn, page

MODES = {
    "add": (*COLUMNS, *ADDED),
    "update": ("email", "employee_id", *COLUMNS[1:], *(c for c in ADDED if c != "employee_id")),
    "addresses": ("email", "new_email"),
    "leavers": ("email",),
    "phones": ("email", *PHONE),
}
SAYS: dict[str, str | Promise] = {
    "email": gettext_lazy("their address"),
    "employee_id": gettext_lazy("text, at most 128 characters"),
    "first_name": gettext_lazy("text, at most 64 characters"),
    "last_name": gettext_lazy("text, at most 64 characters"),
    "department": gettext_lazy("text, at most 128 characters"),
    "user_group": gettext_lazy("the name of a group that is there; their primary one"),
    "im_group": gettext_lazy("the name of an IM group that is there"),
    "display_name": gettext_lazy("text, at most 128 characters"),
    "job_title": gettext_lazy("text, at most 128 characters"),
    "location": gettext_lazy("text, at most 256 characters"),
    "cost_center": gettext_lazy("text, at most 128 characters"),
    "manager": gettext_lazy("the address of somebody who is here"),
    "site": gettext_lazy("the name of a site that is there"),
    "new_email": gettext_lazy("an address at a managed domain of this account"),
    "package": gettext_lazy("a calling package by its name or code"),
    "template": gettext_lazy("the name of a template that is there"),
    "extension": gettext_lazy("3 to 6 digits; empty for the lowest free one"),
    "numbers": gettext_lazy("with country code, several with a semicolon between; or next, for the lowest free one"),
}
EXAMPLES: dict[str, list[dict[str, str]]] = {
    "add": [
        {"email": "mia.berg@example.com", "first_name": "Mia", "last_name": "Berg", "department": "Sales", "job_title": "Account manager", "location": "Oslo"},
        {"email": "jon.dahl@example.com", "first_name": "Jon", "last_name": "Dahl"},
    ],
    "update": [
        {"email": "mia.berg@example.com", "department": "Sales", "job_title": "Head of sales"},
        {"employee_id": "1002", "department": CLEAR, "location": "Bergen"},
    ],
    "addresses": [
        {"email": "mia.berg@example.com", "new_email": "mia.lund@example.com"},
        {"email": "jon.dahl@example.com", "new_email": "jon@example.com"},
    ],
    "leavers": [{"email": "mia.berg@example.com"}, {"email": "jon.dahl@example.com"}],
    "phones": [{"email": "mia.berg@example.com", "extension": "4127", "numbers": "next"}, {"email": "jon.dahl@example.com"}],
}  # fmt: skip


def columns_of(actor: Actor, mode: str) -> list[str]:
    """The columns a file may have here, in their order; add-ons only where some were bought."""
    return [c for c in MODES[mode] if c != "add_ons" or bought(actor)]


def heading(column: str) -> str:
    """What a column is called in our files."""
    return "add-ons" if column == "add_ons" else column.replace("_", " ")


def told(actor: Actor, mode: str) -> list[tuple[str, str]]:
    """Each column with what its cells may say in this account."""
    add_ons = _("%(names)s; several with a semicolon between") % {"names": listed([p.name for p in bought(actor)])}
    here = {"license": listed([p.name for p in licenses(actor)]), "add_ons": add_ons}
    return [(heading(c), here.get(c) or str(SAYS[c])) for c in columns_of(actor, mode)]


def licenses(actor: Actor) -> list[Product]:
    """The Workplace licenses this account can give."""
    off = switched_off(Account.objects.get(pk=actor.account_id))
    return [p for p in WORKPLACE if p.code not in off]


def bought(actor: Actor) -> list[Product]:
    """The add-ons this account has seats of."""
    lines = {s["product"] for s in seats(actor) if s["bought"]}
    return [p for p in ADD_ONS if p.code in lines]


@page("people:user:manage")
def blank_file(request: SignedIn) -> HttpResponse:
    """A file with nothing but the header, to fill in (S0-38)."""
    return file_of(request.actor, _mode(request), "people.csv", [])


@page("people:user:manage")
def sample_file(request: SignedIn) -> HttpResponse:
    """The same with two lines that show how; nobody of them is here."""
    return sample_of(request.actor, _mode(request))


def _mode(request: SignedIn) -> str:
    mode = request.GET.get("mode", "add")
    if mode not in MODES:
        raise not_found(_("This file"))
    return mode


def sample_of(actor: Actor, mode: str) -> HttpResponse:
    return file_of(actor, mode, "sample.csv", list(examples(actor, mode)))


def file_of(actor: Actor, mode: str, filename: str, lines: list[dict[str, str]]) -> HttpResponse:
    columns = columns_of(actor, mode)
    text = csv_line([heading(c) for c in columns]) + "".join(csv_line([line.get(c, "") for c in columns]) for line in lines)
    return HttpResponse(BOM + text, content_type="text/csv; charset=utf-8", headers=attached(filename))


def examples(actor: Actor, mode: str) -> Iterator[dict[str, str]]:
    """Two lines; the first with a group, a license and an add-on of this account, or with a site and a calling package."""
    with override("en"):
        first: dict[str, str] = {}
        if mode == "phones":
            here = packages(actor) if actor.may("phone:package:view") else []
            plans = [str(p["name"]) for p in here if p["active"] and p["product"].startswith("calling:")]
            first = {"site": next((s["name"] for s in places.sites(actor)), ""), "package": next(iter(plans), "")}
        if mode in ("add", "update"):
            for column, kind in (("user_group", "user"), ("im_group", "im")):
                name = sql.value(
                    "SELECT name FROM people_group WHERE account_id = %(a)s AND kind = %(k)s ORDER BY name_key LIMIT 1",
                    {"a": actor.account_id, "k": kind},
                )
                first |= {column: name} if name else {}
            fits = [p.name for p in bought(actor) if not p.needs or LICENSED in p.needs]
            first |= {"license": next(p.name for p in WORKPLACE if p.code == LICENSED), "add_ons": fits[0] if fits else ""}
        one, other = EXAMPLES[mode]
    yield {**first, **one}
    yield other
