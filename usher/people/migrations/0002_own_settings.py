"""What a person chooses for themselves: theme, single keys, a mail when long work ends."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_second_factors"), ("people", "0001_initial")]

    operations = [
        migrations.AddField("user", "theme", models.TextField(default="auto", db_default="auto")),
        migrations.AddField("user", "single_keys", models.BooleanField(default=True, db_default=True)),
        migrations.AddField("user", "mail_when_done", models.BooleanField(default=True, db_default=True)),
        migrations.AddConstraint("user", models.CheckConstraint(condition=Q(theme__in=["auto", "light", "dark"]), name="user_theme")),
    ]
