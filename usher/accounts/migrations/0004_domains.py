import django.db.models.deletion
import django.db.models.functions.datetime
import usher.core.ids
import usher.core.tables
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_leaving'),
        ('people', '0006_purge_indexes'),
    ]

    operations = [
        migrations.CreateModel(
            name='Domain',
            fields=[
                ('id', usher.core.tables.Id(default=usher.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.TextField()),
                ('token', models.TextField()),
                ('state', models.TextField(db_default='waiting', default='waiting')),
                ('how', models.TextField(db_default='', default='')),
                ('claimed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('ask_until', models.DateTimeField()),
                ('verified_at', models.DateTimeField(null=True)),
                ('checked_at', models.DateTimeField(null=True)),
                ('found', models.JSONField(null=True)),
                ('missing_since', models.DateTimeField(null=True)),
                ('manage', models.BooleanField(db_default=False, default=False)),
                ('consolidate', models.BooleanField(db_default=False, default=False)),
                ('sign_up', models.BooleanField(db_default=False, default=False)),
                ('license', models.TextField(db_default='meetings:basic', default='meetings:basic')),
                ('group_id', models.UUIDField(null=True)),
                ('version', models.IntegerField(db_default=1, default=1)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('account', 'id'), name='domain_in_account'), models.UniqueConstraint(fields=('account', 'name'), name='domain_once'), models.UniqueConstraint(condition=models.Q(('state', 'verified')), fields=('name',), name='domain_proven_once'), models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'verified', 'expired'])), name='domain_state'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'verified'), ('verified_at__isnull', False)), models.Q(('state', 'verified'), _negated=True), _connector='OR'), name='domain_proven_when'), models.CheckConstraint(condition=models.Q(models.Q(('manage', True), ('state', 'verified')), models.Q(('consolidate', False), ('manage', False), ('sign_up', False)), _connector='OR'), name='domain_switches'), usher.core.tables.SameAccount(column='group_id', key='id', name='domain_group_in_account', on_delete='SET NULL (group_id)', table='people_group')],
            },
        ),
    ]
