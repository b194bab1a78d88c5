from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('phone', '0010_deactivated'),
    ]

    operations = [
        migrations.AddField(
            model_name='settings',
            name='policy',
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name='site',
            name='policy',
            field=models.JSONField(db_default={}, default=dict),
        ),
    ]
