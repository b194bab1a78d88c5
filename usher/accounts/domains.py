"""Managed domains of an account: claim, prove, release; and what they mean for an address (S0-60, S0-61; behaviour.md H).

Claimed by as many as like, a domain is verified for one account at a time. Whose a domain is stands in no refusal (TENANT-10, R11).
"""

import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import Refused, not_found
from usher.journal.verb import Part, Verb, reason, register

from .domain_names import canonical
from .plans import may, require

VIEW, MANAGE = "accounts:domain:view", "accounts:domain:manage"
PROOF_HOURS = 72  # behaviour.md H: a record may take so long to show
MOST = 200  # domains of one account
TAKEN = reason("domain_taken", gettext_lazy("another account has proven it is theirs"))
CLAIMED = reason("domain_claimed", gettext_lazy("the account has claimed this domain already"), refused=True)
VERIFIED = reason("domain_verified", gettext_lazy("it was proven meanwhile: release it instead"))
MANAGED = reason("managed_domain", gettext_lazy("at a managed domain: they cannot be unlinked"))  # R6

# The domains whose people this account manages, as an array; and the domain of a canonical address.
MANAGED_HERE = "ARRAY(SELECT d.name FROM accounts_domain d WHERE d.account_id = %(account)s AND d.manage)"
DOMAIN_OF = "split_part({canonical}, '@', 2)"
# Somebody else on this server manages the domain of this address.
MANAGED_ELSEWHERE = (
    "EXISTS (SELECT 1 FROM accounts_domain d WHERE d.name = split_part({canonical}, '@', 2) AND d.manage AND d.account_id <> {account})"
)

COLUMNS = """d.id, d.name, d.token, d.state, d.how, d.claimed_at, d.ask_until, d.verified_at, d.checked_at, d.found, d.missing_since,
  d.manage, d.consolidate, d.sign_up, d.license, d.group_id, d.version"""
TOLD = (
    "jsonb_build_object('name', {d}.name, 'proof', {d}.state, 'manage', {d}.manage, 'consolidate', {d}.consolidate, 'sign_up', {d}.sign_up)"
)
KEPT = "to_jsonb({d}) - 'account_id' - 'found' - 'checked_at'"  # everything an undo needs


def all_of(actor: Actor) -> list[dict[str, Any]]:
    """The account's domains by name."""
    actor.require(VIEW)
    return sql.rows(f"SELECT {COLUMNS} FROM accounts_domain d WHERE d.account_id = %(a)s ORDER BY d.name", {"a": actor.account_id})


def domain(actor: Actor, id: UUID) -> dict[str, Any]:
    """One domain of the actor's account, or Refused (missing)."""
    actor.require(VIEW)
    found = sql.row(
        f"SELECT {COLUMNS} FROM accounts_domain d WHERE d.account_id = %(a)s AND d.id = %(id)s", {"a": actor.account_id, "id": id}
    )
    if found is None:
        raise not_found(_("This domain"))
    return found


def by_name(actor: Actor, text: str) -> dict[str, Any]:
    """The same by its name in any spelling."""
    name = canonical(text)
    return next((d for d in all_of(actor) if d["name"] == name), None) or domain(actor, UUID(int=0))


def have_domains(actor: Actor) -> bool:
    """Whether the plan of the account has managed domains (S0-3, S0-4)."""
    return may(actor, "managed_domains")


def require_domains(actor: Actor) -> None:
    """Refuse (forbidden, plan) when it has not, and name the plans that do."""
    require(actor, "managed_domains")


