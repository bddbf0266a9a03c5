"""The Hindi catalogue is complete, compiled, and up to date with the sources."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path
from unittest import skipUnless

from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.test import SimpleTestCase
from django.utils import translation

HINDI = Path(settings.BASE_DIR, "locale/hi/LC_MESSAGES")
SOURCES = ["accounts", "bookings", "demo", "movies", "theaters", "moviebooking", "templates", "manage.py"]
TAG = re.compile(r"<[^>]*>")
PLACEHOLDER = re.compile(r"%\(\w+\)[sdr]|%[sd]|%%|\{\w*\}|</?\w+")


def catalogue():
    return read_po(BytesIO((HINDI / "django.po").read_bytes()))


def texts(messages):
    """Return {(context, text, plural if any): translations} for a catalogue, without its header."""
    return {(one.context, *forms(one.id)): forms(one.string) for one in messages if one.id}


def forms(text):
    return [text] if isinstance(text, str) else list(text)


class CatalogueTests(SimpleTestCase):
    def test_every_text_has_a_translation_that_is_not_fuzzy(self):
        open_ones = [one.id for one in catalogue() if one.id and (one.fuzzy or not all(forms(one.string)))]

        self.assertEqual(open_ones, [])

    def test_translations_keep_placeholders_and_tags(self):
        def marks(text):
            return sorted(PLACEHOLDER.findall(text))

        wrong = [
            said
            for (_context, *text), translated in texts(catalogue()).items()
            for original, said in zip(text, translated, strict=True)
            if marks(original) != marks(said)
        ]

        self.assertEqual(wrong, [])

    def test_texts_have_typographic_quotes(self):
        """`It’s` and `“Dangal”`, not `It's` and `"Dangal"`. Straight quotes belong only in tags."""
        straight = [
            one
            for (_context, *text), translated in texts(catalogue()).items()
            for one in [*text, *translated]
            if re.search("[\"']", TAG.sub("", one))
        ]

        self.assertEqual(straight, [])

    def test_zero_and_one_are_singular_in_hindi(self):
        with translation.override("hi"):
            said = [
                translation.ngettext("%(seats)s seat", "%(seats)s seats", number) % {"seats": number}
                for number in (0, 1, 2)
            ]

        self.assertEqual(said, ["0 सीट", "1 सीट", "2 सीटें"])

    def test_the_compiled_catalogue_equals_its_source(self):
        compiled = BytesIO()
        write_mo(compiled, catalogue())
        compiled.seek(0)

        with (HINDI / "django.mo").open("rb") as committed:
            self.assertEqual(texts(read_mo(committed)), texts(read_mo(compiled)), "run `make messages`")

    @skipUnless(shutil.which("xgettext"), "needs gettext's tools")
    def test_the_catalogue_has_exactly_the_texts_of_the_sources(self):
        with tempfile.TemporaryDirectory() as copy:
            collected = texts(collect(Path(copy)))
        known = texts(catalogue())

        self.assertEqual(
            {"not translated": collected.keys() - known.keys(), "not used": known.keys() - collected.keys()},
            {"not translated": set(), "not used": set()},
            "run `make messages`",
        )


def collect(copy):
    """Return the catalogue that `makemessages` writes for the sources, after copying them to `copy`."""
    for name in SOURCES:
        source = Path(settings.BASE_DIR, name)
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("tests", "__pycache__"))
        else:
            shutil.copy(source, copy)
    (copy / "locale").mkdir()
    command = [sys.executable, "manage.py", "makemessages", "--locale", "hi"]
    subprocess.run(
        command, cwd=copy, env={**os.environ, "DEBUG": "True"}, check=True, capture_output=True, timeout=120
    )
    return read_po(BytesIO((copy / "locale/hi/LC_MESSAGES/django.po").read_bytes()))


class MarkTests(SimpleTestCase):
    def test_texts_are_marked_by_functions_that_makemessages_knows(self):
        """`makemessages` overlooks gettext functions imported under names other than their own or `_`."""
        renamed = re.compile(r"\bn?p?n?gettext(_lazy)? as (?!_\b)\w+")
        found = [
            f"{path.relative_to(settings.BASE_DIR)}: {line.strip()}"
            for app in ("accounts", "bookings", "movies", "theaters", "moviebooking")
            for path in Path(settings.BASE_DIR, app).rglob("*.py")
            for line in path.read_text().splitlines()
            if renamed.search(line) and "tests" not in path.parts
        ]

        self.assertEqual(found, [])

    def test_no_template_hard_codes_a_date_format(self):
        """`|day` writes days; `|date` is for hours and for what machines read."""
        format_of_a_date = re.compile(r"""\|date(?::["']([^"']*)["'])?""")
        for_machines = {"H:i", "c", "Y-m-d", r"Y-m-d\TH:iO"}
        found = [
            f"{path.relative_to(settings.BASE_DIR)}: {match[0]}"
            for path in Path(settings.BASE_DIR, "templates").rglob("*.*")
            for match in format_of_a_date.finditer(path.read_text())
            if match[1] not in for_machines
        ]

        self.assertEqual(found, [])


class ScriptTests(SimpleTestCase):
    def test_no_script_contains_a_sentence(self):
        """Scripts take their sentences from `data-` attributes, where templates have translated them."""
        sentence = re.compile(r"""(["'`])[A-Z][a-z]+ [^"'`]*\1""")
        found = [
            f"{path.name}: {literal[0]}"
            for path in Path(settings.BASE_DIR, "static/js").glob("*.js")
            for line in path.read_text().splitlines()
            if not line.lstrip().startswith(("//", "*", "/*"))
            for literal in sentence.finditer(line.partition(" // ")[0])
        ]

        self.assertEqual(found, [])
