"""Addresses of the ways in. A link is <what>/<id>/<secret>; whatever else stands there is refused alike."""

from django.urls import path

from usher.portal.sign_in import factor, fresh, joining, pages, questions, requirement, second_factor, security, transferring

urlpatterns = [
    path("sign-in", pages.sign_in, name="account_login"),  # these two names are allauth's
    path("sign-in/factor", factor.factor, name="mfa_authenticate"),
    path("sign-in/passkey", factor.by_passkey),
    path("sign-in/passkey/question", questions.show_one),
    path("sign-out", pages.sign_out),
    path("forgot", pages.forgot),
    path("join/<str:row>/<str:secret>", joining.join),
    path("reset/<str:row>/<str:secret>", pages.reset),
    path("link/<str:row>/<str:secret>", pages.link),
    path("join/<str:row>/<str:secret>/sign-in", joining.sign_in),
    path("join/<str:row>/<str:secret>/transfer", transferring.transfer),
    path("join/<str:row>/<str:secret>/refusal", joining.refusal),
    path("join/<path:rest>", pages.bad_link),
    path("reset/<path:rest>", pages.bad_link),
    path("link/<path:rest>", pages.bad_link),
    path("me/security", security.security),
    path("me/security/app", second_factor.app),
    path("me/security/passkey", second_factor.passkey),
    path("me/security/passkey/question", questions.make_one),
    path("me/security/codes", second_factor.codes),
    path("me/security/<int:factor>/removal", second_factor.removal),
    path("account/sign-in", requirement.requirement),
    path("me/confirm", fresh.confirm),
    path("me/password", security.password),
    path("me/sessions", security.sessions),
    path("me/sessions/others", security.other_sessions),
    path("me/sessions/<id:session_id>/end", security.session_end),
]
