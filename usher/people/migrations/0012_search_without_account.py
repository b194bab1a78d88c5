from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("people", "0011_site_of_people")]

    operations = [
        migrations.RemoveIndex("user", "user_search"),
        migrations.AddIndex(
            "user", GinIndex(OpClass(F("search"), name="gin_trgm_ops"), name="user_search", condition=Q(left_at=None))
        ),
    ]
