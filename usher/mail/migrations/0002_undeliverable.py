"""What came back is found without walking over all that was sent."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("mail", "0001_initial")]

    operations = [
        migrations.AddIndex(
            "message", models.Index(fields=["account", "created_at"], name="message_undeliverable", condition=Q(state="undeliverable"))
        ),
    ]
