"""Titles as the search reads them: without case and accents. And all text in composed form."""

import unicodedata

from django.db import migrations

import moviebooking.fields
from moviebooking.unicode_text import folded


def fold(apps, schema_editor):
    movies = apps.get_model("movies", "Movie").objects.only("title", "description")
    for movie in movies.order_by("pk").iterator(chunk_size=500):
        movie.title = unicodedata.normalize("NFC", movie.title)
        movie.description = unicodedata.normalize("NFC", movie.description)
        movie.folded_title = folded(movie.title)
        movie.save(update_fields=["title", "description", "folded_title"])


def compose_names(apps, schema_editor):
    """A name whose composed twin is there already stays as it is: two rows can't have one name."""
    for kind in ("Genre", "Language"):
        rows = apps.get_model("movies", kind).objects
        for row in rows.all():
            name = unicodedata.normalize("NFC", row.name)
            if name != row.name and not rows.filter(name__iexact=name).exists():
                rows.filter(pk=row.pk).update(name=name)


class Migration(migrations.Migration):
    dependencies = [("movies", "0002_forgiving_search")]

    operations = [
        migrations.AddField(
            "movie",
            "folded_title",
            moviebooking.fields.FoldedField(default="", editable=False, of="title"),
        ),
        migrations.RunPython(fold, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(compose_names, migrations.RunPython.noop, elidable=True),
    ]
