import re
import shutil
import subprocess
import tempfile
import unicodedata
from collections import Counter
from pathlib import Path
from unittest import skipUnless
from xml.etree import ElementTree

import uharfbuzz as hb
from django.test import SimpleTestCase, override_settings
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from bookings import documents
from bookings.documents import typefaces
from bookings.documents.pdf import LEADING, MARGIN, POINT, Paper
from bookings.documents.typesetting import ELLIPSIS, break_lines, fit_lines, runs_of, visual_order, width_of
from bookings.models import Booking
from moviebooking.testing import make_movie, make_showtime, make_user

from .support.steps import BookingTestCase, buy

TITLES = {
    "Arabic": "الرسالة ١٩٧٦",
    "Armenian": "Նռան գույնը",
    "Bengali": "পথের পাঁচালী",
    "Burmese": "မြန်မာရုပ်ရှင်",
    "Chinese": "臥虎藏龍",
    "Cyrillic": "Солярис",
    "Devanagari": "क्षत्रिय दिलवाले दुल्हनिया",
    "Emoji": "🎬👍🏽❤️👨‍👩‍👧🇮🇳",
    "Ethiopic": "አማርኛ ፊልም",
    "Georgian": "მონანიება",
    "Greek": "Ταξίδι στα Κύθηρα",
    "Gujarati": "હેલ્લારો ક્ષ",
    "Gurmukhi": "ਅੰਨ੍ਹੇ ਘੋੜੇ ਦਾ ਦਾਨ",
    "Hebrew": "ואלס עם באשיר",
    "Japanese": "千と千尋の神隠し",
    "Kannada": "ಕಾಂತಾರ: ಒಂದು ದಂತಕಥೆ",
    "Khmer": "ភាសាខ្មែរ កើត",
    "Korean": "기생충",
    "Lao": "ນ້ຳຕາ ພາສາລາວ",
    "Latin": "Mùi đu đủ xanh, Amélie, Çoğunluk",
    "Malayalam": "മഞ്ഞുമ്മൽ ബോയ്സ്",
    "Odia": "ଓଡ଼ିଆ ଚଳଚ୍ଚିତ୍ର",
    "Sinhala": "සිංහල චිත්‍රපටය කෝ",
    "Tamil": "பொன்னியின் செல்வன்: பாகம் 1",
    "Telugu": "బాహుబలి: ది బిగినింగ్",
    "Thai": "ลุงบุญมีระลึกชาติ น้ำ",
    "Urdu": "اُردُو فِلم",
}
MIXED = [
    ("Dilwale ", "के लिए"),
    ("Kantara ", "ಕಾಂತಾರ"),
    ("दिलवाले ", "Dilwale ", "हिन्दी"),
    ("Pather ", "পাঁচালী ", "2"),
]


def shaped_glyphs(font, run):
    """Return the advance and the offsets of each glyph of a run, as HarfBuzz shapes it."""
    buffer = hb.Buffer()
    buffer.add_str(run.text)
    buffer.guess_segment_properties()
    buffer.language = run.language
    buffer.flags = hb.BufferFlags.REMOVE_DEFAULT_IGNORABLES
    hb.shape(font, buffer)
    return [(place.x_advance, place.x_offset, place.y_offset) for place in buffer.glyph_positions]


def blank_paper():
    return Paper(title="A title", language="en")


def text_of(pdf, *options):
    """Return the output of `pdftotext` for the file."""
    return subprocess.run(
        ["pdftotext", *options, "-", "-"], input=pdf, capture_output=True, check=True, timeout=60
    ).stdout.decode()


def rendered(pdf):
    """Return the first page as a picture, rendered by poppler."""
    draw = ["pdftoppm", "-r", "100", "-gray", "-singlefile", "-"]
    return subprocess.run(draw, input=pdf, capture_output=True, check=True, timeout=60).stdout


def visible_characters(text):
    """Return how often the text has each visible character, as a Counter."""
    text = unicodedata.normalize("NFKC", text)
    return Counter(one for one in text if unicodedata.category(one)[0] in "LMNS" and one != "\ufe0f")


