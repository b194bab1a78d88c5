"""Addresses of Account."""

from django.urls import path

from usher.portal.account import never_touch, outbox, owner, pages, settings, subscribing

urlpatterns = [
    path("account", pages.account),
    path("account/subscriptions", subscribing.all_products),
    path("account/subscriptions/change", subscribing.change),
    path("account/settings", settings.settings),
    path("account/never-touch", never_touch.never_touch),
    path("account/never-touch/export", never_touch.never_touch_export),
    path("account/owner", owner.owner),
    path("account/outbox", outbox.outbox),
    path("account/outbox/test", outbox.mail_test),
    path("account/outbox/export", outbox.outbox_export),
    path("account/outbox/<id:message_id>", outbox.message),
]
