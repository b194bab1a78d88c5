"""The terms of what was bought, and the ledger day by day."""

import django.db.models.deletion
from django.db import migrations, models

import usher.core.ids
import usher.core.tables


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("licenses", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Subscription",
            fields=[
                ("id", usher.core.tables.Id(default=usher.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("product", models.TextField()),
                ("price", models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                ("currency", models.TextField(null=True)),
                ("starts", models.DateField(null=True)),
                ("ends", models.DateField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.account"
                    ),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("account", "product"), name="subscription_product")]},
        ),
        migrations.CreateModel(
            name="SeatDay",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "account_id", "product", "day", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("product", models.TextField()),
                ("day", models.DateField()),
                ("bought", models.IntegerField()),
                ("used", models.IntegerField()),
                ("pending", models.IntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
            ],
        ),
    ]
