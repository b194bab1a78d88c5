"""The tenant, the domains it says are its own, and its places."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from usher.core.tables import Id, SameAccount, Written


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
    api_limits = models.BooleanField(default=True, db_default=True)  # whether calls of its programs are counted (api/limits.py)
    language = models.TextField(default="en")
    country = models.TextField(default="US")
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())
    # Its only person moved to another account: nobody is in it, and only the clock still works there.
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Domain(models.Model):
    """A domain an account claims. Many may claim the same one; proven it is for one account at a time (domain_proven_once).

    `found` is what the last look found, as a code with its places; `missing_since`: a proof that stood there and does not any more.
    The three switches and what somebody gets who signs up by it (`license`, `group_id`) hold only while the domain is verified.
    """

    id = Id()
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    name = models.TextField()  # canonical: IDNA 2008, lower case, as after the @ of a canonical address
    token = models.TextField()
    state = models.TextField(default="waiting", db_default="waiting")  # waiting | verified | expired
    how = models.TextField(default="", db_default="")  # dns | file
    claimed_at = models.DateTimeField(db_default=Now())
    ask_until = models.DateTimeField()
    verified_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    found = models.JSONField(null=True)
    missing_since = models.DateTimeField(null=True)
    manage = models.BooleanField(default=False, db_default=False)
    consolidate = models.BooleanField(default=False, db_default=False)
    sign_up = models.BooleanField(default=False, db_default=False)
    license = models.TextField(default="meetings:basic", db_default="meetings:basic")
    group_id = models.UUIDField(null=True)
    version = models.IntegerField(default=1, db_default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "id"], name="domain_in_account"),
            models.UniqueConstraint(fields=["account", "name"], name="domain_once"),
            models.UniqueConstraint(fields=["name"], condition=Q(state="verified"), name="domain_proven_once"),
            models.CheckConstraint(condition=Q(state__in=["waiting", "verified", "expired"]), name="domain_state"),
            models.CheckConstraint(
                condition=Q(state="verified", verified_at__isnull=False) | ~Q(state="verified"), name="domain_proven_when"
            ),
            models.CheckConstraint(
                condition=Q(manage=True, state="verified") | Q(manage=False, consolidate=False, sign_up=False), name="domain_switches"
            ),
            SameAccount(column="group_id", table="people_group", name="domain_group_in_account", on_delete="SET NULL (group_id)"),
        ]

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    """Where people and rooms are: a building, a floor, a city. Exactly one site of an account that has any is the main one."""

    id = Id()
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    name = models.TextField()
    name_key = models.GeneratedField(expression=Written("usher_fold(name)"), output_field=models.TextField(), db_persist=True)
    main = models.BooleanField(default=False, db_default=False)
    version = models.IntegerField(default=1, db_default=1)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "id"], name="site_in_account"),
            models.UniqueConstraint(fields=["account", "name_key"], name="site_name"),
            models.UniqueConstraint(fields=["account"], condition=Q(main=True), name="site_one_main"),
        ]

    def __str__(self) -> str:
        return self.name


class Room(models.Model):
    """A room with a device that meetings take place on. `site` null: it stands at none."""

    id = Id()
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False)
    name = models.TextField()
    name_key = models.GeneratedField(expression=Written("usher_fold(name)"), output_field=models.TextField(), db_persist=True)
    kind = models.TextField()  # one of places.ROOM_KINDS
    details = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))  # what a program said about it beyond that
    version = models.IntegerField(default=1, db_default=1)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "id"], name="room_in_account"),
            models.UniqueConstraint(fields=["account", "site", "name_key"], name="room_name", nulls_distinct=False),
            SameAccount(column="site_id", table="accounts_site", name="room_site_in_account"),
        ]
        indexes = [
            models.Index(F("account"), F("name_key"), F("id"), name="room_by_name"),
            models.Index(fields=["account", "created_at", "id"], name="room_by_created"),
            models.Index(fields=["site"], name="room_by_site"),
        ]

    def __str__(self) -> str:
        return self.name


class StoredSettings(models.Model):
    """Settings of the account that programs keep here (stored.py). `part`: settings, meeting_authentication, recording_authentication, or phone."""

    pk = models.CompositePrimaryKey("account_id", "part")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    part = models.TextField()
    values = models.JSONField(default=dict)  # dotted name -> value
    version = models.IntegerField(default=1, db_default=1)


class PlanCapability(models.Model):
    """One thing that accounts on a plan have (plans.py). No account stands in it: the operator edits it for all of them."""

    pk = models.CompositePrimaryKey("plan", "capability")
    plan = models.TextField()
    capability = models.TextField()


class SignUp(models.Model):
    """An address that somebody has yet to prove: to sign up by its domain, or to move their own account to it (purpose sign_up or address).

    The link is an HMAC over (purpose, id, nonce): never stored, only its hash.
    """

    id = Id()
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    email = models.TextField()
    canonical = models.TextField()
    nonce = models.UUIDField()
    token_hash = models.BinaryField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="sign_up_by_age")]


class Asked(models.Model):
    """How often somebody with an own account has put off the question of the account that manages their domain (behaviour.md H)."""

    pk = models.CompositePrimaryKey("login_id", "account_id")
    login_id = models.UUIDField()
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    skipped = models.IntegerField(default=0, db_default=0)
    last_at = models.DateTimeField(db_default=Now())
