"""From a session, or from nobody, to an Actor. The access_epoch is checked at every request: a leaving verb raises it and the session is over."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from usher.accounts.plans import all_of
from usher.core import sql
from usher.core.actor import Actor, Door, Scope, Settings
from usher.core.privileges import all_names, expand
from usher.core.refusals import Refused

from . import sessions
from .origin import client_ip
from .roles import rights_of

USER_KEY, EPOCH_KEY = "usher_user", "usher_epoch"

PERSON = f"""SELECT u.id, u.account_id, u.email, u.first_name, u.last_name, u.display_name, s.role, s.status, s.access_epoch,
              a.name AS account_name, a.plan, a.api_limits, u.language, a.language AS account_language, u.time_zone, u.theme, u.single_keys, u.mail_when_done,
              a.admins_need_factor AND s.role <> 'member' AND NOT EXISTS (
                SELECT 1 FROM mfa_authenticator m WHERE m.user_id = u.login_id AND m.type IN ('totp', 'webauthn')) AS lacks_factor,
              {all_of("a.plan")} AS capabilities, r.privileges AS given, r.name AS role_name, r.most, x.kind AS scope_kind, x.values AS scope_values
            FROM people_user u JOIN people_standing s ON s.user_id = u.id JOIN accounts_account a ON a.id = u.account_id
            LEFT JOIN access_role r ON r.account_id = s.account_id AND r.key = s.role LEFT JOIN access_scope x ON x.user_id = s.user_id
            WHERE u.left_at IS NULL"""


def remember(request: HttpRequest, user: UUID, epoch: int) -> None:
    """Bind the session to a person, after every successful sign-in, when the session id is new.

    `epoch` is the one read before the password was checked, so that whatever ended sessions meanwhile ends this one too.
    """
    request.session[USER_KEY] = str(user)
    request.session[EPOCH_KEY] = epoch
    sessions.begin(request.session, user, epoch, request.META)


def actor_of_session(request: HttpRequest) -> Actor | None:
    """Who this request comes from. None without a session, and when it is over, the person is not active or their epoch has moved on (S4-3, F14)."""
    user = request.session.get(USER_KEY)
    if not user:
        return None
    if sessions.is_over(request.session):
        request.session.flush()
        return None
    found = sql.row(f"{PERSON} AND u.id = %(u)s", {"u": user})
    if not found or found["status"] != "active" or found["access_epoch"] != request.session.get(EPOCH_KEY):
        request.session.flush()
        return None
    return actor_of_row(found, "portal", request_id=getattr(request, "request_id", ""), ip=client_ip(request.META))


def actor_of_person(request: HttpRequest, user: UUID) -> Actor:
    """Somebody who has shown who they are but has no session yet, at the sign-in door. Refused (missing) when they are not active."""
    found = sql.row(f"{PERSON} AND u.id = %(u)s AND s.status = 'active'", {"u": user})
    if not found:
        raise Refused("missing", "gone", _("There is no active account for this address any more."))
    return actor_of_row(found, "sign_in", request_id=getattr(request, "request_id", ""), ip=client_ip(request.META))


def person(user: UUID, door: Door) -> Actor:
    """Somebody whose work goes on in the background, with the rights they have now. Refused (missing) when they are not active."""
    found = sql.row(f"{PERSON} AND u.id = %(u)s AND s.status = 'active'", {"u": user})
    if not found:
        raise Refused("missing", "gone", _("This person is not active any more."))
    return actor_of_row(found, door)


def actor_of_row(found: dict[str, Any], door: Door, *, request_id: str = "", ip: str = "", name: str = "") -> Actor:
    """The Actor of a row of PERSON, by another name when a program works for them. An administrator who lacks the second factor the account asks for has no
    rights, at any door, until there is one.
    """
    lacks_factor = bool(found["lacks_factor"])
    return Actor(
        kind="person",
        account_id=found["account_id"],
        name=name or name_of(found),
        privileges=frozenset() if lacks_factor else rights_of(found),
        door=door,
        user_id=found["id"],
        role=found["role"],
        role_name=found["role_name"] or "",
        scope=Scope(found["scope_kind"], tuple(found["scope_values"])) if found["scope_kind"] else None,
        most=found["most"],
        email=found["email"],
        request_id=request_id,
        ip=ip,
        account_name=found["account_name"],
        plan=found["plan"],
        api_limits=found["api_limits"],
        capabilities=frozenset(found["capabilities"]),
        languages=(found["language"], found["account_language"]),
        time_zone=found["time_zone"],
        settings=Settings(found["theme"], found["single_keys"], found["mail_when_done"]),
        lacks_factor=lacks_factor,
    )


def name_of(person: dict[str, Any]) -> str:
    """The name to show: the display name, first and last name, or the address."""
    return person.get("display_name") or f"{person['first_name']} {person['last_name']}".strip() or str(person["email"])


def operator(account: UUID | None, door: Door = "cli") -> Actor:
    """Who runs commands on this machine. Without an account: the only one opened by an operator; refused when there is none or more than one."""
    found = sql.rows(
        """SELECT id, name FROM accounts_account
           WHERE CASE WHEN %(a)s::uuid IS NULL THEN opened_by = 'operator' AND closed_at IS NULL ELSE id = %(a)s::uuid END ORDER BY created_at LIMIT 2""",
        {"a": account},
    )
    if len(found) > 1:
        raise Refused("invalid", "which_account", _("There are several accounts. Say which one with --account ID."))
    if not found:
        raise Refused("missing", "no_account", _("There is no such account. Open one with `usher account open`."))
    return Actor("operator", found[0]["id"], "Operator", expand(all_names()), door, role="owner", account_name=found[0]["name"])


def system(account: UUID) -> Actor:
    """The clock: what happens by itself, on time."""
    return Actor("system", account, "Usher", expand(all_names()), "clock", role="owner")
