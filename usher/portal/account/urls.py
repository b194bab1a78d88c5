"""Addresses of Account."""

from django.urls import path

from usher.portal.account import pages, settings, subscribing

urlpatterns = [
    path("account", pages.account),
    path("account/subscriptions", subscribing.all_products),
    path("account/subscriptions/change", subscribing.change),
    path("account/settings", settings.settings),
    path("account/outbox", pages.outbox),
    path("account/outbox/test", pages.mail_test),
    path("account/outbox/<id:message_id>", pages.message),
]
