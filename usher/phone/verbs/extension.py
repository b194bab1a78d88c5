"""The extension of one phone, the site of any number, and what people choose about their own (S3-4, S3-20 … S3-22, S3-35)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.accounts.places import SITE_GONE
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.names import figure
from usher.journal.verb import DONE, NO_SEATS, Part, Verb, plan, reason, register
from usher.people.named import site_named
from usher.people.of_people import OfPeople
from usher.people.selection import order_by, sql_of
from usher.people.verbs.own import OWN
from usher.people.verbs.profile import name_of
from usher.people.verbs.site import IS_THERE, THERE
from usher.phone.extensions import COUNTRY, EXTENSION_RESERVED, EXTENSION_TAKEN, LOCK, LOCKED, RESERVED
from usher.phone.holders import PEOPLE, Holders
from usher.phone.numbering import checked_extension
from usher.phone.parts import NAME, NO_PHONE
from usher.phone.policy import checked_change
from usher.phone.verbs.adding import phone_of

DEACTIVATED = reason("phone_deactivated", gettext_lazy("their phone is deactivated: activate it first"))
SET_UP_ALREADY = reason("phone_set_up", gettext_lazy("has set the phone up already"))
OTHER = """phone_user x LEFT JOIN people_user xu ON xu.id = x.user_id LEFT JOIN accounts_room xr ON xr.id = x.room_id
  WHERE x.account_id = h.account_id AND x.extension = {extension} AND x.state = 'active' AND x.id <> h.id"""


def hindrance(extension: str) -> str:
    """SQL: why the phone h cannot have this extension, or null. Whose it is stands after the colon."""
    return f"""CASE WHEN {RESERVED.format(countries=f"ARRAY[{COUNTRY}]", extensions=extension)} THEN '{EXTENSION_RESERVED}'
      ELSE (SELECT '{EXTENSION_TAKEN}:' || coalesce({name_of("xu")}, xr.name) FROM {OTHER.format(extension=extension)}) END"""


class Chosen(Part):
    """Extension and policy of one phone. Parameters: holder; extension, a text or null to leave it; policy, what of it changes, null for what is left to
    the levels above; own: the person saves it.

    Whoever saves their own settings has set their phone up (S3-22), and has it whatever of an administrator's is undone later.
    """

    lock, locked = LOCK, LOCKED

    def rows(self, params: Mapping[str, Any]) -> str:
        now = "jsonb_build_object('extension', h.extension, 'policy', h.policy, 'set_up', h.set_up_at IS NOT NULL)"
        wanted = "coalesce(%(extension)s::text, h.extension)"
        after = f"jsonb_build_object('extension', {wanted}, 'policy', jsonb_strip_nulls(h.policy || %(policy)s::jsonb), 'set_up', h.set_up_at IS NOT NULL OR %(own)s::boolean)"
        return f"""SELECT NULL::int AS subj, x.id AS obj, x.version, x.told || x.before AS before, x.after, CASE WHEN x.before = x.after THEN 'already'
          ELSE x.why END AS skip, {NO_SEATS}
                   FROM (SELECT h.id, h.version, {now} AS before, {after} AS after, jsonb_build_object('name', coalesce({NAME}, r.name)) AS told,
                           CASE WHEN {wanted} <> h.extension THEN {hindrance("%(extension)s::text")} END AS why
                         FROM phone_user h LEFT JOIN people_user u ON u.id = h.user_id LEFT JOIN accounts_room r ON r.id = h.room_id
                         WHERE h.account_id = %(account)s AND h.id = %(holder)s::uuid AND h.state = 'active') x"""

    write = f"""did AS (UPDATE phone_user h SET extension = ok.after->>'extension', policy = ok.after->'policy', version = h.version + 1,
      set_up_at = coalesce(h.set_up_at, CASE WHEN (ok.after->>'set_up')::boolean THEN %(now)s END)
      FROM ok WHERE h.id = ok.obj AND h.state = 'active' AND h.extension = ok.before->>'extension' AND h.policy = ok.before->'policy'
      AND (h.extension = ok.after->>'extension' OR {hindrance("ok.after->>'extension'")} IS NULL) RETURNING h.id AS obj)"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, h.version, e.after AS before, e.before AS after,
                   CASE WHEN h.state IS DISTINCT FROM 'active' OR h.extension <> e.after->>'extension' OR h.policy <> e.after->'policy' THEN 'changed'
                        WHEN h.extension <> e.before->>'extension' THEN {hindrance("e.before->>'extension'")} END AS skip, {NO_SEATS}
                   FROM journal_effect e LEFT JOIN phone_user h ON h.id = e.obj WHERE {DONE}"""


class _OfOnePhone(Verb):
    parts = (Chosen(),)

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {**params, "own": self.name == ChangeOwn.name}


@register
class SetExtension(_OfOnePhone):
    """Give one phone another extension. Parameters: holder (whose id), extension.

    Refuses (invalid) fewer than 3 and more than 6 digits; (conflict) one that another phone has, whose holder is named (extension_taken), and a number of
    an emergency or public service of the site's country (extension_reserved).
    """

    name = "phone.set_extension"
    privilege = "phone:user:manage"

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        return {
            "holder": str(phone_of(actor, params.get("holder"))["id"]),
            "extension": checked_extension(params.get("extension")),
            "policy": {},
        }

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("The phone will have the extension %(extension)s.") % {"extension": params["extension"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("A phone has the extension %(extension)s now") % {"extension": params["extension"]}


@register
class SetPolicy(_OfOnePhone):
    """Change what one phone may do: voicemail, recording, call waiting. Parameters: holder (whose id), policy, what of policy.POLICY changes; null leaves a
    setting to what its site or the account says."""

    name = "phone.set_policy"
    privilege = "phone:user:manage"

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        policy = checked_change(params.get("policy"))
        return {"holder": str(phone_of(actor, params.get("holder"))["id"]), "extension": None, "policy": policy}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("What the phone may do will change.")

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("What a phone may do was changed")


def change_own(actor: Actor, extension: str, policy: Mapping[str, str | None], key: str) -> None:
    """Save the actor's own phone settings. Refuses what ChangeOwn does, and (conflict) an extension that is taken or reserved."""
    own = replace(actor, privileges=frozenset({OWN}))
    engine.start(plan(own, ChangeOwn.name, {"extension": extension, "policy": policy}), f"{ChangeOwn.name}:{actor.user_id}:{key}")


