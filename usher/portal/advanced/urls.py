"""Addresses of the Advanced tab."""

from django.urls import path

from usher.portal.advanced import belonging, members, pages

urlpatterns = [
    path("people/advanced", pages.advanced),
    path("people/advanced/license-changes", members.license_change),
    path("people/advanced/unlinkings", members.unlinkings),
    path("people/advanced/domain-licenses", belonging.domain_licenses),
    path("people/advanced/default-group", belonging.default_group),
    path("people/advanced/group-moves", belonging.group_moves),
    path("people/advanced/domain-groups", belonging.domain_groups),
    path("people/advanced/default-im-group", belonging.default_im_group),
    path("people/advanced/im-group-moves", belonging.im_group_moves),
    path("people/advanced/deletions", members.deletions),
]
