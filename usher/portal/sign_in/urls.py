"""Addresses of the ways in. A link is <what>/<id>/<secret>; whatever else stands there is refused alike."""

from django.urls import path

from usher.portal.sign_in import joining, pages, security

urlpatterns = [
    path("sign-in", pages.sign_in),
    path("sign-out", pages.sign_out),
    path("forgot", pages.forgot),
    path("join/<str:row>/<str:secret>", joining.join),
    path("reset/<str:row>/<str:secret>", pages.reset),
    path("link/<str:row>/<str:secret>", pages.link),
    path("join/<path:rest>", pages.bad_link),
    path("reset/<path:rest>", pages.bad_link),
    path("link/<path:rest>", pages.bad_link),
    path("me/security", security.security),
    path("me/password", security.password),
    path("me/sessions", security.sessions),
]
