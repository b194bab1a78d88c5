"""Settings of people and groups that programs keep here (accounts/stored.py)."""

from django.db import models

from usher.core.tables import SameAccount


class UserSettings(models.Model):
    """Of a person. `part`: settings, meeting_authentication, recording_authentication, or profile for what has no column of its own."""

    pk = models.CompositePrimaryKey("user_id", "part")
    user = models.ForeignKey("people.User", models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    part = models.TextField()
    values = models.JSONField(default=dict)  # dotted name -> value
    version = models.IntegerField(default=1, db_default=1)

    class Meta:
        constraints = [SameAccount(column="user_id", table="people_user", name="user_settings_in_account", on_delete="CASCADE")]


class GroupSettings(models.Model):
    """Of a user group. `part`: settings, meeting_authentication or recording_authentication."""

    pk = models.CompositePrimaryKey("group_id", "part")
    group = models.ForeignKey("people.Group", models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    part = models.TextField()
    values = models.JSONField(default=dict)
    version = models.IntegerField(default=1, db_default=1)

    class Meta:
        constraints = [SameAccount(column="group_id", table="people_group", name="group_settings_in_account", on_delete="CASCADE")]
