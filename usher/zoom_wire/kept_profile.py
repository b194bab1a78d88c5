"""What the contract tells of a person beside what is known here: checked, kept, and returned as it was given (README 3)."""

from collections.abc import Mapping
from typing import Any

from .codes import invalid
from .fields import Field, Fields

ATTRIBUTE = Field("object", fields={name: Field("string", most=255) for name in ("key", "name", "value")})
LABELS = ("Mobile", "Office", "Home", "Fax")
PHONE = Field(
    "object",
    fields={
        "code": Field("string", most=8),
        "country": Field("string", most=8),
        "label": Field("string", one_of=LABELS),
        "number": Field("string", most=32),
    },
)
FIELDS: Fields = {
    "about_me": Field("string", most=150),
    "cms_user_id": Field("string", most=128),
    "company": Field("string", most=255),
    "custom_attributes": Field("array", most=5, items=ATTRIBUTE),
    "host_key": Field("string", least=6, most=10),
    "language": Field("string", most=32),
    "linkedin_url": Field("string", most=255),
    "phone_country": Field("string", most=8),
    "phone_number": Field("string", most=32),
    "phone_numbers": Field("array", most=3, items=PHONE),
    "pmi": Field("integer", least=10**9, most=10**10 - 1),
    "pronouns": Field("string", most=64),
    "pronouns_option": Field("integer", one_of=(1, 2, 3)),
    "use_pmi": Field("boolean"),
    "vanity_name": Field("string", most=40),
}


def checked(body: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the fields that a body names. 300 for a host key that is no number of 6 to 10 digits, a link about somebody, and an address elsewhere than at LinkedIn."""
    told = {name: body[name] for name in FIELDS if name in body}
    key = told.get("host_key")
    if key and not (key.isascii() and key.isdigit() and len(key) >= (FIELDS["host_key"].least or 0)):
        raise invalid({"field": "host_key", "message": "host_key has 6 to 10 digits."})
    if any(sign in told.get("about_me", "") for sign in ("<", "://")):
        raise invalid({"field": "about_me", "message": "about_me has no link and no HTML."})
    if (url := told.get("linkedin_url")) and not url.startswith(("https://www.linkedin.com/", "https://linkedin.com/")):
        raise invalid({"field": "linkedin_url", "message": "linkedin_url is an address at linkedin.com."})
    return told
