"""Addresses of Activity, of single changes and of the tray."""

from django.urls import path

from usher.portal.changes import pages

urlpatterns = [
    path("activity", pages.activity),
    path("changes/<int:number>", pages.change),
    path("changes/<int:number>/stop", pages.stop),
    path("changes/<int:number>/undo", pages.undo),
    path("changes/<int:number>/left.csv", pages.left_file),
    path("tray", pages.tray),
]
