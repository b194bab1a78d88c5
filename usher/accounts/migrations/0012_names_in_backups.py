from django.db import migrations

from usher.accounts.database import NAME_KEY


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_api_limits")]

    operations = [migrations.RunSQL(NAME_KEY, migrations.RunSQL.noop)]
