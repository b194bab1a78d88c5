from django.db import migrations, models

PAID = ("user_management", "import", "custom_roles", "phone", "contact_center")
FIRST = {
    "free_with_card": ("user_management", "import"),
    "pro": PAID,
    "business": (*PAID, "psi", "managed_domains"),
    "education": (*PAID, "managed_domains"),
    "enterprise": (*PAID, "psi", "managed_domains"),
}
SEED = "INSERT INTO accounts_plancapability (plan, capability) VALUES " + ", ".join(
    f"('{plan}', '{capability}')" for plan, capabilities in FIRST.items() for capability in capabilities
)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_sign_up")]

    operations = [
        migrations.CreateModel(
            name="PlanCapability",
            fields=[
                ("pk", models.CompositePrimaryKey("plan", "capability", blank=True, editable=False, primary_key=True, serialize=False)),
                ("plan", models.TextField()),
                ("capability", models.TextField()),
            ],
        ),
        migrations.RunSQL(SEED, "DELETE FROM accounts_plancapability"),
    ]
