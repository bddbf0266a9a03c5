import json
import tempfile
from pathlib import Path

from django.test import SimpleTestCase

from movies.importer.files import CHUNK, LONGEST_ITEM, Unreadable, rows


class FileTests(SimpleTestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def read(self, content, name="films.csv"):
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

    def titles(self, content, name="films.csv"):
        return [values["title"] for _number, _place, values in self.read(content, name)]

    def refusal(self, content, name="films.csv"):
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

    def test_columns_are_known_whatever_their_case_and_order(self):
        self.assertEqual(self.read(" Duration ,TITLE\n90,Don\n")[0][2], {"duration": "90", "title": "Don"})

    def test_blank_lines_and_rows_of_empty_cells_are_no_rows(self):
        self.assertEqual(self.titles("title,duration\n\n,\n , \nDon,90\n\n"), ["Don"])

    def test_missing_cells_are_empty_and_too_many_are_a_problem(self):
        self.assertEqual(
            [found for _number, _place, found in self.read("title,duration\nDon\nA,1,,\nOne, two, three\n")],
            [{"title": "Don"}, {"title": "A", "duration": "1"}, "it has 3 cells, the header 2"],
        )

    def test_semicolons_and_tabs_serve_too(self):
        self.assertEqual(self.titles("title;duration\nLove, actually;90\n"), ["Love, actually"])
        self.assertEqual(self.titles("title\tduration\nDon\t90\n"), ["Don"])

    def test_encodings(self):
        text = "title\nAmélie “déjà vu”\n"

        for encoding in ["utf-8", "utf-8-sig", "utf-16", "cp1252"]:
            with self.subTest(encoding):
                self.assertEqual(self.titles(text.encode(encoding)), ["Amélie “déjà vu”"])

    def test_a_letter_cut_in_two_by_the_reading_is_still_one(self):
        title = "x" * (CHUNK - len("title\n") - 1) + "é"

        self.assertEqual(self.titles(f"title\n{title}\n"), [title])

    def test_a_late_byte_that_is_no_utf_8_makes_it_cp1252(self):
        self.assertEqual(self.titles(b"title\n" + b"Don\n" * CHUNK + b"Am\xe9lie\n")[-1], "Amélie")

    def test_a_nul_is_only_a_character(self):
        self.assertEqual(self.titles("title\nD\0n\nDon\n"), ["D\0n", "Don"])

    def test_a_field_beyond_all_measure_is_one_bad_row(self):
        found = self.read("title,duration\n" + "x" * 200_000 + ",90\nDon,90\n")

        self.assertEqual(found[0][2], "it is no CSV: field larger than field limit (131072)")
        self.assertEqual(found[1], (2, "line 3", {"title": "Don", "duration": "90"}))

    def test_a_header_alone_and_an_empty_file_have_no_rows(self):
        self.assertEqual([self.read("title,duration\n"), self.read(""), self.read("\n\n")], [[], [], []])

    def test_a_column_named_twice_can_t_be_read(self):
        self.assertEqual(self.refusal("title,title\nDon,Don\n"), "its header names “title” twice")


class JsonTests(FileTests):
    def read(self, content, name="films.json"):
        return super().read(content, name)

    def test_a_list_of_objects(self):
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

    def test_nan_and_endless_numbers_harm_nobody(self):
        text = '[{"title": "A", "duration": NaN}, {"title": "B", "duration": 1%s}, {"title": "C"}]' % (
            "0" * 5_000
        )

        self.assertEqual([values["title"] for _number, _place, values in self.read(text)], ["A", "B", "C"])

    def test_items_of_all_lengths_across_the_windows_of_the_reading(self):
        titles = ["x" * length for length in (1, CHUNK - 30, CHUNK, 3 * CHUNK, 5, LONGEST_ITEM // 2, 7)]
        text = json.dumps([{"title": title} for title in titles], indent=1)

        self.assertEqual([values["title"] for _number, _place, values in self.read(text)], titles)

    def test_encodings(self):
        for encoding in ["utf-8", "utf-8-sig", "utf-16", "cp1252"]:
            with self.subTest(encoding):
                self.assertEqual(
                    self.titles('[{"title": "Amélie"}]'.encode(encoding), "films.json"), ["Amélie"]
                )

    def test_space_and_an_empty_list(self):
        self.assertEqual([self.read("[]"), self.read(" \n[ \n ]\n")], [[], []])

    def test_what_is_no_list_can_t_be_read(self):
        self.assertEqual(self.refusal('{"title": "Don"}', "films.json"), "it is no JSON list")
        self.assertEqual(self.refusal("title\nDon\n", "films.json"), "it is no JSON list")
        self.assertEqual(self.refusal("", "films.json"), "it is no JSON list: it ends too early")
        self.assertEqual(self.refusal("[" * 100_000, "films.json"), "its JSON is nested too deeply")

    def test_what_came_before_a_break_is_read(self):
        path = self.folder / "films.json"
        path.write_text('[{"title": "Don"}, {"title": "Sho')

        reading = rows(path)

        self.assertEqual(next(reading).values, {"title": "Don"})
        with self.assertRaises(Unreadable):
            next(reading)

    def test_a_missing_comma_is_a_break(self):
        self.assertEqual(
            self.refusal('[{"title": "A"} {"title": "B"}]', "films.json"),
            "it is no JSON: a comma is missing between two items",
        )


class OtherFileTests(FileTests):
    def test_without_a_telling_name_the_first_character_decides(self):
        self.assertEqual(self.titles('[{"title": "Don"}]', "films"), ["Don"])
        self.assertEqual(self.titles("title\nDon\n", "films.txt"), ["Don"])

    def test_a_folder_and_a_missing_file_can_t_be_read(self):
        for path, reason in [
            (self.folder, "Is a directory"),
            (self.folder / "no.csv", "No such file or directory"),
        ]:
            with self.assertRaises(Unreadable) as refused:
                list(rows(path))
            self.assertEqual(str(refused.exception), reason)

    def test_a_cut_off_utf_16_text_can_t_be_read(self):
        self.assertIn("utf-16", self.refusal("title\nDon\n".encode("utf-16")[:-1]))
