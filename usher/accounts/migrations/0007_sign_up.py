import django.db.models.deletion
import django.db.models.functions.datetime
import usher.core.ids
import usher.core.tables
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_places'),
    ]

    operations = [
        migrations.CreateModel(
            name='Asked',
            fields=[
                ('pk', models.CompositePrimaryKey('login_id', 'account_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('login_id', models.UUIDField()),
                ('skipped', models.IntegerField(db_default=0, default=0)),
                ('last_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
            ],
        ),
        migrations.CreateModel(
            name='SignUp',
            fields=[
                ('id', usher.core.tables.Id(default=usher.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('email', models.TextField()),
                ('canonical', models.TextField()),
                ('nonce', models.UUIDField()),
                ('token_hash', models.BinaryField(null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
            ],
            options={
                'indexes': [models.Index(fields=['expires_at'], name='sign_up_by_age')],
            },
        ),
    ]
