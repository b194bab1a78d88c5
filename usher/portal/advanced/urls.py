"""Addresses of the Advanced tab."""

from django.urls import path

from usher.portal.advanced import members, pages

urlpatterns = [
    path("people/advanced", pages.advanced),
    path("people/advanced/license-changes", members.license_change),
    path("people/advanced/unlinkings", members.unlinkings),
    path("people/advanced/deletions", members.deletions),
]
