"""By what somebody came in, in words. A second step stands after a plus: "password+totp"."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MEANS = {
    "password": gettext_lazy("Password"),
    "passkey": gettext_lazy("Passkey"),
    "reset": gettext_lazy("New password"),
    "link": gettext_lazy("Sign-in link"),
    "invitation": gettext_lazy("Invitation"),
    "sign_up": gettext_lazy("Sign-up"),
    "setup_link": gettext_lazy("Setup link"),
}
SECOND = {"totp": gettext_lazy("code"), "recovery_code": gettext_lazy("recovery code"), "passkey": gettext_lazy("passkey")}


def means_in_words(means: str) -> str:
    """Like "Password and code"."""
    first, _plus, then = means.partition("+")
    told = str(MEANS.get(first, first))
    return _("%(first)s and %(then)s") % {"first": told, "then": SECOND.get(then, then)} if then else told
