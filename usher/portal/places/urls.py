"""Addresses of places."""

from django.urls import path

from usher.portal.places import forms, lists

urlpatterns = [
    path("account/places", lists.rooms),
    path("account/places/export", lists.rooms_export),
    path("account/places/sites", lists.sites),
    path("account/places/sites/export", lists.sites_export),
    path("account/places/rooms/new", forms.new_room),
    path("account/places/rooms/deletions", forms.room_deletions),
    path("account/places/rooms/<id:room_id>", forms.room),
    path("account/places/sites/new", forms.new_site),
    path("account/places/sites/deletions", forms.site_deletions),
    path("account/places/sites/<id:site_id>", forms.site),
    path("account/places/sites/<id:site_id>/main", forms.main_site),
]
