"""The ledger of seats, counted by the database, and the seats that people hold beside their Workplace license."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from usher.core.tables import Id, SameAccount


class License(models.Model):
    """One product of one account: bought, used, pending, held; free is the rest. The CHECK is the promise that no seat is oversold (I1)."""

    id = Id()
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False)
    product = models.TextField()
    bought = models.IntegerField()
    used = models.IntegerField(default=0)
    pending = models.IntegerField(default=0)
    held = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "product"], name="license_product"),
            models.CheckConstraint(
                condition=Q(used__gte=0, pending__gte=0, held__gte=0, bought__gte=F("used") + F("pending") + F("held")),
                name="license_never_oversold",
            ),
        ]


class Seat(models.Model):
    """One add-on seat of one person. The Workplace license stands in Standing.license, because everybody has exactly one."""

    id = Id()
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    user = models.ForeignKey("people.User", models.CASCADE, related_name="seats", db_constraint=False, db_index=False)
    product = models.TextField()
    since = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "product"], name="seat_once"),
            models.UniqueConstraint(fields=["user"], condition=Q(product__startswith="calling:"), name="seat_one_calling_plan"),
            SameAccount(column="user_id", table="people_user", name="seat_user_in_account", on_delete="CASCADE"),
        ]
        indexes = [models.Index(fields=["account", "product", "user"], name="seat_by_product")]


class RoomSeat(models.Model):
    """One seat of one room: Phone, or a calling package (S3-3). Counted with those of people in the same ledger."""

    id = Id()
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    room = models.ForeignKey("accounts.Room", models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    product = models.TextField()
    since = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "product"], name="room_seat_once"),
            models.UniqueConstraint(fields=["room"], condition=Q(product__startswith="calling:"), name="room_seat_one_calling_plan"),
            SameAccount(column="room_id", table="accounts_room", name="seat_room_in_account"),
        ]


class Waiting(models.Model):
    """Somebody for whom no seat was free, in the order of `place`: given by the clock as seats come free (waiting.py). One of each family at a time."""

    id = Id()
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    user = models.ForeignKey("people.User", models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    product = models.TextField()
    family = models.TextField()  # what stands before the colon of the product
    place = models.BigIntegerField()
    since = models.DateTimeField()
    change_id = models.UUIDField()  # the one that left them without a seat
    actor_id = models.UUIDField(null=True)  # who queued them; null for the operator
    state = models.TextField(default="waiting")  # waiting | given | dropped
    note = models.TextField(default="", db_default="")  # why it was dropped: a reason
    done_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["waiting", "given", "dropped"]), name="waiting_state"),
            models.UniqueConstraint(fields=["user", "family"], condition=Q(state="waiting"), name="waiting_once"),
            SameAccount(column="user_id", table="people_user", name="waiting_in_account", on_delete="CASCADE"),
        ]
        indexes = [
            models.Index(fields=["account", "product", "place", "id"], name="waiting_in_order", condition=Q(state="waiting")),
            models.Index(fields=["change_id"], name="waiting_by_change", condition=Q(state="waiting")),
            models.Index(fields=["user", "since"], name="waiting_of_user"),
        ]


class Subscription(models.Model):
    """On which terms a product was bought: price per seat, currency, first and last day. The quantity is License.bought (docs/decisions/0031)."""

    id = Id()
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False)
    product = models.TextField()
    price = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    currency = models.TextField(null=True)
    starts = models.DateField(null=True)
    ends = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "product"], name="subscription_product")]


class SeatDay(models.Model):
    """The ledger of one product as it stood at the end of one day of UTC; of today, as it stands now. Days on which nothing was written are as the one before."""

    pk = models.CompositePrimaryKey("account_id", "product", "day")
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    product = models.TextField()
    day = models.DateField()
    bought = models.IntegerField()
    used = models.IntegerField()
    pending = models.IntegerField()


class Usage(models.Model):
    """That somebody used a product on a day of UTC, and who says so: `source` is calls. Written by whoever learns of it, read as "last used"."""

    pk = models.CompositePrimaryKey("user_id", "product", "day", "source")
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    user = models.ForeignKey("people.User", models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    product = models.TextField()
    day = models.DateField()
    source = models.TextField()

    class Meta:
        constraints = [SameAccount(column="user_id", table="people_user", name="usage_in_account", on_delete="CASCADE")]
