"""Tables of API apps: the app, its secrets and the tokens it was given. Of secrets and tokens only their SHA-256 is kept: both are 256 random bits."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from usher.core.tables import Id, SameAccount


class App(models.Model):
    """A program that works for an account. At every request it may what its scopes say and its creator still may, whichever is less (AUTHZ-08)."""

    id = Id()
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False)
    name = models.TextField()
    client_id = models.TextField(unique=True)
    scopes = ArrayField(models.TextField(), default=list)  # as the wire calls them; `all` is every one there is
    creator = models.ForeignKey("people.User", models.CASCADE, related_name="+", db_constraint=False)
    is_on = models.BooleanField(default=True, db_default=True)
    last_used = models.DateTimeField(null=True)  # when it was last given a token
    version = models.IntegerField(default=1, db_default=1)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [SameAccount(column="creator_id", table="people_user", name="app_creator_in_account", on_delete="CASCADE")]
        indexes = [models.Index(fields=["account", "created_at", "id"], name="app_by_age")]


class AppSecret(models.Model):
    """A secret of an app. After a rotation the one before is still good until `ends_at` (OAUTH-18)."""

    id = Id()
    app = models.ForeignKey(App, models.CASCADE, related_name="+")
    hash = models.BinaryField()
    created_at = models.DateTimeField(db_default=Now())
    ends_at = models.DateTimeField(null=True)


class Token(models.Model):
    """An access token: an hour of an app's life. `epoch` is its creator's when it was given, so that whoever leaves ends it (F14)."""

    hash = models.BinaryField(primary_key=True)
    app = models.ForeignKey(App, models.CASCADE, related_name="+")
    epoch = models.IntegerField()
    scopes = ArrayField(models.TextField())
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="token_by_end")]


class AppCalls(models.Model):
    """How often an app called on one day, UTC (app_calls.py)."""

    app = models.ForeignKey(App, models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    calls = models.IntegerField()
    pk = models.CompositePrimaryKey("app_id", "day")
