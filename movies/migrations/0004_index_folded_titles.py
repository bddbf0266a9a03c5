"""On PostgreSQL the index for the words of titles is one of the folded titles."""

from django.db import migrations


def index_by(expression):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute("DROP INDEX movie_title_words")
            schema_editor.execute(
                f"CREATE INDEX movie_title_words ON movies_movie USING gin ({expression} gin_trgm_ops)"
            )

    return run


class Migration(migrations.Migration):
    dependencies = [("movies", "0003_folded_titles")]

    operations = [migrations.RunPython(index_by("folded_title"), index_by("UPPER(title)"))]
