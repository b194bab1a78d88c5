"""Who may use an address. Every view of every face carries one; the web process does not start when one carries none (AUTHZ-13)."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Policy:
    """`open` never looks at who asks; `public` is for anybody; `member` for anybody signed in; `privilege` needs that right.

    `token` is for programs: a bearer token with a scope of the operation, no session. `client` is where an app shows its secret for one.
    """

    kind: Literal["open", "public", "member", "privilege", "token", "client"]
    methods: tuple[str, ...] = ("GET",)
    privilege: str = ""
