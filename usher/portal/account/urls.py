"""Addresses of Account."""

from django.urls import path

from usher.portal.account import pages

urlpatterns = [
    path("account/subscriptions", pages.subscriptions),
    path("account/outbox", pages.outbox),
    path("account/outbox/<id:message_id>", pages.message),
]