class TypesettingTests(SimpleTestCase):
    def test_a_font_subset_shapes_each_script_as_the_whole_font_does(self):
        for script, title in TITLES.items():
            for bold in (False, True):
                for run in runs_of(title):
                    with self.subTest(script, bold=bold, run=run.text):
                        cut = hb.Font(hb.Face(run.face.subset(run.text, bold=bold)))
                        self.assertEqual(shaped_glyphs(cut, run), shaped_glyphs(run.face.font(bold), run))

    def test_the_installed_fonts_cover_every_character_of_all_scripts(self):
        for script, title in TITLES.items():
            with self.subTest(script):
                printed = "".join(run.text for run in runs_of(title))
                self.assertEqual(printed, unicodedata.normalize("NFC", title))
                missing = [c for run in runs_of(title) for c in run.text if ord(c) not in run.face.characters]
                self.assertEqual([c for c in missing if unicodedata.category(c) not in {"Cf", "Mn"}], [])

    def test_a_line_in_several_scripts_is_split_into_one_run_per_script(self):
        for parts in MIXED:
            with self.subTest(parts):
                runs = runs_of("".join(parts))
                self.assertEqual([run.text for run in runs], list(parts))

    def test_each_letter_of_an_unsupported_script_is_shown_as_a_substitute(self):
        self.assertEqual("".join(run.text for run in runs_of("ᱥᱟᱱ x")), typefaces.SUBSTITUTE * 3 + " x")

    def test_decomposed_characters_are_printed_as_composed_ones(self):
        self.assertEqual(runs_of(unicodedata.normalize("NFD", "đủ")), runs_of("đủ"))

    def test_the_digits_of_a_number_in_right_to_left_text_stay_in_order(self):
        [line] = break_lines("نص 12 كبير", size=10, width=500)

        self.assertEqual([run.text for run in visual_order(line)], [" كبير", "12", "نص "])

    def test_right_to_left_text_within_latin_text_is_reordered_by_itself(self):
        [line] = break_lines("Der נ 12 ש ist", size=10, width=500)

        seen_from_the_left = [run.text for run in visual_order(line)]
        self.assertEqual(seen_from_the_left, ["Der ", "ש", " ", "12", "נ ", " ", "ist"])

    def test_lines_are_broken_within_the_width_without_losing_characters(self):
        for title in TITLES.values():
            lines = break_lines(f"{title} " * 8, size=15, width=200)
            with self.subTest(title):
                self.assertLessEqual(max(width_of(line, size=15, bold=False) for line in lines), 200.01)
                whole = " ".join([unicodedata.normalize("NFC", title)] * 8)
                set_in_lines = "".join(run.text for line in lines for run in line)
                self.assertEqual(set_in_lines.replace(" ", ""), whole.replace(" ", ""))

    def test_a_long_text_is_set_smaller_before_it_is_truncated(self):
        box = {"size": 15, "smallest": 9, "width": 330, "height": 39, "leading": LEADING, "bold": True}
        short, longer, endless = "The Ferry", "The Long Ferry " * 6, "Llanfairpwllgwyn" * 20

        self.assertEqual(fit_lines(short, **box)[0], 15)
        size, lines = fit_lines(longer, **box)
        self.assertTrue(9 <= size < 15)
        self.assertEqual(" ".join("".join(run.text for run in line) for line in lines), longer.strip())
        size, lines = fit_lines(endless, **box)
        self.assertEqual((size, lines[-1][-1].text[-1]), (9, ELLIPSIS))
        for text in (short, longer, endless, *(title * 20 for title in TITLES.values())):
            size, lines = fit_lines(text, **box)
            with self.subTest(text[:20]):
                self.assertLessEqual(len(lines) * LEADING * size, 39.02)
                self.assertLessEqual(max(width_of(line, size=size, bold=True) for line in lines), 330.01)

    def test_a_text_without_visible_characters_takes_no_line(self):
        for text in ("", " ", "\u200b", "\u200d\u200e"):
            self.assertEqual(break_lines(text, size=10, width=100), [], text)


