"""Calls as the telephone system tells them, what was recorded of them, and the lines of a file until they are calls (docs/decisions/0097)."""

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Now

from usher.core.tables import Id, SameAccount

DIRECTIONS = ("inbound", "outbound")
RESULTS = ("answered", "missed", "voicemail", "busy", "rejected", "cancelled", "failed")
PATHS = ("", "internal", "pstn", "queue", "menu", "transfer", "forward")


class Call(models.Model):
    """One call of one phone, in the account log for good. Whose phone it was is `user`, null once they are deleted for good, or `room`, which stays when the
    room is deleted: its undo makes the same one again. So does `site`. What reads them finds none until then. A new room of the same name and site, made
    when the newest room of the account was deleted, is the same one too (accounts.room_verbs.NEW_ID): the calls of before are told as its own.

    It is the person's own too while their phone is in use and theirs since before the call (User.since): so nothing of a call changes when a phone is
    taken away. `call_id` is the telephone system's; `other` who was at the other end.
    """

    id = Id()
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False)
    call_id = models.TextField()
    direction = models.TextField()
    caller = models.TextField()
    callee = models.TextField()
    other = models.GeneratedField(
        expression=models.Case(models.When(direction="inbound", then=F("caller")), default=F("callee")),
        output_field=models.TextField(),
        db_persist=True,
    )
    user = models.ForeignKey("people.User", models.SET_NULL, null=True, related_name="+", db_constraint=False, db_index=False)
    room = models.ForeignKey("accounts.Room", models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False)
    holder_name = models.TextField()  # as it was when the call came in: who is deleted for good is still called so here
    site = models.ForeignKey("accounts.Site", models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False)
    started_at = models.DateTimeField()
    seconds = models.IntegerField()
    result = models.TextField()
    path = models.TextField(default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "id"], name="phone_call_in_account"),
            models.UniqueConstraint(fields=["account", "call_id"], name="phone_call_once"),
            models.CheckConstraint(condition=Q(user=None) | Q(room=None), name="phone_call_of_one"),
            models.CheckConstraint(condition=Q(direction__in=DIRECTIONS), name="phone_call_direction"),
            models.CheckConstraint(condition=Q(result__in=RESULTS), name="phone_call_result"),
            models.CheckConstraint(condition=Q(path__in=PATHS), name="phone_call_path"),
            models.CheckConstraint(condition=Q(seconds__gte=0), name="phone_call_length"),
            SameAccount(column="user_id", table="people_user", name="phone_call_of_person", on_delete="SET NULL (user_id)"),
        ]
        indexes = [
            models.Index(fields=["account", "started_at", "id"], name="phone_call_by_time"),
            models.Index(fields=["user", "started_at", "id"], name="phone_call_by_person", condition=Q(user__isnull=False)),
            models.Index(
                Coalesce("user", "room"), "started_at", "id", name="phone_call_by_holder"
            ),  # whoever it was, as a search by name finds them
            models.Index(fields=["account", "other"], name="phone_call_by_number", opclasses=["uuid_ops", "text_pattern_ops"]),
        ]


class Recording(models.Model):
    """What was recorded of a call: the call itself, or a voicemail. It belongs to whom the call belongs to. The file stays with the telephone system."""

    id = Id()
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    call = models.ForeignKey(Call, models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    kind = models.TextField()  # recording | voicemail
    started_at = models.DateTimeField()  # of the call: the order of the lists
    seconds = models.IntegerField()
    size = models.BigIntegerField()  # bytes
    transcript = models.TextField(default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "call", "kind"], name="phone_recording_once"),
            models.CheckConstraint(condition=Q(kind__in=["recording", "voicemail"]), name="phone_recording_kind"),
            models.CheckConstraint(condition=Q(seconds__gte=0, size__gte=0), name="phone_recording_length"),
            SameAccount(column="call_id", table="phone_call", name="phone_recording_of_call", on_delete="CASCADE"),
        ]
        indexes = [models.Index(fields=["account", "kind", "started_at", "id"], name="phone_recording_by_time")]


class CallFile(models.Model):
    """One file of calls that was read. Its lines are swept after a week."""

    id = Id()
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False)
    filename = models.TextField()
    lines = models.IntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())


class CallLine(models.Model):
    """One line of a file of calls as it was read, with the id the call will have; `problem` is the reason why it is none.

    `owner` is whose call it is: an address, a number as E.164 writes it, or an extension.
    """

    id = models.UUIDField(primary_key=True)
    file = models.ForeignKey(CallFile, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    line = models.IntegerField()
    problem = models.TextField(null=True)
    call_id = models.TextField()
    direction = models.TextField()
    caller = models.TextField()
    callee = models.TextField()
    owner = models.TextField()
    started_at = models.DateTimeField(null=True)
    seconds = models.IntegerField()
    result = models.TextField()
    path = models.TextField()
    recorded = models.JSONField(default=list, db_default=Value("[]", models.JSONField()))  # {kind, seconds, size, transcript} each

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "line"], name="phone_call_line_once")]
