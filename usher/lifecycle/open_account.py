"""Opening an account: its row, its ledger, and its owner with a setup link. The operator's verb, not an admin's."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from usher.accounts.models import Account
from usher.accounts.plans import PLANS
from usher.core import address, clock
from usher.core.actor import Actor
from usher.core.ids import uuid7
from usher.core.privileges import all_names, expand
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.verb import Part, Verb, plan, register
from usher.licenses.catalog import BASIC, PRODUCTS
from usher.licenses.models import License

from .parts import DAYS


class OwnerPart(Part):
    """The owner as a pending person with a setup link. Parameters: user, email, canonical, first_name, last_name."""

    def rows(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, %(user)s::uuid AS obj, NULL::int AS version, NULL::jsonb AS before,
                  jsonb_build_object('email', %(email)s::text, 'role', 'owner', 'license', %(license)s::text) AS after, NULL::text AS skip,
                  %(license)s::text || '@pending' AS takes, NULL::text AS gives"""

    write = f"""
did AS (INSERT INTO people_user (id, account_id, email, canonical, first_name, last_name, came_in, created_at)
  SELECT obj, %(account)s, %(email)s, %(canonical)s, %(first_name)s, %(last_name)s, 'owner', %(now)s FROM ok RETURNING id AS obj),
standing AS (INSERT INTO people_standing (user_id, account_id, status, license, role, access_epoch, version)
  SELECT obj, %(account)s, 'pending', %(license)s, 'owner', 1, 1 FROM did),
invitation AS (INSERT INTO people_invitation (user_id, account_id, nonce, sent_at, expires_at, state)
  SELECT obj, %(account)s, gen_random_uuid(), %(now)s, %(now)s::timestamptz + interval '{DAYS} days', 'open' FROM did),
mail AS (INSERT INTO mail_message (id, account_id, kind, to_user, address, params, created_at, next_try)
  SELECT usher_uuid7(), %(account)s, 'owner_setup', obj, %(email)s, '{{}}'::jsonb, %(now)s, %(now)s FROM did)"""


@register
class OpenAccount(Verb):
    """Open an account for an owner, who gets a mail with a setup link."""

    name = "lifecycle.open_account"
    privilege = "accounts:account:manage"
    parts = (OwnerPart(),)
    makes_new = True
    undoable = False
    then = ("mail.deliver",)

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {**params, "license": BASIC}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("An account for %(email)s will be opened.") % {"email": params["email"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("The account was opened for %(email)s") % {"email": params["email"]}


def open_account(
    name: str, plan_code: str, owner_email: str, *, first_name: str = "", last_name: str = "", opened_by: str = "operator"
) -> tuple[UUID, engine.Started]:
    """Open an account. Refuses (invalid) an unknown plan, an empty name, what is no address. Returns the account's id and the Change."""
    name = name.strip()
    if not name or len(name) > 128 or not name.isprintable():
        raise Refused("invalid", "name", _("The account needs a name of at most 128 characters, on one line."), field="name")
    if plan_code not in PLANS:
        words = _("There is no plan %(plan)s. Known: %(plans)s.") % {"plan": plan_code, "plans": ", ".join(PLANS)}
        raise Refused("invalid", "unknown_plan", words, field="plan")
    try:
        owner = address.parse(owner_email)
    except address.NotAnAddress as trouble:
        raise Refused("invalid", trouble.code, _("The owner's address: %(why)s") % {"why": trouble.words}, field="owner") from None
    with transaction.atomic():
        account = new_account(Account(name=name, plan=plan_code, opened_by=opened_by))
        operator = Actor("operator", account.id, "Operator", expand(all_names()), "cli", role="owner", account_name=name)
        params = {
            "user": str(uuid7()),
            "email": owner.shown,
            "canonical": owner.canonical,
            "first_name": first_name,
            "last_name": last_name,
        }
        return account.id, engine.start(plan(operator, OpenAccount.name, params), f"open:{account.id}")


def new_account(account: Account) -> Account:
    """Write an account with the seats every account has at its opening; its owner comes by a verb in the same transaction."""
    account.created_at = clock.now()
    account.save(force_insert=True)
    License.objects.bulk_create(
        License(account_id=account.id, product=p.code, bought=p.at_opening) for p in PRODUCTS.values() if p.at_opening
    )
    return account
