"""Whether the calls of an account's programs are counted: the operator's switch."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0010_room_details'),
    ]

    operations = [
        migrations.AddField(
            model_name='account',
            name='api_limits',
            field=models.BooleanField(db_default=True, default=True),
        ),
    ]
