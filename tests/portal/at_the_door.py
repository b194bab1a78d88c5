"""Signing in through the form, and the links that lead to it."""

from typing import Any
from urllib.parse import urlsplit

from django.test import Client

from tests.people_of import PASSWORD, Company
from usher.access import links
from usher.core import sql

NEW = "nine white boats at anchor"


def sign_in(client: Client, company: Company, who: str = "owner", password: str = PASSWORD, **more: str) -> Any:
    return client.post("/sign-in", {"email": f"{who}@{company.domain}", "password": password, **more})


def is_in(client: Client) -> bool:
    return bool(client.get("/me/security").status_code == 200)


def reset_path(email: str) -> str:
    """The path of the reset link that a mail to this address would hold."""
    links.send_reset(email)
    made = sql.value("SELECT id FROM access_link ORDER BY created_at DESC, id DESC LIMIT 1")
    return urlsplit(links.urls([made])[made]).path
