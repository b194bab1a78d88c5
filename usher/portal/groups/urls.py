"""Addresses of Groups and of IM groups."""

from django.urls import path

from usher.portal.groups import naming, pages, plans

urlpatterns = [
    path("groups", pages.user_groups),
    path("groups/export", pages.user_groups_export),
    path("groups/close", pages.close_user_groups),
    path("groups/new", naming.new_user_group),
    path("groups/moves", plans.user_group_moves),
    path("groups/default", plans.user_group_default),
    path("groups/<id:group_id>", pages.user_group),
    path("groups/<id:group_id>/name", naming.user_group_name),
    path("groups/<id:group_id>/deletion", plans.user_group_deletion),
    path("groups/<id:group_id>/additions", plans.user_group_additions),
    path("groups/<id:group_id>/removals", plans.user_group_removals),
    path("im-groups", pages.im_groups),
    path("im-groups/export", pages.im_groups_export),
    path("im-groups/close", pages.close_im_groups),
    path("im-groups/new", naming.new_im_group),
    path("im-groups/moves", plans.im_group_moves),
    path("im-groups/default", plans.im_group_default),
    path("im-groups/<id:im_group_id>", pages.im_group),
    path("im-groups/<id:im_group_id>/name", naming.im_group_name),
    path("im-groups/<id:im_group_id>/deletion", plans.im_group_deletion),
    path("im-groups/<id:im_group_id>/additions", plans.im_group_additions),
    path("im-groups/<id:im_group_id>/removals", plans.im_group_removals),
]
