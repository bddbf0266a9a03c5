"""The importer answers any file with rows and reasons, never with a traceback."""

import json
import tempfile
from datetime import date
from pathlib import Path

from django.test import SimpleTestCase
from hypothesis import given, settings
from hypothesis import strategies as st

from movies.importer import files, rows

COLUMNS = ("title", "description", "duration", "release_date", "genres", "language", "poster")
CELLS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40)
VALUES = st.recursive(
    CELLS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner)
)
OBJECTS = st.dictionaries(st.sampled_from(COLUMNS), VALUES)
MANY = settings(max_examples=150)


class FuzzTests(SimpleTestCase):
    def rows_of(self, content, suffix):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"movies{suffix}"
            path.write_bytes(content)
            try:
                return list(files.rows(path))
            except files.Unreadable as reason:
                return str(reason)

    @MANY
    @given(st.binary(max_size=400), st.sampled_from([".csv", ".json", ""]))
    def test_any_bytes_yield_rows_or_an_error(self, content, suffix):
        found = self.rows_of(content, suffix)

        self.assertTrue(
            isinstance(found, str) or [row.number for row in found] == list(range(1, len(found) + 1))
        )

    @MANY
    @given(st.lists(OBJECTS | VALUES, max_size=5))
    def test_any_json_list_yields_one_row_per_item(self, items):
        self.assertEqual(len(self.rows_of(json.dumps(items).encode(), ".json")), len(items))

    @MANY
    @given(OBJECTS)
    def test_any_row_is_a_movie_or_is_refused(self, values):
        try:
            movie = rows.read(values, today=date(2026, 11, 22))
        except rows.RowRefused as refusal:
            self.assertIn(str(refusal).partition(":")[0], COLUMNS)
        else:
            self.assertTrue(movie.title and 1 <= movie.duration <= rows.LONGEST_MOVIE)
