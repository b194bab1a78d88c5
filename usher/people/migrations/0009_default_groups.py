"""Which group everybody added from now on is put into; and an IM group is emptied, and looked into, by an index."""

import django.db.models.deletion
import usher.core.tables
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_domains'),
        ('people', '0008_marks'),
    ]

    operations = [
        migrations.CreateModel(
            name='DefaultGroup',
            fields=[
                ('pk', models.CompositePrimaryKey('account_id', 'kind', blank=True, editable=False, primary_key=True, serialize=False)),
                ('account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
                ('kind', models.TextField()),
                ('group', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.group')),
            ],
            options={
                'constraints': [usher.core.tables.SameAccount(column='group_id', key='id', name='default_group_in_account', on_delete='NO ACTION', table='people_group')],
            },
        ),
        migrations.AddIndex(
            model_name='user',
            index=models.Index(condition=models.Q(('im_group__isnull', False)), fields=['account', 'im_group'], name='user_by_im_group'),
        ),
    ]
