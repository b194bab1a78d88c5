"""What was done (Change, Effect), what is being done (Run, PlanRow), what was refused (Denial), and the seals on it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from usher.core.tables import Id


class Change(models.Model):
    """One thing done by one actor through one verb. Written once, with its first effects; a trigger refuses every later write (AUDIT-03)."""

    id = Id()
    number = models.BigIntegerField(
        unique=True, editable=False, db_default=models.expressions.RawSQL("nextval('journal_change_number')", ())
    )
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False)
    verb = models.TextField()
    params = models.JSONField()
    key = models.TextField()
    params_hash = models.BinaryField()
    actor_kind = models.TextField()
    actor_id = models.UUIDField(null=True)
    actor_name = models.TextField()
    door = models.TextField()
    request_id = models.TextField(default="")
    ip = models.TextField(default="")
    cause = models.UUIDField(null=True)
    undoes = models.UUIDField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="change_key"),
            # Once; and once more for each undo that was stopped, which is then its cause.
            models.UniqueConstraint(
                fields=["undoes", "cause"], name="change_undone_once", condition=models.Q(undoes__isnull=False), nulls_distinct=False
            ),
        ]
        indexes = [
            models.Index(fields=["account", "number"], name="change_account_number"),
            # Activity filters by one of these and walks on by number (docs/decisions/0030).
            models.Index(fields=["account", "at", "number"], name="change_account_at"),
            models.Index(fields=["account", "verb", "number"], name="change_account_verb"),
            models.Index(fields=["account", "door", "number"], name="change_account_door"),
            models.Index(fields=["account", "actor_id", "number"], name="change_account_actor"),
            models.Index(fields=["cause"], name="change_cause", condition=models.Q(cause__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"C-{self.number} {self.verb}"


class Effect(models.Model):
    """What one Change did to one object: done, skipped or failed, from before to after. No foreign keys: it outlives what it tells of."""

    pk = models.CompositePrimaryKey("change_id", "phase", "ord")
    change_id = models.UUIDField()
    phase = models.SmallIntegerField()
    ord = models.IntegerField()
    obj = models.UUIDField()
    result = models.TextField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.TextField(null=True)

    class Meta:
        indexes = [models.Index(fields=["obj", "change_id"], name="effect_obj")]


class Run(models.Model):
    """The progress of one Change that is more than a handful: the only row of the engine that is updated."""

    change_id = models.UUIDField(primary_key=True)
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False)
    state = models.TextField()  # running | done | cancelled
    phase = models.IntegerField(default=0)
    ord = models.IntegerField(default=0)
    totals = ArrayField(models.IntegerField())
    held = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    chunk = models.IntegerField(default=1000)
    stop = models.BooleanField(default=False)
    beat = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "started_at"], name="run_account_started"),
            models.Index(fields=["account"], name="run_running", condition=models.Q(state="running")),
        ]


class PlanRow(models.Model):
    """A row of a started plan, emptied at the end. Logged, because a started run must survive a crash of the server."""

    pk = models.CompositePrimaryKey("change_id", "phase", "ord")
    change_id = models.UUIDField()
    phase = models.SmallIntegerField()
    ord = models.IntegerField()
    subj = models.IntegerField(null=True)
    obj = models.UUIDField()
    version = models.IntegerField(default=0)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    skip = models.TextField(null=True)
    takes = models.TextField(null=True)
    gives = models.TextField(null=True)


class Left(models.Model):
    """What a run that was stopped had not come to, in the plan's order, for whoever goes on with it: the objects it is about, which are planned anew;
    and of its later phases, with all columns, the rows of those it had come to. Kept for 30 days."""

    pk = models.CompositePrimaryKey("change_id", "phase", "obj")
    change_id = models.UUIDField()
    phase = models.SmallIntegerField()
    obj = models.UUIDField()
    ord = models.IntegerField()
    version = models.IntegerField(null=True)  # nothing: planned anew
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    skip = models.TextField(null=True)
    takes = models.TextField(null=True)
    gives = models.TextField(null=True)


class Seal(models.Model):
    """A link of the chain over an account's finished Changes: digest = SHA-256(previous digest, the Change, its Effects)."""

    change_id = models.UUIDField(primary_key=True)
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False)
    seq = models.IntegerField()
    digest = models.BinaryField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "seq"], name="seal_chain")]


class Denial(models.Model):
    """Refused attempts, grouped by actor, verb, reason and day, so that a flood is one row (AUDIT-02)."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    actor_id = models.UUIDField(null=True)
    actor_name = models.TextField()
    door = models.TextField()
    verb = models.TextField()
    code = models.TextField()
    times = models.IntegerField(default=1)
    first_at = models.DateTimeField(db_default=Now())
    last_at = models.DateTimeField(db_default=Now())
    ip = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "day", "actor_id", "actor_name", "door", "verb", "code"], name="denial_group", nulls_distinct=False
            )
        ]
        indexes = [models.Index(fields=["account", "last_at"], name="denial_account_last")]


class Answer(models.Model):
    """What a call under a key was answered (answers.py): forgotten after a day. `wish` is a keyed hash of what was asked."""

    pk = models.CompositePrimaryKey("account_id", "key")
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False)
    key = models.BinaryField()
    wish = models.BinaryField()
    status = models.SmallIntegerField(null=True)  # nothing yet: it is being done
    body = models.TextField(default="", db_default="")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["at"], name="answer_at")]
