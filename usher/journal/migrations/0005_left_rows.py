"""A run that is stopped keeps the rows of its later phases that belong to whom it had come to."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journal", "0004_left")]

    operations = [
        migrations.AddField("left", "version", models.IntegerField(null=True)),
        migrations.AddField("left", "before", models.JSONField(null=True)),
        migrations.AddField("left", "after", models.JSONField(null=True)),
        migrations.AddField("left", "skip", models.TextField(null=True)),
        migrations.AddField("left", "takes", models.TextField(null=True)),
        migrations.AddField("left", "gives", models.TextField(null=True)),
    ]
