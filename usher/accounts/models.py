"""The tenant."""

from django.db import models
from django.db.models.functions import Now

from usher.core.tables import Id


class Account(models.Model):
    """A tenant with exactly one owner. `plan` decides its capabilities (plans.py); `opened_by` is operator or person."""

    id = Id()
    name = models.TextField()
    plan = models.TextField()
    opened_by = models.TextField(default="operator")
    meeting_connector = models.BooleanField(default=False)
    admins_need_factor = models.BooleanField(default=False, db_default=False)
    trash_days = models.IntegerField(default=30, db_default=30)  # how long somebody deleted can be restored; 0: purged at once
    delete_after_days = models.IntegerField(default=0, db_default=0)  # deactivated people are deleted after so many days; 0: never
    language = models.TextField(default="en")
    country = models.TextField(default="US")
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name
