import django.db.models.deletion
import usher.core.ids
import usher.core.tables
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_leaving"),
        ("lifecycle", "0003_departures"),
        ("people", "0006_purge_indexes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Dated",
            fields=[
                ("id", usher.core.tables.Id(default=usher.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("what", models.TextField()),
                ("params", models.JSONField(default=dict)),
                ("product", models.TextField(default="")),
                ("day", models.DateField()),
                ("due", models.DateTimeField()),
                ("change_id", models.UUIDField()),
                ("state", models.TextField(default="waiting")),
                ("note", models.TextField(default="")),
                ("done_by", models.UUIDField(null=True)),
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
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.user"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "held_back", "failed"])),
                        fields=["account", "due", "id"],
                        name="dated_open",
                    ),
                    models.Index(condition=models.Q(("state", "waiting")), fields=["due"], name="dated_due"),
                    models.Index(fields=["user", "due"], name="dated_of_user"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "done", "cancelled", "held_back", "failed"])), name="dated_state"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("what__in", ["deactivate", "end_license", "end_add_on"])), name="dated_what"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")), fields=("user", "what", "product"), name="dated_once"
                    ),
                    usher.core.tables.SameAccount(
                        column="user_id", key="id", name="dated_in_account", on_delete="CASCADE", table="people_user"
                    ),
                ],
            },
        ),
    ]
