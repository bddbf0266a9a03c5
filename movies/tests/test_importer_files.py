import json
import tempfile
from pathlib import Path

from django.test import SimpleTestCase

from movies.importer.files import rows
from movies.importer.json_rows import LONGEST_ITEM
from movies.importer.raw import CHUNK, Unreadable


class FileTests(SimpleTestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def read(self, content, name="movies.csv"):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return [
            (
                row.number,
                row.place,
                row.problem or {name: value for name, value in row.values.items() if name},
            )
            for row in rows(path)
        ]

    def titles(self, content, name="movies.csv"):
        return [values["title"] for _number, _place, values in self.read(content, name)]

    def refusal(self, content, name="movies.csv"):
        with self.assertRaises(Unreadable) as refused:
            self.read(content, name)
        return str(refused.exception)


class CsvTests(FileTests):
    def test_each_row_has_its_number_and_its_line(self):
        self.assertEqual(
            self.read('title,duration\n"Two\nlines",90\nDon,100\n'),
            [
                (1, "line 3", {"title": "Two\nlines", "duration": "90"}),
                (2, "line 4", {"title": "Don", "duration": "100"}),
            ],
        )

    def test_columns_may_have_any_case_and_order(self):
        self.assertEqual(self.read(" Duration ,TITLE\n90,Don\n")[0][2], {"duration": "90", "title": "Don"})

    def test_blank_lines_and_rows_of_empty_cells_are_no_rows(self):
        self.assertEqual(self.titles("title,duration\n\n,\n , \nDon,90\n\n"), ["Don"])

    def test_missing_cells_are_empty_and_too_many_are_a_problem(self):
        self.assertEqual(
            [found for _number, _place, found in self.read("title,duration\nDon\nA,1,,\nOne, two, three\n")],
            [
                {"title": "Don", "duration": ""},
                {"title": "A", "duration": "1"},
                "it has 3 cells, the header 2",
            ],
        )

    def test_semicolons_and_tabs_may_separate_columns(self):
        self.assertEqual(self.titles("title;duration\nLove, actually;90\n"), ["Love, actually"])
        self.assertEqual(self.titles("title\tduration\nDon\t90\n"), ["Don"])

    def test_files_in_every_supported_encoding_are_read(self):
        text = "title\nAmélie “déjà vu”\n"

        for encoding in ["utf-8", "utf-8-sig", "utf-16", "cp1252"]:
            with self.subTest(encoding):
                self.assertEqual(self.titles(text.encode(encoding)), ["Amélie “déjà vu”"])

    def test_a_character_split_between_two_chunks_is_read(self):
        title = "x" * (CHUNK - len("title\n") - 1) + "é"

        self.assertEqual(self.titles(f"title\n{title}\n"), [title])

    def test_a_file_without_any_utf_8_is_read_as_cp1252(self):
        self.assertEqual(self.titles(b"title\n" + b"Don\n" * CHUNK + b"Am\xe9lie\n")[-1], "Amélie")

    def test_an_invalid_byte_affects_only_its_own_row(self):
        text = b"title\nCaf\xc3\xa9\nBad\xe9\n\xe5\x8d\x83\xe3\x81\xa8\n"

        for name, content in [("without a mark", text), ("with a mark", b"\xef\xbb\xbf" + text)]:
            with self.subTest(name):
                self.assertEqual(self.titles(content), ["Café", "Bad\udce9", "千と"])

    def test_one_utf_8_character_anywhere_makes_the_file_utf_8(self):
        bad, good = b"Bad\xe9\n" * CHUNK, "Amélie\n".encode()

        for content in (bad + good, good + bad):
            titles = self.titles(b"title\n" + content)
            self.assertEqual(sorted(set(titles)), ["Amélie", "Bad\udce9"])

    def test_an_incomplete_character_affects_only_its_own_row(self):
        self.assertEqual(self.titles("title\nDon\nAmélie\n".encode("utf-16")[:-1])[0], "Don")
        self.assertEqual(self.titles("title\nAmélie\nDon ♥".encode()[:-1])[0], "Amélie")

    def test_an_encoding_that_is_not_known_can_t_be_read(self):
        for encoding in ["utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]:
            with self.subTest(encoding):
                self.assertEqual(
                    self.refusal("title\nDon\n".encode(encoding)),
                    "it is in an encoding that is not known here (UTF-8 is)",
                )

    def test_a_nul_is_read_as_a_character(self):
        self.assertEqual(self.titles("title\nD\0n\nDon\n"), ["D\0n", "Don"])

    def test_a_field_that_is_too_long_is_one_bad_row(self):
        found = self.read("title,duration\n" + "x" * 200_000 + ",90\nDon,90\n")

        self.assertEqual(found[0][2], "it is no CSV: field larger than field limit (131072)")
        self.assertEqual(found[1], (2, "line 3", {"title": "Don", "duration": "90"}))

    def test_a_header_alone_and_an_empty_file_have_no_rows(self):
        self.assertEqual([self.read("title,duration\n"), self.read(""), self.read("\n\n")], [[], [], []])

    def test_blank_lines_and_excels_separator_may_stand_before_the_header(self):
        for start in ["\n", "\r\n \r\n", ",,\n", "\ufeff\n"]:
            with self.subTest(start):
                self.assertEqual(self.titles(f"{start}title,duration\nDon,90\n"), ["Don"])
        self.assertEqual(
            self.read("sep=;\r\ntitle;duration\r\nA, B;90\r\n"),
            [(1, "line 3", {"title": "A, B", "duration": "90"})],
        )

    def test_a_column_named_twice_can_t_be_read(self):
        self.assertEqual(self.refusal("title,title\nDon,Don\n"), "its header names “title” twice")

    def test_a_header_with_too_many_columns_can_t_be_read(self):
        columns = ",".join(f"column {number}" for number in range(200_000))

        self.assertEqual(
            self.refusal(f"{columns}\nDon\n"), "its header has 200000 columns; at most 500 are read"
        )

    def test_the_maximum_number_of_columns_is_read(self):
        columns = ",".join(["title", *(f"column {number}" for number in range(499))])

        ((number, place, values),) = self.read(f"{columns}\nDon\n")

        self.assertEqual((number, place, len(values), values["title"]), (1, "line 2", 500, "Don"))


NOT_CLOSED = "it is no CSV: a quote that opens on this line is not closed"


class QuoteTests(FileTests):
    """A quote that is never closed costs its own line, and no good one."""

    def test_an_unclosed_quote_does_not_hide_the_rows_to_the_end_of_the_file(self):
        self.assertEqual(
            self.read('title,duration\nBefore,1\n"Unclosed,2\nGood,3\nBetter,4\n'),
            [
                (1, "line 2", {"title": "Before", "duration": "1"}),
                (2, "line 3", NOT_CLOSED),
                (3, "line 4", {"title": "Good", "duration": "3"}),
                (4, "line 5", {"title": "Better", "duration": "4"}),
            ],
        )

    def test_an_unclosed_quote_does_not_hide_the_rows_to_the_next_quote(self):
        self.assertEqual(
            self.read('title,duration\n"Unclosed,1\nGood,2\n"Quoted, with\na comma",3\nDon,"4\n'),
            [
                (1, "line 2", NOT_CLOSED),
                (2, "line 3", {"title": "Good", "duration": "2"}),
                (3, "line 5", {"title": "Quoted, with\na comma", "duration": "3"}),
                (4, "line 6", NOT_CLOSED),
            ],
        )

    def test_an_unclosed_quote_does_not_hide_thousands_of_rows(self):
        found = self.read('title,duration\n"Unclosed,1\n' + "Good,2\n" * 50_000)

        self.assertEqual(found[0], (1, "line 2", NOT_CLOSED))
        self.assertEqual((len(found), found[-1][:2]), (50_001, (50_001, "line 50002")))

    def test_malformed_quotes_within_a_line_are_kept(self):
        self.assertEqual(self.titles('title,duration\n"The "Best" Film",90\n'), ['The Best" Film"'])
        self.assertEqual(self.titles('title,duration\nThe "Best" Film,90\n'), ['The "Best" Film'])

    def test_a_header_that_is_not_closed_can_t_be_read(self):
        self.assertEqual(self.refusal('"title,duration\nDon,90\n'), f"its header: {NOT_CLOSED}")


class JsonTests(FileTests):
    def read(self, content, name="movies.json"):
        return super().read(content, name)

    def test_a_json_list_of_objects_is_read(self):
        self.assertEqual(
            self.read('[{"title": "Don", "Duration": 90}, {"title": 1917}]'),
            [(1, "", {"title": "Don", "duration": 90}), (2, "", {"title": 1917})],
        )

    def test_an_item_that_is_no_object_is_one_bad_row(self):
        problem = "it is no object with names and values"

        self.assertEqual(
            self.read('[1, [], "x", null, {"title": "Don"}]'),
            [(number, "", problem) for number in (1, 2, 3, 4)] + [(5, "", {"title": "Don"})],
        )

    def test_nan_and_very_long_numbers_are_read(self):
        text = '[{"title": "A", "duration": NaN}, {"title": "B", "duration": 1%s}, {"title": "C"}]' % (
            "0" * 5_000
        )

        self.assertEqual([values["title"] for _number, _place, values in self.read(text)], ["A", "B", "C"])

    def test_items_of_any_length_are_read_across_chunks(self):
        titles = ["x" * length for length in (1, CHUNK - 30, CHUNK, 3 * CHUNK, 5, LONGEST_ITEM // 2, 7)]
        text = json.dumps([{"title": title} for title in titles], indent=1)

        self.assertEqual([values["title"] for _number, _place, values in self.read(text)], titles)

    def test_files_in_every_supported_encoding_are_read(self):
        for encoding in ["utf-8", "utf-8-sig", "utf-16", "cp1252"]:
            with self.subTest(encoding):
                self.assertEqual(
                    self.titles('[{"title": "Amélie"}]'.encode(encoding), "movies.json"), ["Amélie"]
                )

    def around(self, item):
        """Return the rows read from a list that has the item between two good ones."""
        return self.read(f'[{{"title": "A"}}, {item}, {{"title": "B"}}]')

    def between_good_ones(self, problem):
        return [(1, "", {"title": "A"}), (2, "", problem), (3, "", {"title": "B"})]

    def test_an_item_that_is_nested_too_deeply_is_one_bad_row(self):
        deep = "[" * 100_000 + r'"a \" and ] in a text \\"' + "]" * 100_000

        self.assertEqual(
            self.around(f'{{"title": {deep}}}'), self.between_good_ones("its JSON is nested too deeply")
        )

    def test_an_item_that_is_no_json_is_one_bad_row(self):
        for item in [
            '{"title": Don}',
            "{,}",
            "Don",
            '{"title": "A" "B"}',
            '{"title": "Bad\nline", "a": [1, 2]}',
        ]:
            with self.subTest(item):
                found = self.around(item)
                self.assertRegex(found[1][2], "^it is no JSON: ")
                self.assertEqual(found, self.between_good_ones(found[1][2]))

    def test_an_item_that_is_too_long_is_one_bad_row(self):
        self.assertEqual(
            self.around('{"title": "%s"}' % ("x" * 3 * LONGEST_ITEM)),
            self.between_good_ones("it is no JSON: Unterminated string starting at"),
        )

    def test_a_backslash_at_the_end_of_a_chunk_does_not_end_a_string(self):
        for shift in range(4):
            deep = "[" * (CHUNK + shift) + '"' + r"\\" * CHUNK + r"\"]" + '"' + "]" * (CHUNK + shift)
            with self.subTest(shift):
                self.assertEqual(self.around(deep), self.between_good_ones("its JSON is nested too deeply"))

    def test_an_invalid_byte_affects_only_its_own_item(self):
        content = b'[{"title": "Caf\xc3\xa9"}, {"title": "Bad\xe9"}]'

        self.assertEqual(self.titles(content, "movies.json"), ["Café", "Bad\udce9"])

    def test_a_list_may_be_empty_or_have_space_around_it(self):
        self.assertEqual([self.read("[]"), self.read(" \n[ \n ]\n")], [[], []])

    def test_json_that_is_not_a_list_can_t_be_read(self):
        self.assertEqual(self.refusal('{"title": "Don"}', "movies.json"), "it is no JSON list")
        self.assertEqual(self.refusal("title\nDon\n", "movies.json"), "it is no JSON list")
        self.assertEqual(self.refusal("", "movies.json"), "it is no JSON list: it ends too early")
        self.assertEqual(self.refusal("[" * 100_000, "movies.json"), "its JSON is nested too deeply")

    def test_items_before_a_broken_one_are_read(self):
        path = self.folder / "movies.json"
        path.write_text('[{"title": "Don"}, {"title": "Sho')

        reading = rows(path)

        self.assertEqual(next(reading).values, {"title": "Don"})
        with self.assertRaises(Unreadable):
            next(reading)

    def test_reading_ends_at_a_missing_comma(self):
        self.assertEqual(
            self.refusal('[{"title": "A"} {"title": "B"}]', "movies.json"),
            "it is no JSON: a comma is missing between two items",
        )


class OtherFileTests(FileTests):
    def test_without_a_known_extension_the_first_character_decides(self):
        self.assertEqual(self.titles('[{"title": "Don"}]', "movies"), ["Don"])
        self.assertEqual(self.titles("title\nDon\n", "movies.txt"), ["Don"])

    def test_a_folder_and_a_missing_file_can_t_be_read(self):
        for path, reason in [
            (self.folder, "Is a directory"),
            (self.folder / "no.csv", "No such file or directory"),
        ]:
            with self.assertRaises(Unreadable) as refused:
                list(rows(path))
            self.assertEqual(str(refused.exception), reason)
