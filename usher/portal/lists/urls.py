"""Addresses of what all lists share: their columns, long selections, files in the background."""

from django.urls import path

from usher.portal.lists import exports, look, picking

urlpatterns = [
    path("me/lists/<str:name>", look.look),
    path("selections", picking.selections),
    path("selections/<id:selection_id>", picking.selection),
    path("exports", exports.exports),
    path("exports/<id:export_id>", exports.export),
    path("exports/<id:export_id>/file", exports.export_file),
]
