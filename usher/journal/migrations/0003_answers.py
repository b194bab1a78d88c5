"""What calls under a key were answered."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("journal", "0002_activity")]

    operations = [
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("pk", models.CompositePrimaryKey("account_id", "key", blank=True, editable=False, primary_key=True, serialize=False)),
                ("key", models.BinaryField()),
                ("wish", models.BinaryField()),
                ("status", models.SmallIntegerField(null=True)),
                ("body", models.TextField(db_default="", default="")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "account",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.account"),
                ),
            ],
            options={"indexes": [models.Index(fields=["at"], name="answer_at")]},
        ),
    ]
