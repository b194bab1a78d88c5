"""Login is who can sign in, anywhere; User is a person in one account; one file because what stands around them points at them.

Hot columns stand in Standing (measured: docs/decisions).
"""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now

from usher.core.tables import Id, SameAccount, Written

from .list_models import Export, ExportPiece, ListLook, Picked, Selection
from .settings_models import GroupSettings, UserSettings

__all__ = [
    "DefaultGroup",
    "Export",
    "ExportPiece",
    "Group",
    "GroupSettings",
    "Invitation",
    "ListLook",
    "Login",
    "Mark",
    "Membership",
    "Picked",
    "Selection",
    "SignIn",
    "Standing",
    "User",
    "UserSettings",
]


class LoginManager(BaseUserManager["Login"]):
    """Looks a login up by its canonical address."""

    def get_by_natural_key(self, username: str | None) -> "Login":
        return self.get(canonical=username)


class Login(AbstractBaseUser):
    """An address and a password, global. At most one living User belongs to it (user_one_living_per_login)."""

    id = Id()
    email = models.TextField()
    canonical = models.TextField(unique=True)
    created_at = models.DateTimeField(db_default=Now())

    USERNAME_FIELD = "canonical"
    EMAIL_FIELD = "email"
    objects = LoginManager()


class Group(models.Model):
    """A set of users. `kind` is user or im: the two share habits, never members."""

    id = Id()
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False)
    kind = models.TextField()
    name = models.TextField()
    name_key = models.GeneratedField(expression=Written("usher_fold(name)"), output_field=models.TextField(), db_persist=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "id"], name="group_in_account"),
            models.UniqueConstraint(fields=["account", "kind", "name_key"], name="group_name"),
        ]


class DefaultGroup(models.Model):
    """The group of a kind that everybody added from now on is put into (S0-62, S0-66). No row, or no group: none."""

    pk = models.CompositePrimaryKey("account_id", "kind")
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    kind = models.TextField()
    group = models.ForeignKey(Group, models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False)

    class Meta:
        constraints = [SameAccount(column="group_id", table="people_group", name="default_group_in_account")]


class User(models.Model):
    """A person in an account. `left_at` set is a tombstone: the address is free again and the row is in no list."""

    id = Id()
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False)
    login = models.ForeignKey(Login, models.PROTECT, null=True, related_name="users", db_index=False)
    email = models.TextField()
    canonical = models.TextField()
    first_name = models.TextField(default="", db_default="")
    last_name = models.TextField(default="", db_default="")
    display_name = models.TextField(default="", db_default="")
    department = models.TextField(default="", db_default="")
    job_title = models.TextField(default="", db_default="")
    location = models.TextField(default="", db_default="")
    cost_center = models.TextField(default="", db_default="")
    employee_id = models.TextField(default="", db_default="")
    manager = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False)
    im_group = models.ForeignKey(Group, models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False)
    site = models.ForeignKey("accounts.Site", models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False)
    time_zone = models.TextField(default="UTC", db_default="UTC")
    language = models.TextField(default="", db_default="")
    theme = models.TextField(default="auto", db_default="auto")  # auto (like the system) | light | dark
    single_keys = models.BooleanField(default=True, db_default=True)  # whether keys without Ctrl do something (WCAG 2.1.4)
    mail_when_done = models.BooleanField(default=True, db_default=True)  # a mail when work of more than a minute ends
    personal_meeting_id = models.BigIntegerField(null=True)
    came_in = models.TextField(default="added", db_default="added")  # owner | added | import | api | sso | scim | domain
    created_at = models.DateTimeField(db_default=Now())
    activated_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    left_how = models.TextField(default="", db_default="")  # withdrawn | expired | deleted | unlinked | moved (to an own account)
    name_key = models.GeneratedField(
        expression=Written("usher_name_key(display_name, first_name, last_name, email)"), output_field=models.TextField(), db_persist=True
    )
    search = models.GeneratedField(
        expression=Written("usher_fold(first_name || ' ' || last_name || ' ' || display_name || ' ' || email)"),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "id"], name="user_in_account"),
            models.UniqueConstraint(fields=["account", "canonical"], condition=Q(left_at=None), name="user_address"),
            models.UniqueConstraint(fields=["login"], condition=Q(left_at=None, login__isnull=False), name="user_one_living_per_login"),
            models.UniqueConstraint(fields=["personal_meeting_id"], condition=Q(personal_meeting_id__isnull=False), name="user_meeting_id"),
            models.CheckConstraint(condition=Q(theme__in=["auto", "light", "dark"]), name="user_theme"),
            SameAccount(column="manager_id", table="people_user", name="user_manager_in_account"),
            SameAccount(column="im_group_id", table="people_group", name="user_im_group_in_account"),
            # Who left loses a site that is deleted; where living people stand it is not deleted.
            SameAccount(column="site_id", table="accounts_site", name="user_site_in_account", on_delete="SET NULL (site_id)"),
        ]
        indexes = [
            # Without the tombstones: after a large import was undone, a list must not walk over them.
            models.Index(F("account"), F("name_key"), F("id"), name="user_by_name", condition=Q(left_at=None)),
            models.Index(F("account"), F("department"), F("id"), name="user_by_department", condition=Q(left_at=None)),
            models.Index(F("account"), F("created_at"), F("id"), name="user_by_created", condition=Q(left_at=None)),
            models.Index(
                F("account"),
                Func(F("canonical"), Value("@"), Value(2), function="split_part"),
                name="user_by_domain",
                condition=Q(left_at=None),
            ),
            models.Index(
                F("account"),
                Func(F("canonical"), Value("@"), Value(2), function="split_part"),
                name="user_came_by_domain",
                condition=Q(left_at=None, came_in="domain"),
            ),
            models.Index(fields=["account", "employee_id"], name="user_by_employee", condition=Q(left_at=None) & ~Q(employee_id="")),
            # Foreign keys that the database asks when a row is purged, and whose login somebody who left had.
            models.Index(fields=["account", "manager"], name="user_by_manager", condition=Q(manager__isnull=False)),
            models.Index(fields=["login"], name="user_by_login", condition=Q(login__isnull=False)),
            models.Index(fields=["account", "im_group"], name="user_by_im_group", condition=Q(im_group__isnull=False)),
            models.Index(fields=["account", "site"], name="user_by_site", condition=Q(site__isnull=False)),
            # Without the account: its list of everybody would be read beside every word (docs/decisions/0047). A small account is read whole instead.
            GinIndex(OpClass(F("search"), name="gin_trgm_ops"), name="user_search", condition=Q(left_at=None)),
            # Who left is looked for in Activity only: what was done to them stays.
            GinIndex(F("account"), OpClass(F("search"), name="gin_trgm_ops"), name="user_search_left", condition=Q(left_at__isnull=False)),
        ]