class NewDomain(Part):
    """A claim with the token that proves it. Parameters: domain, token, hours. Started at once, without a plan page: each try has a token of its own."""

    def rows(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, md5(%(account)s::text || %(domain)s || %(token)s)::uuid AS obj, NULL::int AS version, NULL::jsonb AS before,
                  jsonb_build_object('name', %(domain)s::text, 'proof', 'waiting') AS after,
                  CASE WHEN EXISTS (SELECT 1 FROM accounts_domain d WHERE d.account_id = %(account)s AND d.name = %(domain)s) THEN 'domain_claimed' END AS skip,
                  NULL::text AS takes, NULL::text AS gives"""

    write = """did AS (INSERT INTO accounts_domain (id, account_id, name, token, claimed_at, ask_until)
               SELECT obj, %(account)s, %(domain)s, %(token)s, %(now)s, %(now)s::timestamptz + make_interval(hours => %(hours)s) FROM ok
               ON CONFLICT DO NOTHING RETURNING id AS obj)"""

    def back(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, e.obj, d.version, e.after AS before, NULL::jsonb AS after,
                  CASE WHEN d.id IS NULL THEN 'already' WHEN d.state = 'verified' THEN 'domain_verified' END AS skip, NULL::text AS takes, NULL::text AS gives
                  FROM journal_effect e LEFT JOIN accounts_domain d ON d.id = e.obj
                  WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done'"""

    back_write = "did AS (DELETE FROM accounts_domain t USING ok WHERE t.id = ok.obj AND t.state <> 'verified' RETURNING t.id AS obj)"


@register
class ClaimDomain(Verb):
    """Claim a domain, to be proven by a TXT record or a file within 72 hours. Refuses (invalid) what canonical refuses, and one claimed before."""

    name = "accounts.claim_domain"
    privilege = MANAGE
    parts = (NewDomain(),)
    makes_new = True

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        require_domains(actor)
        name = canonical(str(params.get("domain") or ""))
        found = sql.row(
            "SELECT count(*)::int AS n, coalesce(bool_or(name = %(d)s), false) AS here FROM accounts_domain WHERE account_id = %(a)s",
            {"a": actor.account_id, "d": name},
        ) or {"n": 0, "here": False}
        if found["here"]:
            raise Refused("invalid", CLAIMED, _("%(domain)s is in the list already.") % {"domain": name}, field="domain")
        if found["n"] >= MOST:
            raise Refused("invalid", "too_many_domains", _("An account has at most %(n)s domains.") % {"n": MOST}, field="domain")
        return {"domain": name}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {**params, "token": secrets.token_hex(16), "hours": PROOF_HOURS}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("%(domain)s will be claimed.") % {"domain": params["domain"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("%(domain)s was claimed") % {"domain": params["domain"]}


class Proven(Part):
    """A claimed domain becomes the account's. Parameters: id, how (dns or file). One that another account has proven stays claimed."""

    lock = ("accounts_domain", "id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, d.id AS obj, d.version, {TOLD.format(d="d")} AS before,
                   {TOLD.format(d="d")} || jsonb_build_object('proof', 'verified') AS after,
                   CASE WHEN d.state = 'verified' THEN 'already'
                        WHEN EXISTS (SELECT 1 FROM accounts_domain x WHERE x.name = d.name AND x.state = 'verified') THEN 'domain_taken' END AS skip,
                   NULL::text AS takes, NULL::text AS gives FROM accounts_domain d WHERE d.account_id = %(account)s AND d.id = %(id)s::uuid"""

    write = """did AS (UPDATE accounts_domain t SET state = 'verified', verified_at = %(now)s, how = %(how)s, missing_since = NULL, version = t.version + 1 FROM ok
               WHERE t.id = ok.obj AND t.state <> 'verified' AND NOT EXISTS (SELECT 1 FROM accounts_domain x WHERE x.name = t.name AND x.state = 'verified')
               RETURNING t.id AS obj)"""


@register
class VerifyDomain(Verb):
    """The proof was found: the domain is this account's. Only the system says so (proof.py)."""

    name = "accounts.verify_domain"
    privilege = MANAGE
    parts = (Proven(),)
    undoable = False

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if actor.kind != "system":
            raise Refused("forbidden", "system_only", _("Usher itself looks for the proof. Publish it, then choose Check now."))
        return params

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("%(domain)s will be verified.") % {"domain": params["domain"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("%(domain)s was verified") % {"domain": params["domain"]}


class Released(Part):
    """The domain is not the account's any more. Parameter: id. The row stands in the effect, for the undo."""

    lock = ("accounts_domain", "id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, d.id AS obj, d.version, {TOLD.format(d="d")} || jsonb_build_object('row', {KEPT.format(d="d")}) AS before,
                   jsonb_build_object('name', d.name, 'proof', 'released', 'manage', false, 'consolidate', false, 'sign_up', false) AS after,
                   NULL::text AS skip, NULL::text AS takes, NULL::text AS gives FROM accounts_domain d WHERE d.account_id = %(account)s AND d.id = %(id)s::uuid"""

    write = "did AS (DELETE FROM accounts_domain t USING ok WHERE t.id = ok.obj AND t.version = (ok.before->'row'->>'version')::int RETURNING t.id AS obj)"

    def back(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, e.obj, NULL::int AS version, e.after AS before, e.before AS after,
                  CASE WHEN EXISTS (SELECT 1 FROM accounts_domain d WHERE d.account_id = %(account)s AND d.name = e.before->>'name') THEN 'domain_claimed'
                       WHEN e.before->'row'->>'state' = 'verified' AND EXISTS (SELECT 1 FROM accounts_domain x WHERE x.name = e.before->>'name' AND x.state = 'verified')
                       THEN 'domain_taken' END AS skip, NULL::text AS takes, NULL::text AS gives
                  FROM journal_effect e WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done'"""

    back_write = """did AS (INSERT INTO accounts_domain (id, account_id, name, token, state, how, claimed_at, ask_until, verified_at, missing_since, manage, consolidate,
      sign_up, license, group_id, version)
    SELECT ok.obj, %(account)s, r.name, r.token, r.state, r.how, r.claimed_at, r.ask_until, r.verified_at, r.missing_since, r.manage, r.consolidate, r.sign_up,
      r.license, (SELECT g.id FROM people_group g WHERE g.id = r.group_id AND g.account_id = %(account)s), r.version + 1
    FROM ok, jsonb_populate_record(NULL::accounts_domain, ok.after->'row') r ON CONFLICT DO NOTHING RETURNING id AS obj)"""


@register
class ReleaseDomain(Verb):
    """Give a domain up: its people are like everybody, nobody signs up by it, another account can prove it. Undo takes it back while it is free."""

    name = "accounts.release_domain"
    privilege = MANAGE
    parts = (Released(),)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        found = domain(actor, UUID(str(params["id"])))
        return {"id": str(found["id"]), "domain": found["name"]}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("%(domain)s will be released.") % {"domain": params["domain"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("%(domain)s was released") % {"domain": params["domain"]}

    def undo_words(self, done: int) -> str:
        return _("The account has the domain again with its switches, unless another account has proven it meanwhile.")
