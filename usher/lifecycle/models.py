"""What a file or a list of addresses says, staged by COPY at upload so that any worker can run it; and who left, with the way back."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from usher.core.tables import Id, SameAccount


class Stage(models.Model):
    """One upload or one list of addresses, read and checked, not yet done. Swept after a week."""

    id = Id()
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False)
    user_id = models.UUIDField(null=True)
    source = models.TextField()  # form | csv | api
    filename = models.TextField(default="")
    encoding = models.TextField(default="")
    delimiter = models.TextField(default="")
    lines = models.IntegerField(default=0)
    sha256 = models.BinaryField(null=True)
    choices = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["account", "created_at"], name="stage_account")]


class StagedLine(models.Model):
    """One line as it was read; `problem` is the code of what is wrong with it by itself, `field`, and `said` with its `places`, show where.

    `more` is what cells beside the first six say; of an update what every cell says; of a bad line, how the cells beside the first six read.
    """

    id = models.UUIDField(primary_key=True)
    stage = models.ForeignKey(Stage, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    line = models.IntegerField()
    email = models.TextField()
    canonical = models.TextField(null=True)
    first_name = models.TextField(default="")
    last_name = models.TextField(default="")
    department = models.TextField(default="")
    user_group = models.TextField(default="")
    im_group = models.TextField(default="")
    problem = models.TextField(null=True)
    field = models.TextField(default="")
    said = models.TextField(default="")
    places = models.JSONField(null=True)
    more = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stage", "line"], name="staged_line_once")]


class Departure(models.Model):
    """Somebody who is deactivated, in the trash or unlinked: since when, by which Change, and what they held. Gone when they are here again, or purged."""

    user = models.OneToOneField("people.User", models.CASCADE, primary_key=True, related_name="+", db_constraint=False)
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    how = models.TextField()  # deactivated | deleted | purging | unlinked
    was = models.TextField()  # the status before: active | inactive
    at = models.DateTimeField()
    change_id = models.UUIDField(null=True)
    license = models.TextField(null=True)
    add_ons = ArrayField(models.TextField(), default=list)
    purge_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [SameAccount(column="user_id", table="people_user", name="departure_in_account", on_delete="CASCADE")]
        indexes = [
            models.Index(fields=["account", "how", "at", "user"], name="departure_by_time"),
            models.Index(fields=["purge_at"], name="departure_to_purge", condition=Q(purge_at__isnull=False)),
        ]


class Dated(models.Model):
    """What will happen to one person on a day: asked for by a Change, done by another at `due`, the midnight with which the day begins for them."""

    id = Id()
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    user = models.ForeignKey("people.User", models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    what = models.TextField()  # deactivate | end_license | end_add_on
    params = models.JSONField(default=dict)  # of the verb that will do it, its subjects apart
    product = models.TextField(default="")  # the license or add-on that ends
    day = models.DateField()
    due = models.DateTimeField()
    change_id = models.UUIDField()
    state = models.TextField(default="waiting")  # waiting | done | cancelled | held_back | failed
    note = models.TextField(default="")  # why it was held back (the number of a Change) or failed (a reason)
    done_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["waiting", "done", "cancelled", "held_back", "failed"]), name="dated_state"),
            models.CheckConstraint(condition=Q(what__in=["deactivate", "end_license", "end_add_on"]), name="dated_what"),
            models.UniqueConstraint(fields=["user", "what", "product"], condition=Q(state="waiting"), name="dated_once"),
            SameAccount(column="user_id", table="people_user", name="dated_in_account", on_delete="CASCADE"),
        ]
        indexes = [
            models.Index(fields=["account", "due", "id"], name="dated_open", condition=Q(state__in=["waiting", "held_back", "failed"])),
            models.Index(fields=["due"], name="dated_due", condition=Q(state="waiting")),
            models.Index(fields=["user", "due"], name="dated_of_user"),
        ]
