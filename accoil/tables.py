"""The tables of the application's database: made at once where there are none, else brought up to date step by step."""

from django.apps import apps
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db.backends.base.base import BaseDatabaseWrapper as Database
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder


def bring_up_to_date(database: Database) -> None:
    """Every migration has been applied afterwards, or counts as applied: who is killed meanwhile begins again."""
    if MigrationRecorder(database).applied_migrations():
        call_command("migrate", interactive=False, verbosity=0, database=database.alias)
    else:
        _make(database)


def _make(database: Database) -> None:
    """What all migrations come to. Each of them would have all models described anew, for seconds."""
    recorder = MigrationRecorder(database)
    with database.schema_editor() as tables:
        if not recorder.has_table():
            tables.create_model(recorder.Migration)
        for model in apps.get_models():
            if model._meta.can_migrate(database):
                tables.create_model(model)
        steps = MigrationExecutor(database).loader.graph.nodes
        recorder.migration_qs.bulk_create(recorder.Migration(app=app, name=name) for app, name in steps)
    emit_post_migrate_signal(verbosity=0, interactive=False, db=database.alias)
