"""Tables around lists: how somebody wants one to look, what they picked in it, and a list that is written to a file."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from usher.core.tables import Id, SameAccount


class ListLook(models.Model):
    """How one person wants one list to look. No row, or no columns: as everybody sees it at first."""

    pk = models.CompositePrimaryKey("user_id", "listing")
    user = models.ForeignKey("people.User", models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    listing = models.TextField()
    columns = ArrayField(models.TextField(), default=list)
    tight = models.BooleanField(default=False)

    class Meta:
        constraints = [SameAccount(column="user_id", table="people_user", name="list_look_in_account", on_delete="CASCADE")]


class Selection(models.Model):
    """What somebody picked by hand in a list, when it is too much for an address. Only they can use it; it is forgotten after a day."""

    id = Id()
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    user = models.ForeignKey("people.User", models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [SameAccount(column="user_id", table="people_user", name="selection_in_account", on_delete="CASCADE")]
        indexes = [models.Index(fields=["changed_at"], name="selection_by_age")]


class Picked(models.Model):
    """One object in a selection: an id of whatever the list is about."""

    pk = models.CompositePrimaryKey("selection_id", "obj")
    selection = models.ForeignKey(Selection, models.CASCADE, related_name="+", db_index=False)
    obj = models.UUIDField()


class Export(models.Model):
    """A list that is written to a file in the background, piece by piece. `place` is the keyset cursor after the last piece."""

    id = Id()
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    user = models.ForeignKey("people.User", models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    key = models.TextField()  # of the form it was asked for with: a second press asks for the same one
    listing = models.TextField()
    query = models.TextField()  # the address of the list, as a query string
    filename = models.TextField()
    language = models.TextField()
    state = models.TextField(default="running")  # running | done | failed
    rows = models.IntegerField(default=0)
    total = models.IntegerField()
    place = models.TextField(default="")
    asked_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="export_once"),
            models.CheckConstraint(condition=Q(state__in=["running", "done", "failed"]), name="export_state"),
            SameAccount(column="user_id", table="people_user", name="export_in_account", on_delete="CASCADE"),
        ]
        indexes = [models.Index(fields=["asked_at"], name="export_by_age")]


class ExportPiece(models.Model):
    """Some thousand lines of an export, compressed, so that any web process can hand them out."""

    pk = models.CompositePrimaryKey("export_id", "ord")
    export = models.ForeignKey(Export, models.CASCADE, related_name="+", db_index=False)
    ord = models.IntegerField()
    lines = models.BinaryField()
