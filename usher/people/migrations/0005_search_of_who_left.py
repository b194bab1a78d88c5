"""People who left are found by name and address, by an index of their own."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("people", "0004_invitation_sent")]

    operations = [
        migrations.AddIndex(
            "user",
            GinIndex(F("account"), OpClass(F("search"), name="gin_trgm_ops"), name="user_search_left", condition=Q(left_at__isnull=False)),
        ),
    ]
