"""What a refusal is on the wire: HTTP status, code of the contract, message. The one place where Refused becomes a code (issue 6)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from usher.core.refusals import Refused

INVALID_TOKEN, EXPIRED_TOKEN = "Invalid access token.", "Access token is expired."
VALIDATION = "Validation Failed."


@dataclass(frozen=True)
class Fault:
    """An answer that says no."""

    http: int
    code: int
    message: str
    errors: list[dict[str, str]] = field(default_factory=list)
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.message, **({"errors": self.errors} if self.errors else {})}


class WireRefused(Exception):
    """What only the wire knows to refuse: a parameter that is wrong, a person whom the path does not find."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def invalid(*errors: dict[str, str]) -> WireRefused:
    """400 with code 300: a field or parameter is not what it must be."""
    return WireRefused(Fault(400, 300, errors[0]["message"] if len(errors) == 1 else VALIDATION, list(errors)))


def no_user(told: str) -> WireRefused:
    """404 with code 1001 (S4-42)."""
    return WireRefused(Fault(404, 1001, f"User does not exist: {told[:128]}."))


def no_invitation(told: str) -> WireRefused:
    """400 with code 1120: an invitation that expired (README 3)."""
    return WireRefused(Fault(400, 1120, f"A valid invitation to join this account was not found for this user: {told[:128]}."))


def no_token(words: str) -> Fault:
    """401 with code 124 (S4-40), and the challenge some HTTP libraries look for before they read the body (RFC 9110, 15.5.2; RFC 6750, 3)."""
    return Fault(401, 124, words, headers={"WWW-Authenticate": "Bearer"})


def no_scope(granular: tuple[str, ...]) -> Fault:
    """A token without a scope of the operation: 403 (S4-41) with the body code of the contract (R8)."""
    return Fault(403, 4711, f"Invalid access token, does not contain scopes:[{', '.join(granular)}].")


# The code of a refusal or of a skip reason, wherever it happens; an operation may know a better one.
CODES: dict[str, tuple[int, int]] = {
    "exists": (409, 1005),
    "elsewhere": (400, 1009),
    "no_seat": (400, 3412),
    "not_enough_seats": (400, 3412),
    "switched_off": (400, 300),
    "settings_full": (400, 300),
    **dict.fromkeys(("bad_email", "empty", "too_long", "hidden_character", "look_alike", "mixed_script"), (400, 300)),
    "needs_base": (400, 1108),
    "excluded": (400, 1108),
    "managed_domain": (400, 1107),
    "is_owner": (400, 200),
    "is_admin": (400, 200),
    "holds_role": (400, 200),
    "higher_rank": (400, 200),
    "oneself": (400, 200),
    "still_pending": (400, 1120),
    "no_invitation": (400, 1120),
    "name_taken": (409, 4132),
    "no_group": (404, 4130),
    "not_member": (404, 4131),
    "role_name_taken": (400, 1224),
    "unknown_role": (400, 1034),
    "key_reused": (409, 300),
    "not_managed": (400, 200),
    "not_free": (400, 200),
    "inactive": (400, 200),
    "never_touch": (400, 200),
    "service_account": (400, 200),
    "too_many_groups": (400, 300),
    "too_many": (429, 429),
}
KINDS: dict[str, tuple[int, int]] = {
    "forbidden": (403, 200),
    "missing": (404, 1001),
    "invalid": (400, 300),
    "conflict": (409, 300),
    "later": (429, 429),
}


def fault_of(refused: Refused, better: Mapping[str, tuple[int, int]]) -> Fault:
    """A verb's or a read's no. `better` are the codes an operation documents for its own reasons."""
    code = refused.code.partition(":")[0]
    http, number = better.get(code) or CODES.get(code) or KINDS[refused.kind]
    if refused.kind == "forbidden" and code == "privilege":
        return Fault(403, 200, f"Invalid access token. Does not contain permissions [{refused.details.get('privilege', '')}].")
    errors = [{"field": refused.field, "message": refused.words}] if refused.field and number == 300 else []
    wait = {"Retry-After": str(refused.details.get("retry_after", 1))} if http == 429 else {}
    return Fault(http, number, refused.words, errors, wait)
