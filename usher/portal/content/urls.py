"""Addresses of Content."""

from django.urls import path

from usher.portal.content import making, moving, pages, person

urlpatterns = [
    path("content", pages.meetings),
    path("content/export", pages.meetings_export),
    path("content/webinars", pages.webinars),
    path("content/webinars/export", pages.webinars_export),
    path("content/recordings", pages.recordings),
    path("content/recordings/export", pages.recordings_export),
    path("content/boards", pages.boards),
    path("content/boards/export", pages.boards_export),
    path("content/new", making.new_item),
    path("content/recordings/new", making.new_recording),
    path("content/hand-overs", moving.hand_over),
    path("content/transfers", moving.transfer),
    path("content/deletions", moving.deletion),
    path("content/restorations", moving.restoration),
    path("people/<id:person_id>/content", person.content),
    path("content/<id:item_id>", pages.item),
    path("content/<id:item_id>/title", making.title),
    path("content/<id:item_id>/file", pages.file),
]
