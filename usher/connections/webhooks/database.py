"""What the tables of webhooks need of the database."""

ORDER = "CREATE SEQUENCE webhooks_delivery_order"
# A key for foreign keys that carry the account (core/tables.py); everything in this room belongs to an app.
APP_IN_ACCOUNT = "CREATE UNIQUE INDEX IF NOT EXISTS access_app_in_account ON access_app (account_id, id)"
