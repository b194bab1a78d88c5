"""One-time links that let somebody in: the operator's sign-in link and the password reset. Throttle counters. Who has a session. Roles."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from usher.core.tables import Id, SameAccount, Written

from .app_models import App, AppCalls, AppSecret, Code, Consent, RefreshToken, Token

__all__ = [
    "App",
    "AppCalls",
    "AppSecret",
    "Code",
    "Consent",
    "Link",
    "OwnerOffer",
    "RefreshToken",
    "Role",
    "Scope",
    "Session",
    "Throttle",
    "Token",
]


class Link(models.Model):
    """A single-use link for one Login. The link itself is an HMAC over (purpose, id, nonce); the row keeps its hash (INVITE-17)."""

    id = Id()
    login = models.ForeignKey("people.Login", models.CASCADE, related_name="+")
    purpose = models.TextField()  # sign_in | reset
    nonce = models.UUIDField()
    token_hash = models.BinaryField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Throttle(models.Model):
    """A counter of tries in a window; the table is UNLOGGED. A crash of the server forgives, nothing else does."""

    key = models.TextField(primary_key=True)
    window_ends = models.DateTimeField()
    tries = models.IntegerField(default=0)


class Session(models.Model):
    """A person's session: where it began and when it was last used. It goes with its row of django_session, and that one with it."""

    id = Id()
    session_key = models.CharField(max_length=40, unique=True)
    user = models.ForeignKey("people.User", models.CASCADE, related_name="+", db_index=False)
    epoch = models.IntegerField()
    ip = models.TextField()
    agent = models.TextField()
    since = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user", "seen_at"], name="session_of_user")]


class Role(models.Model):
    """A bundle of rights of an account. `key` is what people_standing.role holds: the id of a custom role, or admin, whose rights the account changed.

    `privileges` are names with what they include; what was never changed about admin has no row. `most` is how many people one change may touch.
    """

    id = Id()
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False)
    key = models.TextField()
    name = models.TextField()
    name_key = models.GeneratedField(expression=Written("usher_fold(name)"), output_field=models.TextField(), db_persist=True)
    description = models.TextField(default="", db_default="")
    privileges = ArrayField(models.TextField(), default=list)
    most = models.IntegerField(null=True)
    version = models.IntegerField(default=1, db_default=1)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="role_key"),
            models.UniqueConstraint(fields=["account", "name_key"], name="role_name"),
            models.CheckConstraint(condition=Q(most__isnull=True) | Q(most__gt=0), name="role_most"),
        ]


class Scope(models.Model):
    """Whom the role of a person covers when it is not everybody: departments by name, or groups or sites by id. No row: the whole account."""

    user = models.OneToOneField("people.User", models.CASCADE, primary_key=True, related_name="+", db_constraint=False)
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    kind = models.TextField()  # department | group | site
    values = ArrayField(models.TextField())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["department", "group", "site"]), name="scope_kind"),
            SameAccount(column="user_id", table="people_user", name="scope_in_account", on_delete="CASCADE"),
        ]


class OwnerOffer(models.Model):
    """That the owner has asked somebody to own the account: one question at a time, until its answer, its moment or its undo."""

    account = models.OneToOneField("accounts.Account", models.PROTECT, primary_key=True, related_name="+", db_constraint=False)
    user = models.OneToOneField("people.User", models.CASCADE, related_name="+", db_constraint=False)
    owner_id = models.UUIDField()
    until = models.DateTimeField()
    change_id = models.UUIDField()

    class Meta:
        constraints = [SameAccount(column="user_id", table="people_user", name="owner_offer_in_account", on_delete="CASCADE")]
