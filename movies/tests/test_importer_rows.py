from datetime import date

from django.test import SimpleTestCase

from movies.importer import rows

TODAY = date(2026, 11, 22)
DON = {"title": "Don", "release_date": "1978-05-12", "duration": "166"}


def read(**values):
    return rows.read({**DON, **values}, today=TODAY)


class RowTests(SimpleTestCase):
    def refusal(self, **values):
        with self.assertRaises(rows.RowRefused) as refused:
            read(**values)
        return str(refused.exception)

    def test_title_date_and_duration_are_enough_for_a_movie(self):
        self.assertEqual(
            read(),
            rows.MovieData(
                "Don", date(1978, 5, 12), 166, description=None, genres=(), language=None, poster=None
            ),
        )

    def test_a_row_without_columns_has_no_title(self):
        with self.assertRaisesMessage(rows.RowRefused, "title: missing; no column has that name"):
            rows.read({}, today=TODAY)

    def test_composed_and_decomposed_accents_are_the_same(self):
        movie = read(title="Ame\u0301lie", genres="Come\u0301die", language="Franc\u0327ais")

        self.assertEqual((movie.title, movie.genres, movie.language), ("Amélie", ("Comédie",), "Français"))

    def test_the_name_of_a_poster_is_not_normalised(self):
        self.assertEqual(read(poster="Ame\u0301lie.jpg").poster, "Ame\u0301lie.jpg")


class TitleTests(RowTests):
    def test_a_number_is_a_title(self):
        self.assertEqual(
            [read(title=title).title for title in ["1917", 1917, 1917.0, 2.5]], ["1917"] * 3 + ["2.5"]
        )

    def test_whitespace_in_a_title_is_collapsed(self):
        self.assertEqual(read(title="  Mother \n\t India ").title, "Mother India")

    def test_a_title_may_be_in_any_script(self):
        self.assertEqual(read(title="शोले 🎬").title, "शोले 🎬")

    def test_none_is_missing(self):
        for title in [None, "", "  ", float("nan")]:
            self.assertEqual(self.refusal(title=title), "title: missing")

    def test_a_movie_may_be_called_none(self):
        self.assertEqual(read(title="None").title, "None")

    def test_a_title_that_is_not_text_is_refused(self):
        self.assertEqual(self.refusal(title=["Don"]), "title: a text was expected, not a list")
        self.assertEqual(self.refusal(title={"en": "Don"}), "title: a text was expected, not an object")
        self.assertEqual(self.refusal(title=True), "title: a text was expected, not true or false")

    def test_characters_that_databases_reject_are_refused(self):
        for title in ["D\0n", "D\ud800n", "D\ufffdn", "D\udce9n"]:
            self.assertEqual(self.refusal(title=title), "title: it has a character that can't be read")

    def test_a_title_has_200_characters_at_most(self):
        self.assertEqual(len(read(title="x" * 200).title), 200)
        self.assertEqual(self.refusal(title="x" * 201), "title: longer than 200 characters")


class DateTests(RowTests):
    def test_dates_are_read_in_all_usual_formats(self):
        for text in [
            "1998-06-13", "1998/06/13", "1998.06.13", "19980613", 19980613,
            "1998-06-13T00:00:00Z", "1998-06-13 00:00:00",
            "Jun 13 1998", "Jun 13, 1998", "June 13, 1998", "June 13 1998", "Jun. 13, 1998", "13 Jun 1998",
            "13 June 1998", "13-Jun-1998", "jun 13 1998", " 13  JUNE  1998 ",
            "13/06/1998", "06/13/1998", "13.6.1998",
        ]:  # fmt: skip
            with self.subTest(text):
                self.assertEqual(read(release_date=text).release_date, date(1998, 6, 13))

    def test_september_is_shortened_in_two_ways(self):
        days = {
            read(release_date=text).release_date for text in ["Sep 3 1999", "Sept 3 1999", "Sept. 3, 1999"]
        }

        self.assertEqual(days, {date(1999, 9, 3)})

    def test_an_ambiguous_date_is_refused(self):
        self.assertEqual(
            self.refusal(release_date="03/04/1998"),
            "release_date: “03/04/1998” may be two days; write it like 1998-06-12",
        )
        self.assertEqual(read(release_date="04/04/1998").release_date, date(1998, 4, 4))

    def test_a_text_that_is_not_a_date_is_refused(self):
        for text in [
            "soon",
            "1998",
            "1998-02-30",
            "31/31/1998",
            "12",
            "x" * 90,
            "199811",
            "1998111",
            "199806123",
            "Jun 1998",
            "1998-06",
        ]:
            with self.subTest(text):
                self.assertRegex(self.refusal(release_date=text), "^release_date: “.{1,40}” is no day; ")
        self.assertEqual(
            self.refusal(release_date=-1e400), "release_date: “-inf” is no day; write it like 1998-06-12"
        )

    def test_none_is_missing(self):
        for value in [None, "", "NaN", "null", "N/A", float("nan")]:
            self.assertEqual(self.refusal(release_date=value), "release_date: missing")

    def test_a_release_may_be_twenty_years_ahead_at_most(self):
        self.assertEqual(read(release_date="2040-01-01").release_date, date(2040, 1, 1))
        for text in ["2999-01-01", "9999-12-31", "1492-10-12", "0001-01-01"]:
            self.assertEqual(
                self.refusal(release_date=text), f"release_date: no movie was or will be released on {text}"
            )


class DurationTests(RowTests):
    def test_minutes_are_read_in_all_usual_formats(self):
        for value in [
            "118",
            118,
            118.0,
            "118.0",
            "118.00",
            " 118 ",
            "118 min",
            "118min.",
            "118 Minutes",
            "118m",
        ]:
            with self.subTest(value):
                self.assertEqual(read(duration=value).duration, 118)

    def test_none_is_missing(self):
        for value in [None, "", "NaN", "-", float("nan")]:
            self.assertEqual(self.refusal(duration=value), "duration: missing")

    def test_a_duration_that_is_not_a_whole_number_is_refused(self):
        for value in ["long", "118.5", "1e3", "-5", "1:58", float("inf")]:
            self.assertEqual(self.refusal(duration=value), f"duration: “{value}” is no number of minutes")

    def test_a_duration_is_between_a_minute_and_a_day(self):
        for value in ["0", "1441", "999999"]:
            self.assertEqual(
                self.refusal(duration=value), f"duration: {value} minutes; 1 to 1440 are possible"
            )


class OptionalTests(RowTests):
    def test_genres_are_separated_by_bars_and_each_counts_once(self):
        self.assertEqual(
            read(genres="Action| Drama |action||Science  Fiction").genres,
            ("Action", "Drama", "Science Fiction"),
        )

    def test_json_may_have_a_list_of_genres(self):
        self.assertEqual(read(genres=["Action", "Drama"]).genres, ("Action", "Drama"))
        self.assertEqual(self.refusal(genres=[["Action"]]), "genres: a text was expected, not a list")

    def test_a_genre_with_too_long_a_name_is_refused(self):
        self.assertEqual(self.refusal(genres="x" * 61), "genres: a name is longer than 60 characters")

    def test_words_such_as_null_count_as_empty(self):
        movie = read(genres="N/A", language="null", description="NaN", poster="-")

        self.assertEqual(
            (movie.genres, movie.language, movie.description, movie.poster), ((), None, None, None)
        )

    def test_a_description_keeps_its_lines_and_ends_at_20_000_characters(self):
        self.assertEqual(read(description=" One.\n\nTwo. ").description, "One.\n\nTwo.")
        self.assertEqual(self.refusal(description="x" * 20_001), "description: longer than 20000 characters")
