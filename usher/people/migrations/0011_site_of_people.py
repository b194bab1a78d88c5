import django.db.models.deletion
from django.db import migrations, models

import usher.core.tables


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_places"),
        ("people", "0010_came_by_domain"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="site",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.site",
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(condition=models.Q(("site__isnull", False)), fields=["account", "site"], name="user_by_site"),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=usher.core.tables.SameAccount(
                column="site_id", key="id", name="user_site_in_account", on_delete="SET NULL (site_id)", table="accounts_site"
            ),
        ),
    ]
