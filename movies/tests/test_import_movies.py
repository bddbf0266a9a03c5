import json
import subprocess
import sys
import tempfile
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import TestCase

from moviebooking.testing import make_movie
from movies.models import Genre, Language, Movie

from .support.pictures import POSTSCRIPT, disk_full_after, own_media, picture_bytes

HEADER = "title,description,duration,release_date,genres,language,poster\n"


class ImportTests(TestCase):
    def setUp(self):
        self.media = Path(own_media(self))
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name) / "list"
        self.folder.mkdir()

    def run_on(self, content, name="movies.csv"):
        """Return the lines that the command prints about the file."""
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        out = StringIO()
        try:
            call_command("import_movies", str(path), stdout=out)
        finally:
            self.printed = out.getvalue().splitlines()
        return self.printed

    def run_on_row(self, row):
        return self.run_on(HEADER + row + "\n")


class CommandTests(ImportTests):
    def test_a_movie_is_imported_with_all_its_fields(self):
        printed = self.run_on_row("Sholay,Two friends.,204.0,Aug 15 1975,Action|Drama,Hindi,")

        movie = Movie.objects.get()
        self.assertEqual(printed, ["created 1, updated 0, unchanged 0, rejected 0"])
        self.assertEqual(
            (movie.title, movie.slug, movie.description, movie.duration, str(movie.release_date)),
            ("Sholay", "sholay", "Two friends.", 204, "1975-08-15"),
        )
        self.assertEqual(
            (movie.language.name, [str(genre) for genre in movie.genres.all()]),
            ("Hindi", ["Action", "Drama"]),
        )

    def test_bad_rows_are_reported_and_never_stop_the_good_ones(self):
        printed = self.run_on(
            HEADER
            + ",,90,1999-01-01,,,\n"
            + "Good,,90,1999-01-01,,,\n"
            + "No length,,,1999-01-01,,,\n"
            + "No day,,90,soon,,,\n"
            + "Better,,95,1999-01-02,,,\n"
        )

        self.assertEqual(
            printed,
            [
                "row 1 (line 2): rejected: title: missing",
                "row 3 (line 4): rejected: duration: missing",
                "row 4 (line 5): rejected: release_date: “soon” is no day; write it like 1998-06-12",
                "created 2, updated 0, unchanged 0, rejected 3",
            ],
        )
        self.assertCountEqual([movie.title for movie in Movie.objects.all()], ["Good", "Better"])

    def test_running_it_twice_creates_nothing_new(self):
        rows = "Sholay,Two friends.,204,1975-08-15,Action|Drama,Hindi,\nDon,,166,1978-05-12,Action,Hindi,"
        self.run_on_row(rows)

        self.assertEqual(self.run_on_row(rows), ["created 0, updated 0, unchanged 2, rejected 0"])
        self.assertEqual((Movie.objects.count(), Genre.objects.count(), Language.objects.count()), (2, 2, 1))

    def test_a_movie_with_the_same_title_and_date_is_updated(self):
        self.run_on_row("Sholay,Two friends.,204,1975-08-15,Action,Hindi,")

        printed = self.run_on_row("Sholay,Two friends.,198,1975-08-15,Drama,Hindi,")

        movie = Movie.objects.get()
        self.assertEqual(printed, ["created 0, updated 1, unchanged 0, rejected 0"])
        self.assertEqual((movie.duration, [str(genre) for genre in movie.genres.all()]), (198, ["Drama"]))

    def test_the_same_title_of_another_year_is_another_movie(self):
        self.run_on_row("Don,,166,1978-05-12,,,\nDon,,171,2006-10-20,,,")

        self.assertEqual([movie.slug for movie in Movie.objects.order_by("release_date")], ["don", "don-2"])

    def test_an_empty_cell_leaves_what_is_there(self):
        self.run_on_row("Sholay,Two friends.,204,1975-08-15,Action,Hindi,")

        printed = self.run_on("title,duration,release_date,description\nSholay,204,1975-08-15,\n")

        self.assertEqual(printed, ["created 0, updated 0, unchanged 1, rejected 0"])
        self.assertEqual(Movie.objects.get().description, "Two friends.")

    def test_names_of_genres_and_languages_ignore_case(self):
        make_movie(genres=["Drama"], language="Hindi")

        self.run_on_row("Sholay,,204,1975-08-15,drama|ACTION,HINDI,")

        self.assertEqual([str(genre) for genre in Genre.objects.all()], ["ACTION", "Drama"])
        self.assertEqual(Language.objects.count(), 1)

    def test_a_genre_made_for_a_row_that_is_refused_is_made_again_for_the_next(self):
        printed = self.run_on_row("Don,,166,1978-05-12,Noir,,../out.jpg\nSholay,,204,1975-08-15,Noir,,")

        self.assertEqual(printed[-1], "created 1, updated 0, unchanged 0, rejected 1")
        self.assertEqual([str(genre) for genre in Movie.objects.get().genres.all()], ["Noir"])

    def test_an_unchanged_movie_costs_two_queries_once_its_names_are_cached(self):
        rows = [f"Film {number},,90,1999-01-01,Drama,Hindi," for number in range(3)]
        self.run_on_row("\n".join(rows))

        # language; genre; then for each movie: savepoint, movie, its genres, release
        for count in (1, 3):
            with self.assertNumQueries(2 + 4 * count):
                self.run_on_row("\n".join(rows[:count]))

    def test_json_has_the_same_names(self):
        movies = [
            {
                "title": 1917,
                "duration": 119,
                "release_date": "2019-12-25",
                "genres": "War|Drama",
                "language": "English",
            },
            {"title": "Nested", "duration": {"minutes": 90}, "release_date": "2019-12-25"},
            {"title": "Not a number", "duration": float("nan"), "release_date": "2019-12-25"},
        ]

        printed = self.run_on(json.dumps(movies), "movies.json")

        self.assertEqual(
            printed,
            [
                "row 2: rejected: duration: a text was expected, not an object",
                "row 3: rejected: duration: missing",
                "created 1, updated 0, unchanged 0, rejected 2",
            ],
        )
        self.assertEqual(Movie.objects.get().title, "1917")

    def test_a_byte_that_can_t_be_read_garbles_no_other_row(self):
        printed = self.run_on(
            HEADER.encode()
            + "Café été,,90,1999-01-01,,,\n".encode()
            + b"Bad\xe9,,90,1999-01-01,,,\n"
            + "千と千尋,,90,1999-01-01,,,\n".encode()
        )

        self.assertEqual(
            printed,
            [
                "row 2 (line 3): rejected: title: it has a character that can't be read",
                "created 2, updated 0, unchanged 0, rejected 1",
            ],
        )
        self.assertCountEqual([movie.title for movie in Movie.objects.all()], ["Café été", "千と千尋"])

    def test_a_terminal_that_lacks_a_letter_stops_nothing(self):
        path = self.folder / "movies.csv"
        path.write_text(HEADER + "Don,,long,1978-05-12,,,\n,,90,1978-05-12,,,\n")

        done = subprocess.run(
            [sys.executable, "manage.py", "import_movies", str(path)],
            env={"DEBUG": "True", "DATABASE_URL": "sqlite:///:memory:", "PYTHONIOENCODING": "latin-1"},
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
        )

        self.assertEqual(
            (done.stdout.splitlines(), done.returncode),
            (
                [
                    r"row 1 (line 2): rejected: duration: \u201clong\u201d is no number of minutes",
                    "row 2 (line 3): rejected: title: missing",
                    "created 0, updated 0, unchanged 0, rejected 2",
                ],
                0,
            ),
        )

    def test_a_file_without_the_columns_has_only_bad_rows(self):
        self.assertEqual(
            self.run_on("name,length\nDon,90\n"),
            [
                "row 1 (line 2): rejected: title: missing; no column has that name",
                "created 0, updated 0, unchanged 0, rejected 1",
            ],
        )

    def test_an_empty_file_imports_nothing(self):
        self.assertEqual(self.run_on(""), ["created 0, updated 0, unchanged 0, rejected 0"])

    def test_a_file_that_can_t_be_read_at_all_is_an_error(self):
        with self.assertRaisesMessage(CommandError, "movies.json can't be read: it is no JSON list."):
            self.run_on('{"title": "Don"}', "movies.json")
        with self.assertRaisesMessage(CommandError, "can't be read: Is a directory."):
            call_command("import_movies", str(self.folder))
        with self.assertRaisesMessage(CommandError, "no.csv can't be read: No such file or directory."):
            call_command("import_movies", str(self.folder / "no.csv"))

    def test_rows_before_an_unreadable_part_are_kept_and_counted(self):
        with self.assertRaisesMessage(CommandError, "can't be read: it is no JSON"):
            self.run_on(
                '[{"title": "Don", "duration": 166, "release_date": "1978-05-12"}, {"ti', "movies.json"
            )

        self.assertEqual(self.printed, ["created 1, updated 0, unchanged 0, rejected 0"])
        self.assertEqual(Movie.objects.get().title, "Don")

    def test_help_explains_every_column(self):
        from movies.management.commands.import_movies import Command

        text = Command().create_parser("manage.py", "import_movies").format_help()

        for column in HEADER.strip().split(","):
            self.assertIn(f"\n  {column} ", text)


