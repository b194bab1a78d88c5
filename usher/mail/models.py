"""The outbox: a mail is a row in the transaction that caused it, sent later by a job, readable in the portal when no SMTP is set."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from usher.core.tables import Id


class Message(models.Model):
    """One mail to one address. It holds no link and no secret: they are made when it is sent or shown (mail/kinds.py)."""

    id = Id()
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    kind = models.TextField()
    to_user = models.UUIDField(null=True)
    address = models.TextField()
    params = models.JSONField(default=dict)
    state = models.TextField(default="waiting", db_default="waiting")  # waiting | sent | shown | undeliverable | cancelled
    tries = models.IntegerField(default=0, db_default=0)
    next_try = models.DateTimeField(db_default=Now())
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)
    error = models.TextField(default="", db_default="")
    trouble = models.JSONField(null=True)  # the same as a sentence and its places (send.Trouble)

    class Meta:
        indexes = [
            models.Index(fields=["account", "created_at", "id"], name="message_by_time"),
            models.Index(fields=["next_try"], condition=Q(state="waiting"), name="message_waiting"),
            models.Index(fields=["account", "created_at"], name="message_undeliverable", condition=Q(state="undeliverable")),
            models.Index(fields=["to_user"], name="message_to_user", condition=Q(to_user__isnull=False)),
        ]
