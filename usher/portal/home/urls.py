"""Addresses of Home and Me."""

from django.urls import path

from usher.portal.home import pages

urlpatterns = [
    path("", pages.home),
    path("seats.csv", pages.seats_csv),
    path("me", pages.me),
    path("me/theme", pages.theme),
    path("me/keys", pages.keys),
]
