"""What PostgreSQL needs to find films by words and by likeness; other databases go without."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

INDEXES = {
    "movie_title_words": "UPPER(title) gin_trgm_ops",
    "movie_description_words": "UPPER(description) gin_trgm_ops",
}


def on_postgresql(statement):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for name, expression in INDEXES.items():
                schema_editor.execute(statement.format(name=name, expression=expression))

    return run


class Migration(migrations.Migration):
    dependencies = [("movies", "0001_initial")]

    operations = [
        TrigramExtension(),
        migrations.RunPython(
            on_postgresql("CREATE INDEX {name} ON movies_movie USING gin ({expression})"),
            on_postgresql("DROP INDEX {name}"),
        ),
    ]
