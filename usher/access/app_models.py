"""Tables of API apps: the app, its secrets, what people agreed to, and the tokens it was given. Of secrets, codes and tokens only their SHA-256 is
kept: all are 256 random bits. What is part of an app goes with it, and an app with who created it; a constraint of the database sees to that."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from usher.core.tables import GoesWith, Id, SameAccount


class App(models.Model):
    """A program that works for an account. At every request it may what its scopes say and somebody still may, whichever is less (AUTHZ-08):
    who created it, or of an app for people whoever agreed to it.
    """

    id = Id()
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False)
    name = models.TextField()
    client_id = models.TextField(unique=True)
    scopes = ArrayField(models.TextField(), default=list)  # as the wire calls them; `all` is every one there is
    creator = models.ForeignKey("people.User", models.CASCADE, related_name="+", db_constraint=False)
    for_people = models.BooleanField(default=False, db_default=False)  # works for whoever agrees, by authorization code
    is_public = models.BooleanField(default=False, db_default=False)  # runs where no secret is safe: in a browser, on a telephone
    redirects = ArrayField(models.TextField(), default=list, db_default=[])  # where a code may be sent
    is_on = models.BooleanField(default=True, db_default=True)
    last_used = models.DateTimeField(null=True)  # when it was last given a token
    version = models.IntegerField(default=1, db_default=1)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            SameAccount(column="creator_id", table="people_user", name="app_creator_in_account", on_delete="CASCADE"),
            models.CheckConstraint(condition=Q(for_people=True) | Q(is_public=False, redirects=[]), name="app_for_people"),
            models.UniqueConstraint(fields=["account", "id"], name="app_in_account"),
        ]
        indexes = [models.Index(fields=["account", "created_at", "id"], name="app_by_age")]


class AppSecret(models.Model):
    """A secret of an app. After a rotation the one before is still good until `ends_at` (OAUTH-18)."""

    id = Id()
    app = models.ForeignKey(App, models.CASCADE, related_name="+", db_constraint=False)
    hash = models.BinaryField()
    created_at = models.DateTimeField(db_default=Now())
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [GoesWith(column="app_id", table="access_app", name="secret_of_app")]


class Consent(models.Model):
    """That a person lets an app work for them, within these scopes: everything they agreed to since `epoch`, their access epoch."""

    id = Id()
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    app = models.ForeignKey(App, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    user = models.ForeignKey("people.User", models.CASCADE, related_name="+", db_constraint=False)
    scopes = ArrayField(models.TextField())
    epoch = models.IntegerField()
    given_at = models.DateTimeField()
    last_used = models.DateTimeField(null=True)  # when tokens were last given for it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["app", "user"], name="consent_of_person"),
            SameAccount(column="app_id", table="access_app", name="consent_app_in_account", on_delete="CASCADE"),
            SameAccount(column="user_id", table="people_user", name="consent_user_in_account", on_delete="CASCADE"),
        ]


class Code(models.Model):
    """An authorization code: five minutes, once, for this redirect address and whoever knows the proof of this challenge (RFC 6749, RFC 7636).

    `family` joins it with everything that comes of it; a second use ends all of them.
    """

    hash = models.BinaryField(primary_key=True)
    consent = models.ForeignKey(Consent, models.CASCADE, related_name="+", db_constraint=False)
    family = models.UUIDField()
    epoch = models.IntegerField()
    scopes = ArrayField(models.TextField())
    redirect = models.TextField()
    challenge = models.TextField()
    method = models.TextField()  # S256 | plain, or empty without a challenge
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [GoesWith(column="consent_id", table="access_consent", name="code_of_consent")]


class RefreshToken(models.Model):
    """A refresh token: good once. Used ones are kept until their end, so that a second use is known (OAUTH-02). `place` is the database it was given in:
    one that was restored elsewhere takes none of before (OAUTH-03). `ends_at` is the end of its family, however often it is renewed (ASVS 10.4.8).
    """

    hash = models.BinaryField(primary_key=True)
    consent = models.ForeignKey(Consent, models.CASCADE, related_name="+", db_constraint=False)
    family = models.UUIDField()
    epoch = models.IntegerField()
    scopes = ArrayField(models.TextField())
    place = models.TextField()
    expires_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [GoesWith(column="consent_id", table="access_consent", name="refresh_of_consent")]
        indexes = [models.Index(fields=["expires_at"], name="refresh_by_end")]


class Token(models.Model):
    """An access token: an hour of an app's life. `epoch` is that of whose rights it carries when it was given, so that whoever leaves ends it (F14).

    With a consent it stands for who gave that, otherwise for who created the app.
    """

    hash = models.BinaryField(primary_key=True)
    app = models.ForeignKey(App, models.CASCADE, related_name="+", db_constraint=False)
    consent = models.ForeignKey(Consent, models.CASCADE, null=True, related_name="+", db_constraint=False)
    family = models.UUIDField(null=True)
    epoch = models.IntegerField()
    scopes = ArrayField(models.TextField())
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            GoesWith(column="app_id", table="access_app", name="token_of_app"),
            GoesWith(column="consent_id", table="access_consent", name="token_of_consent"),
        ]
        indexes = [models.Index(fields=["expires_at"], name="token_by_end")]


class AppCalls(models.Model):
    """How often an app called on one day, UTC (app_calls.py)."""

    app = models.ForeignKey(App, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    day = models.DateField()
    calls = models.IntegerField()
    pk = models.CompositePrimaryKey("app_id", "day")

    class Meta:
        constraints = [GoesWith(column="app_id", table="access_app", name="calls_of_app")]
