"""What a stopped run had not come to, and an undo that goes on with one that was stopped."""

from django.db import migrations, models
from django.db.models import Q

UNDONE = "change_undone_once"


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_answers")]

    operations = [
        migrations.CreateModel(
            name="Left",
            fields=[
                ("pk", models.CompositePrimaryKey("change_id", "phase", "obj", blank=True, editable=False, primary_key=True, serialize=False)),
                ("change_id", models.UUIDField()),
                ("phase", models.SmallIntegerField()),
                ("obj", models.UUIDField()),
                ("ord", models.IntegerField()),
            ],
        ),
        migrations.RemoveConstraint("change", UNDONE),
        migrations.AddConstraint(
            "change",
            models.UniqueConstraint(fields=["undoes", "cause"], name=UNDONE, condition=Q(undoes__isnull=False), nulls_distinct=False),
        ),
    ]
