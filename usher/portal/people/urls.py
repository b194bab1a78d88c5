"""Addresses of User Management."""

from django.urls import path

from usher.portal.people import access, adding, belonging, bulk, coming_back, dating, importing, leavers, leaving, pages, purging, trash
from usher.portal.people.person import editing
from usher.portal.people.person import pages as person

urlpatterns = [
    path("people", pages.users),
    path("people/export", pages.users_export),
    path("people/pending", pages.pending),
    path("people/pending/export", pages.pending_export),
    path("people/new", adding.add_users),
    path("people/new/sum", adding.add_users_sum),
    path("people/new/add-ons", adding.add_on_choices),
    path("people/imports/new", importing.new_import),
    path("people/imports/blank.csv", importing.blank_file),
    path("people/imports/<id:stage_id>", importing.import_plan),
    path("people/imports/<id:stage_id>/refused.csv", importing.refused_file),
    path("people/license-changes", bulk.license_change),
    path("people/role-changes", bulk.role_change),
    path("people/resends", bulk.resend),
    path("people/add-on-changes", bulk.add_on_change),
    path("people/department-changes", belonging.department_change),
    path("people/group-changes", belonging.group_change),
    path("people/im-group-changes", belonging.im_group_change),
    path("people/sign-outs", access.sign_out),
    path("people/factor-removals", access.factor_removal),
    path("people/dates", dating.dates),
    path("people/dates/new", dating.new_date),
    path("people/dates/cancellations", dating.cancellations),
    path("people/close", editing.close),
    path("people/<id:person_id>", person.overview),
    path("people/<id:person_id>/profile", editing.edit),
    path("people/<id:person_id>/licenses", person.licenses),
    path("people/<id:person_id>/groups", person.groups),
    path("people/<id:person_id>/activity", person.activity),
    path("people/<id:person_id>/sign-in", person.sign_in),
    path("people/withdrawals", bulk.withdrawal),
    path("people/leavers", leavers.leavers),
    path("people/deactivations", leaving.deactivations),
    path("people/unlinkings", leaving.unlinkings),
    path("people/deletions", leaving.deletions),
    path("people/reactivations", coming_back.reactivations),
    path("people/trash", trash.trash),
    path("people/trash/export", trash.trash_export),
    path("people/trash/restorations", coming_back.restorations),
    path("people/trash/purges", purging.purges),
    path("people/<id:person_id>/deactivation", leaving.deactivation),
    path("people/<id:person_id>/unlinking", leaving.unlinking),
    path("people/<id:person_id>/deletion", leaving.deletion),
    path("people/<id:person_id>/reactivation", coming_back.reactivation),
]
