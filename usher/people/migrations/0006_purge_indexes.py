from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_leaving"),
        ("people", "0005_search_of_who_left"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="user",
            index=models.Index(condition=models.Q(("manager__isnull", False)), fields=["account", "manager"], name="user_by_manager"),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(condition=models.Q(("login__isnull", False)), fields=["login"], name="user_by_login"),
        ),
    ]
