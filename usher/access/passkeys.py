"""Passkeys (WebAuthn level 3) by fido2: what a browser is asked, and whether its answer holds. Every passkey asks for finger, face or PIN and
can sign in by itself, so it is password and second factor in one.

The relying party is the host of USHER_BASE_URL; an answer made for any other origin is refused, whatever the request says its host is.
"""

import base64
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from usher.core import clock, sql
from usher.core.refusals import Refused

LIVES_SECONDS = 300  # between question and answer
LONGEST_ANSWER = 20_000
REQUIRED = UserVerificationRequirement.REQUIRED


@dataclass(frozen=True)
class Question:
    """What the browser is asked, and what the session keeps until it answers. A question is answered once."""

    asked: dict[str, Any]
    kept: dict[str, Any]


def ask_for_new(login: UUID, email: str, name: str) -> Question:
    """Make a passkey for this login, on a device that has none yet."""
    person = PublicKeyCredentialUserEntity(id=login.bytes, name=email, display_name=name)
    asked, kept = _server().register_begin(
        person, _credentials(login), resident_key_requirement=ResidentKeyRequirement.REQUIRED, user_verification=REQUIRED
    )
    return Question(dict(asked), {**kept, "at": int(time.time()), "for": str(login)})


def ask_for_one(login: UUID | None) -> Question:
    """Show a passkey of this login; of any login for somebody not known yet."""
    asked, kept = _server().authenticate_begin(_credentials(login) if login else [], user_verification=REQUIRED)
    return Question(dict(asked), {**kept, "at": int(time.time())})


def registered(kept: Any, answer: Any, login: UUID) -> dict[str, Any]:
    """What to keep of a new passkey: its public half. Refused (invalid, passkey) when the answer does not hold or the passkey is here already."""
    if not _is_open(kept) or kept.get("for") != str(login):
        raise _does_not_hold()
    try:
        shown = _server().register_complete(kept, answer)
        made = AttestedCredentialData(shown.credential_data or b"")
        told = {"credential_id": _text(made.credential_id), "credential": _text(made)}
    except Exception as trouble:  # fido2 parses what a stranger sent, and says so in a dozen kinds
        raise _does_not_hold() from trouble
    known = "SELECT true FROM mfa_authenticator WHERE type = 'webauthn' AND data->>'credential_id' = %(c)s"
    if sql.value(known, {"c": told["credential_id"]}):
        raise Refused("invalid", "passkey", _("This passkey is registered already."))
    return {**told, "count": shown.counter}


def shown_by(kept: Any, answer: Any) -> UUID:
    """Whose passkey answered. Refused (invalid, passkey) for any other answer, also from a copy whose count lags behind."""
    if not _is_open(kept):
        raise _does_not_hold()
    try:
        told = AuthenticationResponse.from_dict(answer)
        named = _text(told.raw_id)
        found = sql.row(
            "SELECT id, user_id, data->>'credential' AS credential FROM mfa_authenticator WHERE type = 'webauthn' AND data->>'credential_id' = %(c)s",
            {"c": named},
        )
        if found is None or told.response.user_handle not in (None, b"", found["user_id"].bytes):
            raise _does_not_hold()
        _server().authenticate_complete(kept, [_credential(found["credential"])], told)
        count = told.response.authenticator_data.counter
    except Exception as trouble:  # as above
        raise _does_not_hold() from trouble
    used = sql.execute(
        """UPDATE mfa_authenticator SET data = data || jsonb_build_object('count', %(n)s::bigint), last_used_at = %(now)s
           WHERE id = %(id)s AND ((data->>'count')::bigint < %(n)s OR ((data->>'count')::bigint = 0 AND %(n)s = 0))""",
        {"id": found["id"], "n": count, "now": clock.now()},
    )
    if not used:
        raise _does_not_hold()
    return UUID(str(found["user_id"]))


def _server() -> Fido2Server:
    party = PublicKeyCredentialRpEntity(id=settings.MODE.host, name="Usher")
    return Fido2Server(party, verify_origin=lambda origin: origin == settings.BASE_URL)


def _credentials(login: UUID) -> list[AttestedCredentialData]:
    rows = sql.rows(
        "SELECT data->>'credential' AS c FROM mfa_authenticator WHERE user_id = %(l)s AND type = 'webauthn' ORDER BY id", {"l": login}
    )
    return [_credential(r["c"]) for r in rows]


def _credential(text: str) -> AttestedCredentialData:
    return AttestedCredentialData(base64.urlsafe_b64decode(text))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()


def _is_open(kept: Any) -> bool:
    return isinstance(kept, dict) and 0 <= time.time() - kept.get("at", 0) <= LIVES_SECONDS


def _does_not_hold() -> Refused:
    return Refused("invalid", "passkey", _("This passkey was not accepted. Try again, or use another way."))
