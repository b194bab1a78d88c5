"""Address of the search."""

from django.urls import path

from usher.portal.search import pages

urlpatterns = [path("search", pages.search)]
