"""Addresses of User Management."""

from django.urls import path

from usher.portal.people import pages

urlpatterns = [
    path("people", pages.users),
    path("people/export", pages.users_export),
    path("people/pending", pages.pending),
    path("people/pending/export", pages.pending_export),
]
