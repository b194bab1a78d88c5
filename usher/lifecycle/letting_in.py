"""People whom a program makes active without asking them: at a managed domain, whose addresses are the account's to give, or without a login at all.

One transaction: they are added like anybody who is invited, but without a mail, and are let in by a verb of its own. Whoever has a login already is not let in
by somebody else: they get the invitation, and are pending until they take it (R11).
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.access.own import write_password
from usher.access.way_in import canonical_of
from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.names import figure
from usher.journal.verb import plan, register
from usher.people.models import Login
from usher.people.of_people import OfPeople

from .accept import refuse_weak
from .activate import ACTIVE, LOGINS, PeopleActivated, TheirAddOnsActivated, refuse_too_many_add_ons
from .addresses import MANAGED, managed_domains
from .join import plan_invite_one
from .lines import OnePerson

# In the transaction that wrote it: nobody has seen it yet.
NO_MAIL = """,
unwritten AS (DELETE FROM mail_message m USING mine WHERE m.to_user = mine.person AND m.kind = 'invitation' AND m.state = 'waiting')"""
HERE = MANAGED.format(canonical="u.canonical")


def add(actor: Actor, one: OnePerson, choices: Mapping[str, Any], keys: tuple[str, str], *, password: str | None) -> engine.Started:
    """Add one person with a login of their own, active at once; without a password they choose one by the page for who forgot it.

    Refused (invalid): not_managed for an address that is not at a managed domain of the account; password for a weak one. `keys` are of the two verbs.
    """
    if (canonical := canonical_of(one.email)).rpartition("@")[2] not in managed_domains(actor):
        raise Refused("invalid", "not_managed", _("The address is not at a managed domain of this account."), field="email")
    login = Login(id=one.person, email=one.email, canonical=canonical)
    if password:
        refuse_weak(password, login)
    with transaction.atomic():
        sql.value("SELECT pg_advisory_xact_lock(hashtextextended('login:' || %(c)s, 0))", {"c": canonical})
        added = engine.start(plan_invite_one(actor, one, {**choices, "at_once": "login"}), keys[0])
        let_in = engine.start(plan(actor, LetIn.name, {"subjects": {"ids": [str(one.person)]}}), keys[1])
        if password and let_in.change_id and not let_in.repeat:
            write_password(login.id, password)
    return added


def add_without_login(actor: Actor, one: OnePerson, choices: Mapping[str, Any], keys: tuple[str, str]) -> engine.Started:
    """Add one person as whom nobody signs in: their address is a name, and whoever reads its mail gets none and no way in."""
    return _add_without_login(actor, one, {**choices, "at_once": "no_login"}, keys)


def add_for_sso(actor: Actor, one: OnePerson, choices: Mapping[str, Any], keys: tuple[str, str]) -> engine.Started:
    """The same for somebody who shall come in by single sign-on: until the account has it nobody signs in as them."""
    return _add_without_login(actor, one, {**choices, "at_once": "sso"}, keys)


def _add_without_login(actor: Actor, one: OnePerson, choices: Mapping[str, Any], keys: tuple[str, str]) -> engine.Started:
    with transaction.atomic():
        added = engine.start(plan_invite_one(actor, one, choices), keys[0])
        engine.start(plan(actor, LetInWithoutLogin.name, {"subjects": {"ids": [str(one.person)]}}), keys[1])
    return added


class PeopleLetIn(PeopleActivated):
    """The same for people at a managed domain, asked again when it is written."""

    barred = f"{PeopleActivated.barred} WHEN NOT ({HERE}) THEN 'not_managed'"
    write = f"{LOGINS.format(still=f' AND {HERE}')}{ACTIVE}{NO_MAIL}"


class PeopleWithoutLogin(PeopleActivated):
    """Pending becomes active without a login, whether or not somebody has one with this address."""

    barred = ""
    write = f"""
mine AS (SELECT s.user_id AS person, NULL::uuid AS login FROM ok JOIN people_standing s ON s.user_id = ok.obj
  WHERE s.status = 'pending' AND s.license = ok.takes),{ACTIVE}{NO_MAIL}"""


class _LetIn(OfPeople):
    """What both share. Refuses (too_many_add_ons) more than a few hundred people who hold add-ons."""

    privilege = "people:user:manage"
    then = ("phone.hurry",)  # a phone follows its seat
    undoable = False

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        checked = super().check(actor, params)
        refuse_too_many_add_ons(actor, checked["subjects"])
        return checked

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return False  # the second phase counts the rows of the first

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return ngettext("%(n)s\u00a0person will be active.", "%(n)s\u00a0people will be active.", will) % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return ngettext("%(n)s\u00a0person activated", "%(n)s\u00a0people activated", done) % {"n": figure(done)}


@register
class LetIn(_LetIn):
    """Make pending people at a managed domain active, with a login of their own. Skipped: not_pending, elsewhere (a login is there already), not_managed."""

    name = "lifecycle.let_in"
    parts = (PeopleLetIn(), TheirAddOnsActivated())


@register
class LetInWithoutLogin(_LetIn):
    """Make pending people active as whom nobody signs in. Skipped: not_pending."""

    name = "lifecycle.let_in_without_login"
    parts = (PeopleWithoutLogin(), TheirAddOnsActivated())