def own_phone(actor: Actor) -> str:
    """The id of the actor's own phone. Refused (conflict, phone_deactivated) while it is deactivated, (invalid, no_phone) without one."""
    phone = phone_of(actor, actor.user_id)
    if phone["deactivated_at"]:
        raise Refused("conflict", DEACTIVATED, _("Your phone is deactivated. Ask your administrators."))
    return str(phone["id"])


@register
class ChangeOwn(_OfOnePhone):
    """The person's own verb: save their phone settings, which sets the phone up (S3-19, S3-22, S3-35). Parameters: extension, and what of the policy changes.

    Refuses (conflict, phone_deactivated) while the phone is deactivated.
    """

    name = "phone.change_own"
    privilege = OWN
    keeps_scope = True
    undoable = False

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        extension = checked_extension(params["extension"]) if params.get("extension") else None
        return {"holder": own_phone(actor), "extension": extension, "policy": checked_change(params.get("policy"))}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("Your phone settings will be saved.")

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("Somebody saved their own phone settings")


class AtPhoneSite(Part):
    """The site of phones; the extension stays. Parameter: site."""

    def __init__(self, of: Holders = PEOPLE) -> None:
        self.of, self.lock = of, of.lock

    def rows(self, params: Mapping[str, Any]) -> str:
        of = self.of
        return f"""SELECT NULL::int AS subj, u.id AS obj, {of.version} AS version, {of.told} || jsonb_build_object('site', g.name, 'site_id', h.site_id) AS before,
                   jsonb_build_object('site', %(site_name)s::text, 'site_id', %(site)s::uuid) AS after,
                   CASE WHEN h.state IS DISTINCT FROM 'active' THEN '{NO_PHONE}' WHEN h.site_id = %(site)s::uuid THEN 'already' END AS skip, {NO_SEATS}
                   FROM {of.chosen(params)} LEFT JOIN phone_user h ON h.id = who.id LEFT JOIN accounts_site g ON g.id = h.site_id {of.order(params)}"""

    write = f"""
{THERE},
did AS (UPDATE phone_user h SET site_id = (ok.after->>'site_id')::uuid, version = h.version + 1 FROM ok
  WHERE h.id = ok.obj AND h.state = 'active' AND h.site_id IS NOT DISTINCT FROM (ok.before->>'site_id')::uuid
  AND {IS_THERE} RETURNING h.id AS obj)"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, h.version, e.after AS before, e.before AS after,
                   CASE WHEN h.state IS DISTINCT FROM 'active' OR h.site_id IS DISTINCT FROM (e.after->>'site_id')::uuid THEN 'changed'
                        WHEN e.before->>'site_id' IS NOT NULL AND g.id IS NULL THEN '{SITE_GONE}' END AS skip, {NO_SEATS}
                   FROM journal_effect e LEFT JOIN phone_user h ON h.id = e.obj LEFT JOIN accounts_site g ON g.id = (e.before->>'site_id')::uuid WHERE {DONE} ORDER BY e.obj"""


