"""Addresses of agreeing to apps: where an app sends people, and where they see and end what they agreed to."""

from django.urls import path

from usher.portal.consents import pages

urlpatterns = [
    path("oauth/authorize", pages.authorize),
    path("me/apps", pages.own_apps),
    path("me/apps/<id:own_consent_id>/end", pages.withdrawal),
    path("account/consents/<id:consent_id>/end", pages.end),
]
