import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import usher.core.tables

# Every sign-in belongs to the account its person is in: a person never changes it.
OF_PERSON = "UPDATE people_signin i SET account_id = u.account_id FROM people_user u WHERE u.id = i.user_id"


class Migration(migrations.Migration):
    dependencies = [("people", "0015_domains_are_counted"), ("accounts", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="signin",
            name="account",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.account",
            ),
        ),
        migrations.RunSQL(OF_PERSON, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="signin",
            name="account",
            field=models.ForeignKey(
                db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.account"
            ),
        ),
        migrations.AddIndex(model_name="signin", index=models.Index(fields=["account", "at", "id"], name="sign_in_account")),
        migrations.AddConstraint(
            model_name="signin",
            constraint=usher.core.tables.SameAccount(column="user_id", table="people_user", name="sign_in_in_account", on_delete="CASCADE"),
        ),
        migrations.CreateModel(
            name="SignOut",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("ip", models.TextField(default="")),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.account"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sign_outs",
                        to="people.user",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(model_name="signout", index=models.Index(fields=["user"], name="sign_out_user")),
        migrations.AddIndex(model_name="signout", index=models.Index(fields=["account", "at", "id"], name="sign_out_account")),
        migrations.AddConstraint(
            model_name="signout",
            constraint=usher.core.tables.SameAccount(column="user_id", table="people_user", name="sign_out_in_account", on_delete="CASCADE"),
        ),
    ]
