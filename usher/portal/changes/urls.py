"""Addresses of Activity, of single changes and of the tray."""

from django.urls import path

from usher.portal.changes import activity, again, pages, tray

urlpatterns = [
    path("activity", activity.activity),
    path("activity/export", activity.activity_export),
    path("activity/denied", activity.denied_attempts),
    path("activity/denied/export", activity.denied_export),
    path("changes/<int:number>", pages.change),
    path("changes/<int:number>/stop", pages.stop),
    path("changes/<int:number>/undo", pages.undo),
    path("changes/<int:number>/left.csv", pages.left_file),
    path("changes/<int:number>/again", again.again),
    path("tray", tray.tray),
    path("tray/<int:number>/dismissal", tray.dismissal),
]
