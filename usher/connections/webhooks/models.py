"""Tables of webhooks: who wants to hear what and where (Subscription, SigningSecret), what was done (Notice), what is told of it (Event, Delivery)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from usher.core.tables import Id, SameAccount


class SigningSecret(models.Model):
    """What an app's messages are signed with, sealed. It must be readable to sign, so it is no hash; it is shown once, when it is made.

    After a renewal the one before is still good until `old_ends_at`, as an app's own secret is (OAUTH-18).
    """

    app = models.OneToOneField("access.App", models.CASCADE, primary_key=True, related_name="+", db_constraint=False)
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    sealed = models.TextField()
    made_at = models.DateTimeField(db_default=Now())
    old_sealed = models.TextField(default="", db_default="")
    old_ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [SameAccount(column="app_id", table="access_app", name="signing_secret_in_account", on_delete="CASCADE")]


class Subscription(models.Model):
    """An address that hears of events. It hears of none before it has shown that it knows the secret (HOOK-09)."""

    id = Id()
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    app = models.ForeignKey("access.App", models.CASCADE, related_name="+", db_constraint=False)
    name = models.TextField()
    url = models.TextField()
    events = ArrayField(models.TextField())
    scope = models.TextField(default="account", db_default="account")  # account | user: of everybody, or of `user_ids` only
    user_ids = ArrayField(models.UUIDField(), default=list)
    auth = models.JSONField(default=dict)  # the type of the authorization header and what of it is no secret
    sealed = models.TextField(default="", db_default="")  # the rest, as sealed JSON
    state = models.TextField(default="new", db_default="new")  # new (not confirmed) | on | paused | off (did not answer)
    source = models.TextField(default="default", db_default="default")  # default | openapi
    failures = models.IntegerField(default=0, db_default=0)  # questions without the right answer, in a row
    checked_at = models.DateTimeField(null=True)
    check_at = models.DateTimeField(null=True)  # when it is asked again by the clock
    version = models.IntegerField(default=1, db_default=1)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "id"], name="webhook_in_account"),
            models.CheckConstraint(condition=Q(state__in=["new", "on", "paused", "off"]), name="webhook_state"),
            SameAccount(column="app_id", table="access_app", name="webhook_app_in_account", on_delete="CASCADE"),
        ]
        indexes = [
            models.Index(fields=["account", "created_at", "id"], name="webhook_by_age"),
            models.Index(fields=["account"], condition=Q(state="on"), name="webhook_on"),
            models.Index(fields=["check_at"], condition=Q(check_at__isnull=False), name="webhook_to_check"),
        ]


class Notice(models.Model):
    """That something was done which somebody may want to hear of: written in its transaction, gone when it has become events."""

    seq = models.BigAutoField(primary_key=True)
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_constraint=False)
    change_id = models.UUIDField(null=True)
    phase = models.IntegerField(null=True)
    low = models.IntegerField(default=0)
    high = models.IntegerField(default=0)
    user_id = models.UUIDField(null=True)  # who came in or went out, when it is no Change
    event = models.TextField(default="", db_default="")
    at = models.DateTimeField(db_default=Now())


class Event(models.Model):
    """One thing that happened to one person, group or account, as it is told: the same bytes to everybody and at every try."""

    id = Id()
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    event = models.TextField()
    subject = models.UUIDField()  # what its order holds for
    name = models.TextField()  # whom it is about, for the log
    number = models.BigIntegerField(null=True)  # of the Change
    body = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "id"], name="webhook_event_in_account")]


class Delivery(models.Model):
    """One event on its way to one address: what its log shows. `seq` is the order in which things happened."""

    id = Id()
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    message = models.ForeignKey(Event, models.CASCADE, related_name="+", db_constraint=False)
    event = models.TextField()
    subject = models.UUIDField()
    seq = models.BigIntegerField(editable=False, db_default=models.expressions.RawSQL("nextval('webhooks_delivery_order')", ()))
    state = models.TextField(default="waiting", db_default="waiting")  # waiting | delivered | failed
    tries = models.IntegerField(default=0, db_default=0)
    next_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)  # somebody is sending it
    tried_at = models.DateTimeField(null=True)
    status = models.IntegerField(null=True)  # of the last answer
    took_ms = models.IntegerField(null=True)
    answer = models.TextField(default="", db_default="")  # how it began
    trouble = models.TextField(default="", db_default="")  # why there was none: a code of core/outbound.py
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["waiting", "delivered", "failed"]), name="webhook_delivery_state"),
            SameAccount(column="subscription_id", table="webhooks_subscription", name="webhook_delivery_in_account", on_delete="CASCADE"),
            SameAccount(column="message_id", table="webhooks_event", name="webhook_delivery_event_in_account", on_delete="CASCADE"),
        ]
        indexes = [
            models.Index(fields=["subscription", "created_at", "id"], name="webhook_log"),
            models.Index(fields=["subscription", "next_at", "seq"], condition=Q(state="waiting"), name="webhook_due"),
            models.Index(fields=["subscription", "subject", "seq"], condition=Q(state="waiting"), name="webhook_in_order"),
            models.Index(fields=["leased_until"], condition=Q(leased_until__isnull=False), name="webhook_leased"),
            models.Index(fields=["created_at"], name="webhook_old"),
        ]
