"""One-time links that let somebody in: the operator's sign-in link and the password reset. Throttle counters. Who has a session."""

from django.db import models
from django.db.models.functions import Now

from usher.core.tables import Id


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
