"""What people made: meetings, webinars, recordings, whiteboards and notes as titled items. The owner stands beside the item (docs/decisions/0040)."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from usher.core.tables import Id, SameAccount, Written

SHELF = "CASE kind WHEN 'meeting' THEN 'meetings' WHEN 'webinar' THEN 'webinars' WHEN 'recording' THEN 'recordings' ELSE 'boards' END"


class Item(models.Model):
    """A titled item. `shelf` is the list it stands in: whiteboards and notes share one. A file may lie on any storage Django knows."""

    id = Id()
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False)
    kind = models.TextField()  # meeting | webinar | recording | whiteboard | note
    title = models.TextField()
    occurs = models.TextField(default="", db_default="")  # meeting: once | recurring | personal; webinar: once | recurring
    starts_at = models.DateTimeField(null=True)  # the next time of a meeting or webinar, the beginning of a recording
    seconds = models.IntegerField(null=True)  # how long it is meant to last, or lasts
    meeting = models.ForeignKey("self", models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False)
    file = models.TextField(default="", db_default="")  # its name in the storage, never shown
    filename = models.TextField(default="", db_default="")  # what a download is called
    size = models.BigIntegerField(null=True)  # bytes
    # What programs call it by: ten digits, of the same sequence as personal meeting ids, so that no two are ever the same.
    number = models.BigIntegerField(unique=True, editable=False, db_default=models.expressions.RawSQL("usher_meeting_id()", ()))
    details = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))  # what a program said about it beyond that
    created_at = models.DateTimeField(db_default=Now())
    title_key = models.GeneratedField(expression=Written("usher_fold(title)"), output_field=models.TextField(), db_persist=True)
    shelf = models.GeneratedField(expression=Written(SHELF), output_field=models.TextField(), db_persist=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "id"], name="item_in_account"),
            models.CheckConstraint(condition=Q(kind__in=["meeting", "webinar", "recording", "whiteboard", "note"]), name="item_kind"),
            models.CheckConstraint(
                condition=Q(kind="meeting", occurs__in=["once", "recurring", "personal"])
                | Q(kind="webinar", occurs__in=["once", "recurring"])
                | Q(kind__in=["recording", "whiteboard", "note"], occurs=""),
                name="item_occurs",
            ),
            # Every item has a standing, hence an owner: neither row can be without the other (I8).
            SameAccount(column="id", table="content_standing", key="item_id", name="item_has_standing"),
            SameAccount(column="meeting_id", table="content_item", name="item_meeting_in_account", on_delete="SET NULL (meeting_id)"),
        ]
        indexes = [
            models.Index(F("account"), F("shelf"), F("title_key"), F("id"), name="item_by_title"),
            models.Index(F("account"), F("shelf"), F("created_at"), F("id"), name="item_by_created"),
            models.Index(F("account"), F("shelf"), F("starts_at"), F("id"), name="item_by_start"),
            models.Index(F("account"), F("shelf"), F("size"), F("id"), name="item_by_size", condition=Q(size__isnull=False)),
            models.Index(F("file"), name="item_file", condition=~Q(file="")),
            models.Index(F("meeting"), name="item_of_meeting", condition=Q(meeting__isnull=False)),
            GinIndex(F("account"), OpClass(F("title_key"), name="gin_trgm_ops"), name="item_search"),
        ]


class Standing(models.Model):
    """What changes often about an item: whose it is, and whether it is in the trash. Narrow, so that a hand-over stays cheap."""

    item = models.OneToOneField(Item, models.CASCADE, primary_key=True, related_name="standing", db_constraint=False)
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    owner = models.ForeignKey("people.User", models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    kind = models.TextField()
    trashed_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1, db_default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "item"], name="content_standing_in_account"),
            SameAccount(column="item_id", table="content_item", name="content_standing_of_item", on_delete="CASCADE"),
            SameAccount(column="owner_id", table="people_user", name="content_owner_in_account"),
        ]
        indexes = [
            models.Index(fields=["account", "owner", "kind", "item"], name="content_by_owner"),
            models.Index(fields=["trashed_at"], name="content_in_trash", condition=Q(trashed_at__isnull=False)),
        ]


class LooseFile(models.Model):
    """A file of the storage that belongs to no item: its upload is under way, or its item was purged. Removed by the clock after a day."""

    name = models.TextField(primary_key=True)
    since = models.DateTimeField(db_default=Now())
