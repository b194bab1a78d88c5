"""Addresses of User Management."""

from django.urls import path

from usher.portal.people import adding, bulk, importing, pages, person

urlpatterns = [
    path("people", pages.users),
    path("people/export", pages.users_export),
    path("people/pending", pages.pending),
    path("people/pending/export", pages.pending_export),
    path("people/new", adding.add_users),
    path("people/new/sum", adding.add_users_sum),
    path("people/imports/new", importing.new_import),
    path("people/imports/blank.csv", importing.blank_file),
    path("people/imports/<id:stage_id>", importing.import_plan),
    path("people/imports/<id:stage_id>/refused.csv", importing.refused_file),
    path("people/license-changes", bulk.license_change),
    path("people/role-changes", bulk.role_change),
    path("people/resends", bulk.resend),
    path("people/<id:person_id>", person.person),
    path("people/withdrawals", bulk.withdrawal),
]
