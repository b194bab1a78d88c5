"""How somebody wants a list, what they picked in it by hand, and its export in the background; and employee ids found by their index."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import usher.core.ids
import usher.core.tables
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_second_factors'),
        ('people', '0002_own_settings'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='user',
            index=models.Index(condition=models.Q(('left_at', None), models.Q(('employee_id', ''), _negated=True)), fields=['account', 'employee_id'], name='user_by_employee'),
        ),
        migrations.CreateModel(
            name='ListLook',
            fields=[
                ('pk', models.CompositePrimaryKey('user_id', 'listing', blank=True, editable=False, primary_key=True, serialize=False)),
                ('user', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.user')),
                ('account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
                ('listing', models.TextField()),
                ('columns', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('tight', models.BooleanField(default=False)),
            ],
            options={
                'constraints': [usher.core.tables.SameAccount(column='user_id', key='id', name='list_look_in_account', on_delete='CASCADE', table='people_user')],
            },
        ),
        migrations.CreateModel(
            name='Selection',
            fields=[
                ('id', usher.core.tables.Id(default=usher.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
                ('user', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.user')),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'constraints': [usher.core.tables.SameAccount(column='user_id', key='id', name='selection_in_account', on_delete='CASCADE', table='people_user')],
                'indexes': [models.Index(fields=['changed_at'], name='selection_by_age')],
            },
        ),
        migrations.CreateModel(
            name='Picked',
            fields=[
                ('pk', models.CompositePrimaryKey('selection_id', 'obj', blank=True, editable=False, primary_key=True, serialize=False)),
                ('selection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.selection')),
                ('obj', models.UUIDField()),
            ],
        ),
        migrations.CreateModel(
            name='Export',
            fields=[
                ('id', usher.core.tables.Id(default=usher.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
                ('user', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.user')),
                ('key', models.TextField()),
                ('listing', models.TextField()),
                ('query', models.TextField()),
                ('filename', models.TextField()),
                ('language', models.TextField()),
                ('state', models.TextField(default='running')),
                ('rows', models.IntegerField(default=0)),
                ('total', models.IntegerField()),
                ('place', models.TextField(default='')),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('user', 'key'), name='export_once'),
                    models.CheckConstraint(condition=models.Q(('state__in', ['running', 'done', 'failed'])), name='export_state'),
                    usher.core.tables.SameAccount(column='user_id', key='id', name='export_in_account', on_delete='CASCADE', table='people_user'),
                ],
                'indexes': [models.Index(fields=['asked_at'], name='export_by_age')],
            },
        ),
        migrations.CreateModel(
            name='ExportPiece',
            fields=[
                ('pk', models.CompositePrimaryKey('export_id', 'ord', blank=True, editable=False, primary_key=True, serialize=False)),
                ('export', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.export')),
                ('ord', models.IntegerField()),
                ('lines', models.BinaryField()),
            ],
        ),
    ]
