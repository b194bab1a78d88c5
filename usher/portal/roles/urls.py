"""Addresses of roles."""

from django.urls import path

from usher.access.roles import NAMES
from usher.portal.roles import editing, giving, pages

urlpatterns = [
    path("people/role-changes", giving.role_change),
    path("roles", pages.every_role),
    path("roles/new", editing.new_role),
    path("roles/effective/<id:person_id>", pages.effective_rights),
    path("roles/<id:role_id>", editing.custom_role),
    path("roles/<id:role_id>/deletion", giving.deletion),
    *(path(f"roles/{key}", editing.system_role, {"key": key}) for key in NAMES),
]
