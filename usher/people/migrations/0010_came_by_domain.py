from django.db import migrations, models
from django.db.models import F, Func, Q, Value


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0009_default_groups'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='user',
            index=models.Index(
                F('account'), Func(F('canonical'), Value('@'), Value(2), function='split_part'),
                condition=Q(('came_in', 'domain'), ('left_at', None)), name='user_came_by_domain',
            ),
        ),
    ]
