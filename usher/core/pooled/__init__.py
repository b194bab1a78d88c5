"""Django's own PostgreSQL backend; only what its pool asks a connection before it gives it away is ours (docs/decisions/0087)."""
