"""Addresses of Help."""

from django.urls import path

from usher.portal.help import pages

urlpatterns = [
    path("help", pages.index),
    path("help/<str:name>", pages.one),
    path("help/pictures/<str:name>", pages.picture),
]