class Standing(models.Model):
    """What changes often about a person, in a narrow table so that a mass change stays cheap."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="standing", db_constraint=False)
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    status = models.TextField()  # active | inactive | pending | gone
    license = models.TextField(null=True)  # the one Workplace product; null when inactive or gone
    role = models.TextField(default="member")  # owner | admin | member
    access_epoch = models.IntegerField(default=1)
    version = models.IntegerField(default=1)
    last_sign_in = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=Q(role="owner") & ~Q(status="gone"), name="standing_one_owner"),
            models.CheckConstraint(condition=Q(status__in=["active", "inactive", "pending", "gone"]), name="standing_status"),
            models.CheckConstraint(
                condition=Q(status__in=["active", "pending"], license__isnull=False) | Q(status__in=["inactive", "gone"], license=None),
                name="standing_seat_of_status",
            ),
            SameAccount(column="user_id", table="people_user", name="standing_in_account", on_delete="CASCADE"),
        ]
        indexes = [
            models.Index(fields=["account", "status", "user"], name="standing_by_status"),
            models.Index(fields=["account", "license", "user"], name="standing_by_license"),
            models.Index(fields=["account", "role", "user"], condition=~Q(role="member"), name="standing_by_role"),
            models.Index(fields=["account", "last_sign_in", "user"], name="standing_by_sign_in"),
        ]


class Invitation(models.Model):
    """Asked in, not yet in; one row per pending person. The link is an HMAC over (invite, user, nonce): never stored, only its hash."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="invitation", db_constraint=False)
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    nonce = models.UUIDField()
    token_hash = models.BinaryField(null=True)
    invited_by = models.UUIDField(null=True)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    state = models.TextField(default="open")  # open | accepted | withdrawn | expired

    class Meta:
        constraints = [SameAccount(column="user_id", table="people_user", name="invitation_in_account", on_delete="CASCADE")]
        indexes = [
            models.Index(fields=["account", "expires_at", "user"], condition=Q(state="open"), name="invitation_open"),
            models.Index(fields=["account", "sent_at", "user"], condition=Q(state="open"), name="invitation_sent"),
        ]


class Mark(models.Model):
    """Somebody whom no verb over a set touches (marks.py). The Change tells who said so and when; the mark outlives a deletion that is undone."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+", db_constraint=False)
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    kind = models.TextField()  # never | service
    why = models.TextField(default="")
    at = models.DateTimeField()
    change_id = models.UUIDField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["never", "service"]), name="mark_kind"),
            SameAccount(column="user_id", table="people_user", name="mark_in_account", on_delete="CASCADE"),
        ]
        indexes = [models.Index(fields=["account", "at", "user"], name="mark_by_time")]


class Membership(models.Model):
    """A user in a group. Exactly one membership of a user may be primary."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    group = models.ForeignKey(Group, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", db_constraint=False, db_index=False)
    primary = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "user"], name="membership_once"),
            models.UniqueConstraint(fields=["user"], condition=Q(primary=True), name="membership_one_primary"),
            SameAccount(column="group_id", table="people_group", name="membership_group_in_account"),
            SameAccount(column="user_id", table="people_user", name="membership_user_in_account", on_delete="CASCADE"),
        ]
        indexes = [models.Index(fields=["user"], name="membership_user")]


class SignIn(models.Model):
    """One sign-in of a person: when, from where, by what means."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="sign_ins", db_index=False)
    at = models.DateTimeField(db_default=Now())
    means = models.TextField()  # password | setup_link | invitation
    ip = models.TextField(default="")
    agent = models.TextField(default="")

    class Meta:
        constraints = [SameAccount(column="user_id", table="people_user", name="sign_in_in_account", on_delete="CASCADE")]
        indexes = [
            models.Index(fields=["user", "-at"], name="sign_in_user"),
            models.Index(fields=["account", "at", "id"], name="sign_in_account"),
        ]


class SignOut(models.Model):
    """One session that its person ended: when and from where. What ends sessions otherwise stands in the journal."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="sign_outs", db_constraint=False, db_index=False)
    at = models.DateTimeField(db_default=Now())
    ip = models.TextField(default="")

    class Meta:
        constraints = [SameAccount(column="user_id", table="people_user", name="sign_out_in_account", on_delete="CASCADE")]
        indexes = [
            models.Index(fields=["user"], name="sign_out_user"),
            models.Index(fields=["account", "at", "id"], name="sign_out_account"),
        ]
