"""What the roles are called on screen. The journal keeps their English names (usher/access/roles.py)."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ROLES: dict[str, str | Promise] = {"owner": _("Owner"), "admin": _("Admin"), "member": _("Member")}
