"""Addresses of the settings of meetings, at each level."""

from django.urls import path

from usher.portal.settings import pages

urlpatterns = [
    path("account/meeting-settings", pages.of_account),
    path("groups/<id:group_id>/settings", pages.of_group),
    path("people/<id:person_id>/settings", pages.of_person),
]
