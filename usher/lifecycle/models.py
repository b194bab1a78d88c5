"""What a file or a list of addresses says, staged by COPY at upload so that any worker can run it."""

from django.db import models
from django.db.models.functions import Now

from usher.core.tables import Id


class Stage(models.Model):
    """One upload or one list of addresses, read and checked, not yet done. Swept after a week."""

    id = Id()
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False)
    user_id = models.UUIDField(null=True)
    source = models.TextField()  # form | csv
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
    """One line as it was read; `problem` is the code of what is wrong with it by itself, `field` and `said` show where."""

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

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stage", "line"], name="staged_line_once")]
