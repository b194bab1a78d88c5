"""Who does something. The first argument of every verb and every read, and never None."""

from dataclasses import dataclass, field, replace
from typing import Literal
from uuid import UUID

from django.utils.translation import gettext as _

from .privileges import known
from .refusals import Refused

Door = Literal["portal", "api", "scim", "cli", "csv", "automation", "clock", "sign_in"]


@dataclass(frozen=True)
class Settings:
    """What a person chose about their own portal; these are what holds for whoever chose nothing."""

    theme: str = "auto"  # like the system, or light, or dark
    single_keys: bool = True  # WCAG 2.1.4
    mail_when_done: bool = True


@dataclass(frozen=True)
class Scope:
    """Whom a role covers when it is not everybody: people of departments (by name), members of groups (by id), or people at sites (by id)."""

    kind: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Actor:
    """A person, the operator of this machine, or the system itself, in one account, at one door.

    `privileges` are already the lowest of everything that limits the actor. `scope` says whom they hold for, None for everybody; `most` how many
    people one change may touch, None for any number.
    """

    kind: Literal["person", "operator", "system"]
    account_id: UUID
    name: str
    privileges: frozenset[str]
    door: Door
    user_id: UUID | None = None
    role: str = "member"  # owner | admin | member, or the id of a custom role
    role_name: str = field(default="", compare=False)  # of a custom role
    scope: Scope | None = None
    most: int | None = None
    email: str = ""
    request_id: str = ""
    ip: str = ""
    account_name: str = field(default="", compare=False)
    plan: str = field(default="", compare=False)  # the code of the account's plan
    api_limits: bool = field(default=True, compare=False)  # whether calls of the account's programs are counted
    capabilities: frozenset[str] | None = field(default=None, compare=False)  # of that plan; None: nobody has read them yet
    languages: tuple[str, str] = field(default=("", ""), compare=False)  # the person's own choice, and the account's
    time_zone: str = field(default="", compare=False)  # the person's; empty is UTC
    settings: Settings = field(default=Settings(), compare=False)
    lacks_factor: bool = field(default=False, compare=False)  # the rights are withheld until there is a second factor (ASVS 6.3.3)

    def may(self, privilege: str) -> bool:
        """Whether this actor holds the right. Only verbs decide by it; faces may hide a button by it."""
        return known(privilege).name in self.privileges

    def why_not(self, *privileges: str) -> str:
        """The first of these rights that is missing, as the sentence of a refusal; empty when none is. For what is shown closed (S4-23)."""
        missing = next((p for p in privileges if not self.may(p)), None)
        return _("This needs the right to %(right)s.") % {"right": known(missing).words} if missing else ""

    def why_not_everybody(self) -> str:
        """The same when the role covers a part of the account only."""
        return _("Your role covers a part of the account. Only somebody whose role covers all of it can do this.") if self.scope else ""

    def require(self, privilege: str) -> None:
        """Refuse (forbidden) without the right."""
        if words := self.why_not(privilege):
            raise Refused("forbidden", "privilege", words, details={"privilege": privilege})

    def require_everybody(self) -> None:
        """Refuse (forbidden, scope) when the role covers a part of the account only."""
        if words := self.why_not_everybody():
            raise Refused("forbidden", "scope", words)

    def at(self, door: Door) -> "Actor":
        """The same actor at another door."""
        return replace(self, door=door)

    @property
    def is_owner(self) -> bool:
        """The owner, or the operator of this machine, who can do what the owner can."""
        return self.role == "owner"
