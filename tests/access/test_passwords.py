"""What a password may be, how it is kept, and who may choose it (ASVS 6.2, 6.4.6, 11.4.2)."""

import re

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client, override_settings

from tests.architecture.source import ROOT, files
from tests.people_of import PASSWORD, Company
from tests.portal.factors_of import is_in, sign_in
from tests.signed_in import signed_in
from usher.access.way_in import LONGEST_PASSWORD
from usher.portal.sign_in import forms

GOOD = [
    "x7 rivers",
    " a river with a space before and behind ",
    "ünïcödé rivers 漢字 flow",
    "0123 no composition rule",
    "r" * 40 + " " + "v" * 215,
]


@pytest.mark.parametrize("password", [p for p in GOOD if len(p) >= 10])
def test_what_passwords_may_be(db: None, northlake: Company, password: str) -> None:
    """ASVS 6.2.5, 6.2.8, 6.2.9: 10 to 256 characters of any kind, taken exactly as typed, and no other."""
    member = signed_in(northlake.member.user_id)
    answer = member.post("/me/password", {"present": PASSWORD, "password": password, "again": password})
    assert answer.status_code == 302, answer.content.decode()
    for typed, right in ((password, True), (password[:-1], False), (password.strip() + "!", False), (password.swapcase(), False)):
        client = Client()
        sign_in(client, northlake.member.email, typed)
        assert is_in(client) is right, typed


@pytest.mark.parametrize(
    "password", ["123456789", "qwertyuiop", "password123", "iloveyou12", "MEMBER@NORTHLAKE", "r" * (LONGEST_PASSWORD + 1)]
)
def test_what_passwords_may_not_be(db: None, northlake: Company, password: str) -> None:
    """ASVS 6.2.1, 6.2.4, 6.2.11: too short, among the 20,000 most common, like the own address, or longer than anybody types."""
    given = {"password": password, "again": password}
    assert not forms.NewPassword(given, f"member@{northlake.domain}").is_valid()


def test_passwords_are_argon2() -> None:
    """ASVS 11.4.2: argon2id and nothing else, also for what is kept from today on."""
    from usher.config import settings as written

    assert written.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    with override_settings(PASSWORD_HASHERS=written.PASSWORD_HASHERS):
        assert re.match(r"argon2\$argon2id\$v=19\$m=\d{5,},t=\d,p=\d", make_password("a river runs"))
    assert settings.AUTH_PASSWORD_VALIDATORS == written.AUTH_PASSWORD_VALIDATORS


def test_no_form_sets_the_password_of_another() -> None:
    """ASVS 6.4.6: passwords are asked for where people sign in, and no verb takes one from an administrator."""
    room = ROOT / "usher" / "portal" / "sign_in"
    asking = [p for p in files("portal") if "PasswordInput" in p.read_text() or 'kind="password"' in p.read_text()]
    assert asking == [room / "forms.py"]
    assert not [p for p in files("cli") if re.search(r"--password|getpass|hide_input", p.read_text())]
    parameters = {name for p in files() for name in re.findall(r'params\["(\w*password\w*)"\]', p.read_text())}
    assert parameters == set()


def test_browsers_and_managers_may_fill_them_in() -> None:
    """ASVS 6.2.6, 6.2.7: hidden while typed, named for a password manager, and nothing forbids pasting."""
    for form in (forms.SignIn(), forms.NewPassword(None, "a@x.test"), forms.Confirm()):
        for field in form:
            if "password" in field.name:
                assert 'type="password"' in str(field) and re.search(r'autocomplete="(current|new)-password"', str(field))
    scripts = [p for p in (ROOT / "usher" / "portal" / "static").rglob("*.js") if "vendor" not in p.parts]
    assert scripts and not [p for p in scripts if re.search(r"paste[^\n]*preventDefault|preventDefault[^\n]*paste", p.read_text())]
