from django.db import migrations

# The role Group admin that was made before such a role could see its groups, and that nobody has changed since.
SEES_GROUPS = """UPDATE access_role SET privileges = ARRAY['people:group:view', 'people:user:view'], version = version + 1
  WHERE name_key = usher_fold('Group admin') AND key <> 'admin' AND privileges = ARRAY['people:user:view']"""


class Migration(migrations.Migration):
    dependencies = [("access", "0008_owner_offer")]

    operations = [migrations.RunSQL(SEES_GROUPS, migrations.RunSQL.noop)]