class FontFolderTests(SimpleTestCase):
    """FONT_FOLDERS: the operator's own fonts, for scripts that no installed font package covers."""

    def setUp(self):
        for remembered in (typefaces.faces, typefaces.face_for):
            remembered.cache_clear()
            self.addCleanup(remembered.cache_clear)

    def test_a_script_that_no_package_covers_is_set_in_the_operators_own_font(self):
        with tempfile.TemporaryDirectory() as folder, override_settings(FONT_FOLDERS=[folder]):
            self.make_font(Path(folder, "Santali.ttf"), "ᱥ")

            [run] = runs_of("ᱥᱥ")
            pdf = blank_paper()
            pdf.line_of("ᱥᱥ", size=12)

            self.assertEqual((run.text, run.face.name), ("ᱥᱥ", "Santali"))
            self.assertTrue(pdf.as_bytes().startswith(b"%PDF-"))

    def make_font(self, path, letter):
        font, pen = FontBuilder(1000, isTTF=True), TTGlyphPen(None)
        pen.moveTo((0, 0))
        pen.lineTo((500, 0))
        pen.lineTo((250, 700))
        pen.closePath()
        names = [".notdef", "letter"]
        font.setupGlyphOrder(names)
        font.setupCharacterMap({ord(letter): "letter"})
        font.setupGlyf(dict.fromkeys(names, pen.glyph()))
        font.setupHorizontalMetrics(dict.fromkeys(names, (600, 0)))
        font.setupHorizontalHeader(ascent=800, descent=-200)
        font.setupNameTable({"familyName": "Santali", "styleName": "Regular"})
        font.setupOS2()
        font.setupPost()
        font.save(path)


@skipUnless(shutil.which("pdftotext") and shutil.which("pdftoppm"), "poppler-utils is missing")
class PdfFileTests(BookingTestCase):
    def test_a_text_in_many_scripts_embeds_each_font_once(self):
        text = " ".join(TITLES.values())
        pdf = blank_paper()
        for _again in range(2):
            pdf.line_of(text, size=10)

        self.assertEqual(len(pdf.fonts), len({run.face for run in runs_of(text)}))

    def test_text_in_every_script_can_be_extracted_from_the_file(self):
        for script, title in TITLES.items():
            with self.subTest(script):
                pdf = blank_paper()
                pdf.line_of(title, size=14, bold=True)
                self.assertEqual(visible_characters(text_of(pdf.as_bytes())), visible_characters(title))

    def test_a_mixed_line_looks_like_its_parts_side_by_side(self):
        for parts in MIXED:
            together, apart, left = blank_paper(), blank_paper(), MARGIN
            together.line_of("".join(parts), size=20)
            for part, run in zip(parts, runs_of("".join(parts)), strict=True):
                apart.set_xy(left, MARGIN)
                apart.line_of(part, size=20)
                left += run.width(size=20, bold=False) * POINT
            with self.subTest(parts):
                self.assertEqual(rendered(together.as_bytes()), rendered(apart.as_bytes()))

    def test_the_longest_names_overlap_no_other_text_on_a_ticket(self):
        for word in ("Wonderland ", "കുമ്പളങ്ങി ", "千と千尋"):
            with self.subTest(word):
                pdf = documents.tickets_pdf(self.buy_with_long_names(word))
                self.assertEqual(overlaps(text_of(pdf, "-bbox")), [])

    def buy_with_long_names(self, word):
        ann, showtime = make_user(), make_showtime("SSSS", movie=make_movie((word * 60)[:200]))
        theater = showtime.screen.theater
        theater.name, theater.location = (word * 60)[:100], (word * 60)[:200]
        theater.save()
        booking = buy(ann, showtime, ["A1"])
        return Booking.objects.for_pages().get(pk=booking.pk)


def overlaps(page):
    """Return the pairs of words whose boxes overlap visibly. `page` is output of `pdftotext -bbox`."""
    words = ElementTree.fromstring(re.sub(r' xmlns="[^"]*"', "", page)).iter("word")
    boxes = [
        (word.text, *(float(word.get(side)) for side in ("xMin", "yMin", "xMax", "yMax"))) for word in words
    ]
    return [
        (one, other)
        for index, (one, *a) in enumerate(boxes)
        for other, *b in boxes[index + 1 :]
        if min(a[2], b[2]) - max(a[0], b[0]) > 1 and min(a[3], b[3]) - max(a[1], b[1]) > 3
    ]
