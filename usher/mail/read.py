"""Reading the outbox. Links are shown only where the mail itself cannot arrive, and never one that opens more than a member (INVITE-12, INVITE-15)."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.core import keyset, sql
from usher.core.actor import Actor
from usher.core.keyset import Matches, Order, Sort
from usher.core.mode import Unsafe
from usher.core.refusals import filled, not_found

from . import letter
from .kinds import Row, kind_of
from .smtp import server_of

VIEW = "mail:message:view"
COLUMNS = "m.id, m.kind, m.address, m.state, m.tries, m.error, m.created_at, m.sent_at, m.next_try"
SOURCE = "FROM mail_message m WHERE m.account_id = %(account)s"
WRITTEN = Sort("written", "m.created_at", "m.id", "timestamptz")
STATES = {
    "waiting": gettext_lazy("Waiting"),
    "sent": gettext_lazy("Sent"),
    "shown": gettext_lazy("Readable here"),
    "undeliverable": gettext_lazy("Not delivered"),
    "cancelled": gettext_lazy("Cancelled"),
}


@dataclass(frozen=True)
class Shown:
    """One mail as somebody may read it. `url` is empty when there is no link, or `hidden` says why it is not shown."""

    id: UUID
    kind: str
    state: str
    address: str
    subject: str
    text: str
    html: str
    url: str
    hidden: str
    error: str
    tries: int
    created_at: datetime
    sent_at: datetime | None
    next_try: datetime


def where(query: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The clauses of a query over mail_message m: `q` a part of the address, `state` and `mail` any of those."""
    clauses = ["position(usher_fold(%(f_q)s) IN lower(m.address)) > 0"] if query.get("q") else []
    clauses += ["m.state = ANY (%(f_state)s)"] if query.get("state") else []
    clauses += ["m.kind = ANY (%(f_mail)s)"] if query.get("mail") else []
    params = {"f_q": query.get("q", ""), "f_state": list(query.get("state", ())), "f_mail": list(query.get("mail", ()))}
    return " AND ".join(clauses), params


def outbox(actor: Actor, *, to: str = "", limit: int = 50) -> list[dict[str, Any]]:
    """Messages of the actor's account, newest first; `to` is a part of the address. Refused without mail:message:view."""
    actor.require(VIEW)
    clause, params = where({"q": to})
    matches = Matches(COLUMNS, SOURCE, f" AND {clause}" if clause else "", {**params, "account": actor.account_id})
    return keyset.page(matches, Order(WRITTEN, down=True), None, limit).rows


def bounced(actor: Actor, days: int) -> tuple[int, str]:
    """How many mails of the last days could not be delivered, and the address of the last one. Refused without mail:message:view."""
    actor.require(VIEW)
    found = sql.row(
        """SELECT count(*)::int AS n, (array_agg(address ORDER BY created_at DESC))[1] AS last FROM mail_message
           WHERE account_id = %(a)s AND state = 'undeliverable' AND created_at > now() - make_interval(days => %(d)s)""",
        {"a": actor.account_id, "d": days},
    )
    return (found["n"], found["last"] or "") if found else (0, "")


def message(actor: Actor, id: UUID) -> Shown:
    """One message as this actor may read it. Refused (missing) for one of another account."""
    actor.require(VIEW)
    row = sql.row(
        f"SELECT {letter.columns('m')}, m.error, m.trouble, m.sent_at, m.next_try FROM mail_message m WHERE m.id = %(id)s AND m.account_id = %(a)s",
        {"id": id, "a": actor.account_id},
    )
    context = letter.contexts([row]).get(id) if row else None
    if row is None or context is None:
        raise not_found(_("This mail"))
    hidden = _hidden(actor, row, context) if letter.wants_link(row) else ""
    url = letter.links([row]).get(id, "") if letter.wants_link(row) and not hidden else ""
    written = letter.write(row, _as_told(actor, row, context), url or f"[{hidden}]")
    return Shown(
        id=id,
        kind=row["kind"],
        state=row["state"],
        address=written.address,
        subject=written.subject,
        text=written.text,
        html=written.html,
        url=url,
        hidden=hidden,
        error=filled(row["trouble"]["said"], row["trouble"]["places"]) if row["trouble"] else row["error"],
        tries=row["tries"],
        created_at=row["created_at"],
        sent_at=row["sent_at"],
        next_try=row["next_try"],
    )


def _as_told(actor: Actor, row: Row, context: Row) -> Row:
    """The context without what is the reader's alone; the operator of the machine reads the letter itself."""
    private = frozenset() if actor.kind == "operator" else kind_of(row["kind"]).private
    return {key: value for key, value in context.items() if key not in private}


def _hidden(actor: Actor, row: Row, context: Row) -> str:
    """Why this actor does not get to see the link; empty when they do."""
    if not context["alive"]:
        return _("the link does not work any more")
    if row["state"] not in ("shown", "sent"):
        return _("the link is made when the mail goes out")
    if actor.kind == "operator" and row["state"] == "shown":
        return ""
    if _mails_go_out() or row["state"] == "sent":
        return _("the link stands in the mail")
    if kind_of(row["kind"]).secret or (context.get("admin") and not actor.is_owner):
        return _("the link is for the person alone; on the machine itself, `usher sign-in-link` makes another")
    return ""


def _mails_go_out() -> bool:
    try:
        return server_of(os.environ) is not None
    except Unsafe:
        return True