class PosterTests(ImportTests):
    def run_with_poster(self, poster):
        return self.run_on_row(f"Sholay,,204,1975-08-15,,,{poster}")

    def remark_on(self, poster):
        return self.run_with_poster(poster)[0]

    def test_a_poster_is_found_beside_the_file(self):
        (self.folder / "pictures").mkdir()
        (self.folder / "pictures" / "sholay.png").write_bytes(picture_bytes(kind="PNG"))

        self.run_with_poster("pictures/sholay.png")

        poster = Movie.objects.get().poster
        self.assertRegex(poster.name, "^posters/sholay-[0-9a-f]{16}.webp$")
        self.assertEqual(len(poster.scaled), 2)

    def test_a_poster_is_found_in_the_media(self):
        (self.media / "old").mkdir()
        (self.media / "old" / "sholay.jpg").write_bytes(picture_bytes())

        self.run_with_poster("old/sholay.jpg")

        self.assertTrue(Movie.objects.get().poster.is_picture)

    def test_the_same_picture_again_changes_nothing_and_another_one_does(self):
        (self.folder / "sholay.jpg").write_bytes(picture_bytes())
        self.run_with_poster("sholay.jpg")
        self.assertEqual(
            self.run_with_poster("sholay.jpg"), ["created 0, updated 0, unchanged 1, rejected 0"]
        )

        (self.folder / "sholay.jpg").write_bytes(picture_bytes(colour="#123456"))

        self.assertEqual(
            self.run_with_poster("sholay.jpg"), ["created 0, updated 1, unchanged 0, rejected 0"]
        )

    def test_a_missing_poster_is_reported_and_the_movie_imported(self):
        self.assertEqual(
            self.run_with_poster("no.jpg"),
            [
                "row 1 (line 2): imported, but: poster: there is no file no.jpg",
                "created 1, updated 0, unchanged 0, rejected 0",
            ],
        )
        self.assertFalse(Movie.objects.get().poster)

    def test_a_broken_poster_is_reported_and_the_movie_imported(self):
        for content in [b"", b"#!/bin/sh", POSTSCRIPT, picture_bytes()[:600]]:
            (self.folder / "sholay.jpg").write_bytes(content)
            self.assertEqual(
                self.remark_on("sholay.jpg"),
                "row 1 (line 2): imported, but: poster: sholay.jpg is not "
                "a JPEG, PNG, WebP, GIF or AVIF picture, or is damaged",
            )
        self.assertFalse(Movie.objects.get().poster)

    def test_a_full_disk_rejects_the_row_and_leaves_no_file(self):
        (self.folder / "sholay.jpg").write_bytes(picture_bytes())

        for files in (0, 2):
            with self.subTest(files), disk_full_after(files):
                self.assertEqual(
                    self.remark_on("sholay.jpg"),
                    "row 1 (line 2): rejected: poster: the disk for uploads is full",
                )
                self.assertEqual(list(self.media.rglob("*.*")), [])
        self.assertEqual(Movie.objects.count(), 0)

    def test_a_poster_url_is_not_fetched(self):
        self.assertEqual(
            self.remark_on("https://films.example/a.jpg"),
            "row 1 (line 2): imported, but: poster: addresses are not fetched",
        )

    def test_no_path_leads_out_of_the_folder(self):
        (self.folder.parent / "secret.jpg").write_bytes(picture_bytes())
        (self.folder / "link.jpg").symlink_to(self.folder.parent / "secret.jpg")
        refused = (
            "row 1 (line 2): rejected: poster: only a path below the file's own folder, or below the media"
        )

        for path in [
            "../secret.jpg", "a/../../secret.jpg", f"{self.folder.parent}/secret.jpg", "link.jpg",
            "..\\secret.jpg", "C:\\secret.jpg", "..", ".",
        ]:  # fmt: skip
            with self.subTest(path):
                self.assertEqual(self.remark_on(path), refused)
        self.assertEqual(Movie.objects.count(), 0)

    def test_odd_names_are_only_missing_files(self):
        (self.folder / "ring").symlink_to(self.folder / "ring")

        for path in ["x" * 300, "a/" * 100, "ring/x.jpg", "~/x.jpg"]:
            with self.subTest(path):
                self.assertIn("imported, but: poster:", self.remark_on(path))
