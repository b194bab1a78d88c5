"""Addresses of Home and Me."""

from django.urls import path

from usher.portal.home import own, pages

urlpatterns = [
    path("", pages.home),
    path("seats.csv", pages.seats_csv),
    path("me", own.me),
    path("me/settings", own.settings),
    path("me/own-account", own.own_account),
]
