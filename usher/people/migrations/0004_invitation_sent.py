"""Pending people by when they were invited: the order had no index."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0003_lists'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='invitation',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['account', 'sent_at', 'user'], name='invitation_sent'),
        ),
    ]
