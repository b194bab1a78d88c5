"""Constraints and column kinds that every table shares; no table of its own stands here."""

from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Expression
from django.db.models.constraints import BaseConstraint

from .ids import uuid7


class Id(models.UUIDField):
    """UUIDv7 primary key; made in Python, or by usher_uuid7() where a set is written."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("primary_key", True)
        kwargs.setdefault("default", uuid7)
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)


class SameAccount(BaseConstraint):
    """A foreign key that carries the account: (account_id, column) -> table (account_id, id), so that no row can join two accounts (I11)."""

    def __init__(self, *, column: str, table: str, name: str, key: str = "id", on_delete: str = "NO ACTION") -> None:
        self.column, self.table, self.key, self.on_delete = column, table, key, on_delete
        super().__init__(name=name)

    def constraint_sql(self, model: Any, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        return (
            f"CONSTRAINT {self.name} FOREIGN KEY (account_id, {self.column}) "
            f"REFERENCES {self.table} (account_id, {self.key}) ON DELETE {self.on_delete} DEFERRABLE INITIALLY IMMEDIATE"
        )

    def create_sql(self, model: Any, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        return f"ALTER TABLE {model._meta.db_table} ADD {self.constraint_sql(model, schema_editor)}"

    def remove_sql(self, model: Any, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        return f"ALTER TABLE {model._meta.db_table} DROP CONSTRAINT {self.name}"

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """The database answers for it."""

    def deconstruct(self) -> tuple[str, tuple[()], dict[str, Any]]:
        path, _, kwargs = super().deconstruct()
        return path, (), {**kwargs, "column": self.column, "table": self.table, "key": self.key, "on_delete": self.on_delete}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SameAccount) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash(self.name)


class GoesWith(SameAccount):
    """A foreign key to a row this one is a part of: the database deletes it with that row, also when that one goes with another."""

    def __init__(self, *, column: str, table: str, name: str, key: str = "id", on_delete: str = "CASCADE") -> None:
        super().__init__(column=column, table=table, name=name, key=key, on_delete=on_delete)

    def constraint_sql(self, model: Any, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        return f"CONSTRAINT {self.name} FOREIGN KEY ({self.column}) REFERENCES {self.table} ({self.key}) ON DELETE {self.on_delete}"


class Written(Expression):
    """A generated column's text exactly as written."""

    output_field = models.TextField()

    def __init__(self, sql: str) -> None:
        super().__init__(output_field=models.TextField())
        self.sql = sql

    def deconstruct(self) -> tuple[str, tuple[str], dict[str, Any]]:
        return "usher.core.tables.Written", (self.sql,), {}

    def resolve_expression(self, *args: Any, **kwargs: Any) -> "Written":
        return self

    def as_sql(self, compiler: Any, connection: Any, **kwargs: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        return self.sql, []
