"""Addresses of managed domains, and of signing up by one."""

from django.urls import path

from usher.portal.domains import consolidation, pages, sign_up

urlpatterns = [
    path("domains", pages.domains),
    path("domains/<id:domain_id>", pages.domain),
    path("domains/<id:domain_id>/check", pages.check),
    path("domains/<id:domain_id>/release", pages.release),
    path("me/consolidation", consolidation.consolidation),
    path("me/consolidation/address", consolidation.address),
    path("new-address/<str:row>/<str:secret>", consolidation.new_address),
    path("new-address/<path:rest>", sign_up.bad_link),
    path("sign-up", sign_up.sign_up),
    path("sign-up/<str:row>/<str:secret>", sign_up.join),
    path("sign-up/<path:rest>", sign_up.bad_link),
]
