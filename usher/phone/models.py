"""Who has a phone, the numbers there are, and the phone side of sites. Seats and packages are counted in licenses (docs/decisions/0076)."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from usher.core.tables import Id, SameAccount, Written

from .call_models import Call, CallFile, CallLine, Recording
from .settings_models import NumberSettings, PhoneSettings, SiteSettings, TemplateSettings

__all__ = [
    "Call",
    "CallFile",
    "CallLine",
    "Number",
    "NumberSettings",
    "Package",
    "PhoneSettings",
    "Recording",
    "Reserved",
    "Settings",
    "Site",
    "SiteSettings",
    "Template",
    "TemplateSettings",
    "User",
]

LOWEST, HIGHEST = 1_000, 9_999  # of extensions, where a site says nothing else


class User(models.Model):
    """The phone of one person or one room, whose id it has. One of each at most.

    `state` active; trash: put away by an administrator until `purge_at`; away: its person left or lost the seat. Only an active one has an extension
    and numbers of its own; of the others `had` remembers what they had ({"numbers": [...], "packages": [...]}), and `extension` is a wish.
    A phone that is deactivated keeps all of it, and nobody uses it. Calls before `since` are not the person's (S3-44): a phone that comes back with its
    history, as `had` says by "keeps", keeps the day too.
    """

    id = Id()
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    user = models.ForeignKey("people.User", models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False)
    room = models.ForeignKey("accounts.Room", models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False)
    extension = models.TextField()
    site = models.ForeignKey("accounts.Site", models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False)
    template = models.ForeignKey("phone.Template", models.SET_NULL, null=True, related_name="+", db_constraint=False, db_index=False)
    policy = models.JSONField(default=dict, db_default={})  # its own of policy.POLICY: what a template set, the person or an administrator
    state = models.TextField(default="active", db_default="active")
    had = models.JSONField(default=dict, db_default={})
    set_up_at = models.DateTimeField(null=True)  # when the person saved their phone settings for the first time
    since = models.DateTimeField(db_default=Now())
    away_at = models.DateTimeField(null=True)
    deactivated_at = models.DateTimeField(null=True)  # nobody may use it since then; null while it may be used
    purge_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1, db_default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "id"], name="phone_user_in_account"),
            models.UniqueConstraint(fields=["account", "extension"], condition=Q(state="active"), name="phone_extension"),
            models.UniqueConstraint(fields=["user"], condition=Q(user__isnull=False), name="phone_of_person"),
            models.UniqueConstraint(fields=["room"], condition=Q(room__isnull=False), name="phone_of_room"),
            models.CheckConstraint(condition=Q(user=F("id"), room=None) | Q(room=F("id"), user=None), name="phone_of_one"),
            models.CheckConstraint(condition=Q(extension__regex=r"^[0-9]{3,6}$"), name="phone_extension_digits"),
            models.CheckConstraint(condition=Q(state__in=["active", "trash", "away"]), name="phone_state"),
            models.CheckConstraint(
                condition=Q(state="trash", purge_at__isnull=False) | (~Q(state="trash") & Q(purge_at=None)), name="phone_purged_when"
            ),
            SameAccount(column="user_id", table="people_user", name="phone_user_of_person", on_delete="CASCADE"),
            SameAccount(column="room_id", table="accounts_room", name="phone_user_of_room"),
            # Where somebody has a phone a site is not deleted (accounts/site_verbs.py); what is put away only remembers it.
            SameAccount(column="site_id", table="accounts_site", name="phone_user_site", on_delete="SET NULL (site_id)"),
            SameAccount(column="template_id", table="phone_template", name="phone_user_template", on_delete="SET NULL (template_id)"),
        ]
        indexes = [
            models.Index(fields=["account", "state", "id"], name="phone_by_state"),
            models.Index(fields=["account", "since", "user"], name="phone_by_since", condition=Q(state="active", user__isnull=False)),
            models.Index(fields=["site"], name="phone_by_site"),
            models.Index(fields=["purge_at"], name="phone_to_purge", condition=Q(purge_at__isnull=False)),
        ]


class Number(models.Model):
    """A number the account has, as E.164 writes it. It belongs to one phone at most; `caller` is the one its holder calls out with."""

    id = Id()
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False)
    number = models.TextField()
    country = models.TextField()  # ISO 3166-1; empty for numbers of no country, such as +800
    kind = models.TextField()  # one of numbering.KINDS
    holder = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_constraint=False, db_index=False)
    caller = models.BooleanField(default=False, db_default=False)
    since = models.DateTimeField(db_default=Now())
    version = models.IntegerField(default=1, db_default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "id"], name="phone_number_in_account"),
            models.UniqueConstraint(fields=["account", "number"], name="phone_number_once"),
            models.UniqueConstraint(fields=["holder"], condition=Q(caller=True), name="phone_one_caller_id"),
            models.CheckConstraint(condition=Q(number__regex=r"^\+[1-9][0-9]{6,14}$"), name="phone_number_e164"),
            SameAccount(column="holder_id", table="phone_user", name="phone_number_holder", on_delete="SET NULL (holder_id)"),
        ]
        indexes = [
            models.Index(fields=["holder"], name="phone_number_of", condition=Q(holder__isnull=False)),
            models.Index(fields=["account", "number"], name="phone_number_free", condition=Q(holder=None)),
        ]


class Site(models.Model):
    """The phone side of a site (accounts.Site): from which numbers its extensions come, and the country whose services they must not shadow.

    Without a row a site has LOWEST to HIGHEST and the account's country. `code` stands before its extensions while the account has site codes on.
    """

    site = models.OneToOneField("accounts.Site", models.CASCADE, primary_key=True, related_name="+", db_constraint=False)
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    code = models.TextField(default="", db_default="")
    lowest = models.IntegerField(default=LOWEST, db_default=LOWEST)
    highest = models.IntegerField(default=HIGHEST, db_default=HIGHEST)
    country = models.TextField(default="", db_default="")
    emergency_address = models.TextField(default="", db_default="")
    policy = models.JSONField(default=dict, db_default={})  # what phones there may do, unless they say otherwise
    version = models.IntegerField(default=1, db_default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "code"], condition=~Q(code=""), name="phone_site_code"),
            models.CheckConstraint(condition=Q(code__regex=r"^[0-9]{0,3}$"), name="phone_site_code_digits"),
            models.CheckConstraint(condition=Q(lowest__gte=10, highest__gte=F("lowest"), highest__lte=999_999), name="phone_site_range"),
            SameAccount(column="site_id", table="accounts_site", name="phone_side_of_site", on_delete="CASCADE"),
        ]


class Template(models.Model):
    """Settings for many phones at once. `site` null: for every site. A template wins over single values."""

    id = Id()
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False)
    site = models.ForeignKey("accounts.Site", models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False)
    name = models.TextField()
    name_key = models.GeneratedField(expression=Written("usher_fold(name)"), output_field=models.TextField(), db_persist=True)
    policy = models.JSONField(default=dict, db_default={})
    version = models.IntegerField(default=1, db_default=1)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "id"], name="phone_template_in_account"),
            models.UniqueConstraint(fields=["account", "name_key"], name="phone_template_name"),
            SameAccount(column="site_id", table="accounts_site", name="phone_template_site", on_delete="CASCADE"),
        ]


class Settings(models.Model):
    """What the account chose about phones. Without a row everything is as the defaults say."""

    account = models.OneToOneField("accounts.Account", models.CASCADE, primary_key=True, related_name="+")
    soft_delete = models.BooleanField(default=False, db_default=False)  # a phone goes to the trash before it can be removed (S3-46)
    welcome_mail = models.BooleanField(default=True, db_default=True)
    site_codes = models.BooleanField(default=False, db_default=False)
    automatic = models.BooleanField(default=False, db_default=False)  # who gets a Licensed seat gets Phone with it (S1-24)
    policy = models.JSONField(default=dict, db_default={})  # what phones may do, unless their site or they say otherwise
    version = models.IntegerField(default=1, db_default=1)


class Following(models.Model):
    """A Change that gave licenses in an account with automatic assignment, until Phone has followed it (automatic.py)."""

    change_id = models.UUIDField(primary_key=True)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="+", db_index=False)


class Package(models.Model):
    """A calling package that is not active in an account: who holds it keeps it, and can be found (S3-57). An active one has no row."""

    pk = models.CompositePrimaryKey("account_id", "product")
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    product = models.TextField()
    since = models.DateTimeField(db_default=Now())


class Reserved(models.Model):
    """An emergency or service number of a country, which no extension may shadow. Written by the migration from numbering.reserved."""

    pk = models.CompositePrimaryKey("country", "extension")
    country = models.TextField()
    extension = models.TextField()
