"""Addresses of Account."""

from django.urls import path

from usher.portal.account import apps, never_touch, outbox, owner, pages, settings, subscribing, trying, waiting, webhook_log, webhooks

urlpatterns = [
    path("account", pages.account),
    path("account/subscriptions", subscribing.all_products),
    path("account/subscriptions/change", subscribing.change),
    path("account/subscriptions/waiting", waiting.waiting_list),
    path("account/subscriptions/waiting/export", waiting.waiting_export),
    path("account/subscriptions/waiting/removals", waiting.removals),
    path("account/subscriptions/waiting/firsts", waiting.firsts),
    path("account/settings", settings.settings),
    path("account/never-touch", never_touch.never_touch),
    path("account/never-touch/export", never_touch.never_touch_export),
    path("account/owner", owner.owner),
    path("account/apps", apps.all_apps),
    path("account/apps/new", apps.new_app),
    path("account/apps/<id:app_id>", apps.one_app),
    path("account/apps/<id:app_id>/secret", apps.secret),
    path("account/apps/<id:app_id>/state", apps.state),
    path("account/apps/<id:app_id>/holder", apps.holder),
    path("account/apps/<id:app_id>/try", trying.try_it),
    path("account/apps/<id:app_id>/deletion", apps.deletion),
    path("account/webhooks", webhooks.all_webhooks),
    path("account/webhooks/new", webhooks.new_webhook),
    path("account/webhooks/log", webhook_log.deliveries),
    path("account/webhooks/log/export", webhook_log.log_export),
    path("account/webhooks/<id:webhook_id>", webhooks.one_webhook),
    path("account/webhooks/<id:webhook_id>/confirmation", webhooks.confirmation),
    path("account/webhooks/<id:webhook_id>/state", webhooks.state),
    path("account/webhooks/<id:webhook_id>/secret", webhooks.secret),
    path("account/webhooks/<id:webhook_id>/deletion", webhooks.deletion),
    path("account/webhooks/<id:webhook_id>/again", webhook_log.failed_again),
    path("account/webhooks/<id:webhook_id>/deliveries/<id:delivery_id>", webhook_log.delivery),
    path("account/webhooks/<id:webhook_id>/deliveries/<id:delivery_id>/again", webhook_log.again),
    path("account/outbox", outbox.outbox),
    path("account/outbox/test", outbox.mail_test),
    path("account/outbox/export", outbox.outbox_export),
    path("account/outbox/<id:message_id>", outbox.message),
]
