"""What the pages around sign-in ask for. The forms parse and keep what was typed; passwords are never echoed."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from usher.access.passkeys import LONGEST_ANSWER
from usher.access.way_in import LONGEST_PASSWORD
from usher.people.models import Login

LONGEST_NAME = 64


def text(label: Any, *, kind: str = "text", fill: str, most: int, needed: bool = True, hint: Any = "") -> forms.CharField:
    """A one-line field. `fill` is its autocomplete word (HTML 4.10.18.7)."""
    shape = forms.PasswordInput if kind == "password" else forms.TextInput
    attributes = {"class": "form-control", "type": kind, "autocomplete": fill}
    missing = {"required": _("This is needed."), "max_length": _("This is too long: %(limit_value)s characters fit.")}
    return forms.CharField(
        label=label,
        max_length=most,
        required=needed,
        strip=kind != "password",
        help_text=hint,
        error_messages=missing,
        widget=shape(attributes),
    )


class SignIn(forms.Form):
    """Address and password."""

    email = text(_("E-mail address"), kind="email", fill="username", most=254)
    password = text(_("Password"), kind="password", fill="current-password", most=LONGEST_PASSWORD)


def answer() -> forms.CharField:
    """What the browser says about a passkey, filled in by passkeys.js."""
    return forms.CharField(required=False, max_length=LONGEST_ANSWER, widget=forms.HiddenInput)


def code(label: Any, hint: Any = "") -> forms.CharField:
    """A code of an app, or a recovery code."""
    field = text(label, fill="one-time-code", most=40, hint=hint)
    field.widget.attrs.update({"autocapitalize": "off", "spellcheck": "false"})
    return field


class Factor(forms.Form):
    """The second step of a sign-in."""

    code = code(_("Code"), _("Six digits from your authenticator app, or one of your recovery codes."))


class SetUpApp(forms.Form):
    """The first code of a new authenticator app."""

    code = code(_("Code"), _("Six digits; they change every 30 seconds."))


class NewPasskey(forms.Form):
    """A name, to know it by later, and what the browser made."""

    name = text(_("Name"), fill="off", most=64, hint=_("To know it by later, like “Laptop” or “Blue key”."))
    credential = answer()


class Confirm(forms.Form):
    """Who it is, once more: one of the three."""

    confirm_password = text(_("Password"), kind="password", fill="current-password", most=LONGEST_PASSWORD, needed=False)
    confirm_code = text(
        _("Or a code"), fill="one-time-code", most=40, needed=False, hint=_("From your authenticator app, or a recovery code.")
    )
    confirm_credential = answer()


class Forgot(forms.Form):
    """The address that has forgotten its password."""

    email = text(_("E-mail address"), kind="email", fill="username", most=254)


class NewPassword(forms.Form):
    """A new password, twice, for the login with this address."""

    password = text(
        _("New password"),
        kind="password",
        fill="new-password",
        most=LONGEST_PASSWORD,
        hint=_("At least 10 characters. A sentence is fine."),
    )
    again = text(_("The same again"), kind="password", fill="new-password", most=LONGEST_PASSWORD)

    def __init__(self, data: Any, email: str) -> None:
        super().__init__(data)
        self.email = email

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, Login(email=self.email))
        return password

    def clean(self) -> None:
        given = self.cleaned_data
        if "password" in given and "again" in given and given["password"] != given["again"]:
            self.add_error("again", _("The two passwords differ. Type both once more."))


class Join(NewPassword):
    """Name and password of somebody who is new."""

    first_name = text(_("First name"), fill="given-name", most=LONGEST_NAME, needed=False)
    last_name = text(_("Last name"), fill="family-name", most=LONGEST_NAME, needed=False)
    field_order = ["first_name", "last_name", "password", "again"]


class KnownPassword(forms.Form):
    """The password that an invited address has already."""

    password = text(_("Your present password"), kind="password", fill="current-password", most=LONGEST_PASSWORD)


class OwnPassword(NewPassword):
    """The present password and a new one."""

    present = text(_("Present password"), kind="password", fill="current-password", most=LONGEST_PASSWORD)
    field_order = ["present", "password", "again"]
