"""Addresses of Phone."""

from django.urls import path

from usher.portal.phone import lists, numbers, own, person, plans, settings, sites, templates

urlpatterns = [
    path("phone/users", lists.users),
    path("phone/users/export", lists.users_export),
    path("phone/pending", lists.pending),
    path("phone/trash", lists.trash),
    path("phone/people", lists.without),
    path("phone/users/additions", plans.addition),
    path("phone/users/package-assignments", plans.package_assignment),
    path("phone/users/package-removals", plans.package_removal),
    path("phone/users/site-changes", plans.site_change),
    path("phone/users/template-applications", plans.template_application),
    path("phone/users/trashings", plans.trashing),
    path("phone/users/removals", plans.removal),
    path("phone/users/resends", plans.resend),
    path("phone/trash/restorations", plans.restoration),
    path("phone/numbers", numbers.numbers),
    path("phone/numbers/export", numbers.numbers_export),
    path("phone/numbers/new", numbers.new_numbers),
    path("phone/numbers/assignments", numbers.assignment),
    path("phone/numbers/returns", numbers.taking_back),
    path("phone/numbers/releases", numbers.release),
    path("phone/packages", numbers.packages),
    path("phone/packages/switches", numbers.package_switch),
    path("phone/sites", sites.sites),
    path("phone/sites/export", sites.sites_export),
    path("phone/sites/new", sites.new_site),
    path("phone/sites/<id:site_id>", sites.site),
    path("phone/sites/<id:site_id>/deletion", sites.site_deletion),
    path("phone/templates", templates.templates),
    path("phone/templates/export", templates.templates_export),
    path("phone/templates/new", templates.new_template),
    path("phone/templates/<id:template_id>", templates.template),
    path("phone/templates/<id:template_id>/deletion", templates.template_deletion),
    path("phone/settings", settings.settings),
    path("people/<id:person_id>/phone", person.phone),
    path("people/<id:person_id>/phone/extension", person.extension),
    path("me/phone", own.own_phone),
]
