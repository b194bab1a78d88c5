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
            SameAccount(column="user_id", table="people_user", name="seat_user_in_account", on_delete="CASCADE"),
        ]
        indexes = [models.Index(fields=["account", "product", "user"], name="seat_by_product")]
