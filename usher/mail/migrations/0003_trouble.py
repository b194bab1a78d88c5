from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mail', '0002_undeliverable'),
    ]

    operations = [
        migrations.AddField(
            model_name='message',
            name='trouble',
            field=models.JSONField(null=True),
        ),
    ]