@register
class MoveToSite(OfPeople):
    """Move the phones of a set of people to another site; their extensions stay. Parameter: site, by id or name. Refuses (invalid, no_site) an unknown one."""

    name = "phone.move_to_site"
    privilege = "phone:user:manage"
    parts = (AtPhoneSite(),)

    def wish(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        return site_named(actor, params.get("site"))

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext("%(n)s\u00a0phone will be at the site %(site)s.", "%(n)s\u00a0phones will be at the site %(site)s.", will)
        return told % {"n": figure(will), "site": params["site_name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = ngettext("%(n)s\u00a0phone is at the site %(site)s now", "%(n)s\u00a0phones are at the site %(site)s now", done)
        return told % {"n": figure(done), "site": params["site_name"]}


class MailedAgain(Part):
    """The mail with the extension goes out once more, to who has not set the phone up."""

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, s.user_id AS obj, s.version, jsonb_build_object('name', {NAME}, 'email', u.email) AS before,
                   jsonb_build_object('mail', 'phone', 'at', %(now)s::timestamptz) AS after,
                   CASE WHEN h.state IS DISTINCT FROM 'active' OR s.status <> 'active' THEN '{NO_PHONE}'
                        WHEN h.deactivated_at IS NOT NULL THEN '{DEACTIVATED}' WHEN h.set_up_at IS NOT NULL THEN '{SET_UP_ALREADY}'
                     WHEN u.login_id IS NULL THEN 'no_login' END AS skip, {NO_SEATS}
                   FROM ({sql_of(params["subjects"])}) who JOIN people_standing s ON s.user_id = who.id JOIN people_user u ON u.id = who.id
                   LEFT JOIN phone_user h ON h.id = who.id {order_by(params["subjects"])}"""

    write = """
did AS (SELECT h.id AS obj FROM ok JOIN phone_user h ON h.id = ok.obj WHERE h.state = 'active' AND h.set_up_at IS NULL),
mails AS (INSERT INTO mail_message (id, account_id, kind, to_user, address, params, created_at, next_try)
  SELECT usher_uuid7(), %(account)s, 'phone', u.id, u.email, '{}', %(now)s, %(now)s FROM did JOIN people_user u ON u.id = did.obj)"""


@register
class Resend(OfPeople):
    """Send the mail with extension and link again, to each of a set of people who have not set their phone up (S3-21)."""

    name = "phone.resend_invite"
    privilege = "phone:user:manage"
    parts = (MailedAgain(),)
    undoable = False

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext(
            "%(n)s\u00a0person will get the mail about their phone again.",
            "%(n)s\u00a0people will get the mail about their phone again.",
            will,
        )
        return told % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = ngettext(
            "%(n)s\u00a0person got the mail about their phone again", "%(n)s\u00a0people got the mail about their phone again", done
        )
        return told % {"n": figure(done)}
