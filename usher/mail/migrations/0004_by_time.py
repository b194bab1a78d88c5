"""The outbox is walked by the time a mail was written and its id, both the same way."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mail", "0003_trouble")]

    operations = [
        migrations.RemoveIndex("message", "message_list"),
        migrations.AddIndex("message", models.Index(fields=["account", "created_at", "id"], name="message_by_time")),
    ]
