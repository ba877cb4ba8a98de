from typing import Any

from django.db import migrations, models


def go_on_after_the_first(apps: Any, schema_editor: Any) -> None:
    """The one row was made with a number that was given, of which PostgreSQL's sequence does not know."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "select setval(pg_get_serial_sequence('team_upkeep', 'id'), max(id)) from team_upkeep having max(id) > 0"
        )


class Migration(migrations.Migration):
    dependencies = [("team", "0007_retention")]

    operations = [
        migrations.AddField("upkeep", "receiver", models.CharField(blank=True, default="", max_length=32, unique=True)),
        migrations.RunPython(go_on_after_the_first, migrations.RunPython.noop),
    ]
