"""Settings of phones, sites, templates and numbers that programs keep here (accounts/stored.py). Each row goes with what it is about."""

from django.db import models

from usher.core.tables import SameAccount


class _Kept(models.Model):
    """`part` is `phone`: whatever the contract knows of the thing beside what acts here."""

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    part = models.TextField()
    values = models.JSONField(default=dict)  # dotted name -> value
    version = models.IntegerField(default=1, db_default=1)

    class Meta:
        abstract = True


class PhoneSettings(_Kept):
    pk = models.CompositePrimaryKey("phone_id", "part")
    phone = models.ForeignKey("phone.User", models.CASCADE, related_name="+", db_index=False, db_constraint=False)

    class Meta:
        constraints = [SameAccount(column="phone_id", table="phone_user", name="phone_settings_of_phone", on_delete="CASCADE")]


class SiteSettings(_Kept):
    pk = models.CompositePrimaryKey("site_id", "part")
    site = models.ForeignKey("accounts.Site", models.CASCADE, related_name="+", db_index=False, db_constraint=False)

    class Meta:
        constraints = [SameAccount(column="site_id", table="accounts_site", name="phone_settings_of_site", on_delete="CASCADE")]


class TemplateSettings(_Kept):
    pk = models.CompositePrimaryKey("template_id", "part")
    template = models.ForeignKey("phone.Template", models.CASCADE, related_name="+", db_index=False, db_constraint=False)

    class Meta:
        constraints = [SameAccount(column="template_id", table="phone_template", name="phone_settings_of_template", on_delete="CASCADE")]


class NumberSettings(_Kept):
    pk = models.CompositePrimaryKey("number_id", "part")
    number = models.ForeignKey("phone.Number", models.CASCADE, related_name="+", db_index=False, db_constraint=False)

    class Meta:
        constraints = [SameAccount(column="number_id", table="phone_number", name="phone_settings_of_number", on_delete="CASCADE")]
