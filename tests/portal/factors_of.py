"""Setting up second factors as a person does, through the pages; and the codes their app would show."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.test import Client

from tests.people_of import PASSWORD
from usher.access import totp
from usher.core import clock, sql


def sign_in(client: Client, email: str, password: str = PASSWORD) -> Any:
    return client.post("/sign-in", {"email": email, "password": password})


def is_in(client: Client) -> bool:
    return bool(client.get("/me/security").status_code == 200)


def code_of(secret: str, steps: int = 0) -> str:
    """What the app shows now, or so many steps of 30 seconds from now."""
    return totp.code_at(secret, int((clock.now() + timedelta(seconds=30 * steps)).timestamp()) // 30)


def set_up_app(client: Client) -> tuple[str, list[str]]:
    """The secret, read from the page, and the recovery codes shown with it. The code used is the one before the present."""
    page = client.get("/me/security/app").content.decode()
    found = re.search(r'class="u-code"><bdi>([A-Z2-7 ]+)</bdi>', page)
    assert found is not None
    secret = found[1].replace(" ", "")
    answer = client.post("/me/security/app", {"code": code_of(secret, -1)})
    assert answer.status_code == 200, answer.content.decode()
    return secret, codes_on(answer.content.decode())


def codes_on(page: str) -> list[str]:
    return re.findall(r"<li><bdi>([a-z2-9]{5}-[a-z2-9]{5})</bdi></li>", page)


def login_of(user: UUID | None) -> UUID:
    return UUID(str(sql.value("SELECT login_id FROM people_user WHERE id = %(u)s", {"u": user})))
