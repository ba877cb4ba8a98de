"""The engine that Django is told of. Where PostgreSQL differs from SQLite and the product would notice, it is made
alike here, once, so that nothing else asks which of them it speaks to."""

from typing import Any

from django.db import models
from django.db.backends.postgresql import base, operations, schema
from django.db.models.fields import json
from psycopg.types.string import StrDumperUnknown, TextLoader

TURN = 7_223_161  # any number, the same in every Accoil: whoever has locked it in a database writes there


def _by_bytes(column: str) -> str:
    """The type of a column whose texts are sorted and compared by their bytes, whatever the database was made with."""
    return f'{column} COLLATE "C"' if column.startswith(("varchar", "text")) else column


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    def _iter_column_sql(self, column_db_type: str, *told: Any) -> Any:
        return super()._iter_column_sql(_by_bytes(column_db_type), *told)  # type: ignore[misc]

    def _alter_column_type_sql(self, model: Any, old_field: Any, new_field: Any, new_type: str, *told: Any) -> Any:
        return super()._alter_column_type_sql(model, old_field, new_field, _by_bytes(new_type), *told)  # type: ignore[misc]


class WithoutZero(StrDumperUnknown):
    """Text on its way there: PostgreSQL refuses a zero character, which SQLite keeps."""

    def dump(self, obj: str) -> bytes:
        return obj.replace("\0", "\ufffd").encode()


@models.JSONField.register_lookup
class HasKey(json.HasKey):
    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        """By a way that `json` has as well; its own is for `jsonb` only."""
        document, values = compiler.compile(self.lhs)
        return f"({document} -> %s::text) is not null", [*values, str(self.rhs)]


class DatabaseOperations(operations.DatabaseOperations):
    def adapt_json_value(self, value: Any, encoder: Any) -> str:
        return str(operations.get_json_dumps(encoder)(value))

    def lookup_cast(self, lookup_type: str, internal_type: str | None = None) -> str:
        """Documents are equal when they are spelled alike, as with SQLite; all of them are spelled by us."""
        if internal_type == "JSONField" and lookup_type in ("exact", "in"):
            return "%s::text"
        return str(super().lookup_cast(lookup_type, internal_type))


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations
    SchemaEditorClass = DatabaseSchemaEditor
    # Documents keep the order of their keys and the spelling of their numbers: they read back as they were written.
    data_types = {**base.DatabaseWrapper.data_types, "JSONField": "json"}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.adapters.register_loader("json", TextLoader)  # Django reads documents itself
        connection.adapters.register_dumper(str, WithoutZero)
        return connection

    def ensure_connection(self) -> None:
        """Opens one anew in place of one that broke: threads that live as long as the server do not ask for it."""
        if self.connection is not None and self.connection.closed and not self.in_atomic_block:
            self.close()
        super().ensure_connection()

    def _set_autocommit(self, autocommit: bool) -> None:
        """Transactions take turns, as they do with SQLite: what one has read is still so when it writes."""
        super()._set_autocommit(autocommit)  # type: ignore[misc]
        if autocommit:
            return
        try:
            with self.wrap_database_errors, self.connection.cursor() as cursor:
                cursor.execute("select pg_advisory_xact_lock(%s)", [TURN])
        except BaseException:
            if not self.connection.closed:
                self.connection.rollback()
                super()._set_autocommit(True)  # type: ignore[misc]
            raise
