"""What Activity filters and follows by."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]

    operations = [
        migrations.AddIndex("change", models.Index(fields=["account", "at", "number"], name="change_account_at")),
        migrations.AddIndex("change", models.Index(fields=["account", "verb", "number"], name="change_account_verb")),
        migrations.AddIndex("change", models.Index(fields=["account", "door", "number"], name="change_account_door")),
        migrations.AddIndex("change", models.Index(fields=["account", "actor_id", "number"], name="change_account_actor")),
        migrations.AddIndex("change", models.Index(fields=["cause"], name="change_cause", condition=Q(cause__isnull=False))),
        migrations.AddIndex("run", models.Index(fields=["account"], name="run_running", condition=Q(state="running"))),
        migrations.AddIndex("denial", models.Index(fields=["account", "last_at"], name="denial_account_last")),
    ]
