"""The documents refer only to what exists, and the decision records have one form and an index."""

import ast
import re
from pathlib import Path

from django.conf import settings
from django.test import SimpleTestCase

ROOT = Path(settings.BASE_DIR)
DECISIONS = ROOT / "docs" / "decisions"
APPS = "accounts|movies|theaters|bookings|moviebooking|demo|bench|chaos"
GENERATED = {"ci-output/", "media/", "staticfiles/"}  # made by a command, so not in a fresh clone
LONGEST_RECORD = 30

HEADER = re.compile(
    r"# (?P<number>\d{4}): (?P<title>.+)\n\n"
    r"Status: (?P<status>accepted|superseded by \d{4}) · Date: \d{4}-\d\d-\d\d\n\n"
    r"\*\*Decision\.\*\* "
)
INDEX_ROW = re.compile(r"^\| \[(\d{4})\]\((\S+)\) \| (.+) \| (.+) \|$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
FILE = re.compile(r"(?<![\w/.…-])((?:\.?[\w-]+/)+[\w.-]*\.(?:py|html|md|css|js|lua|toml|yaml|conf|sh))\b")
FOLDER = re.compile(r"(?:\.?[\w-]+/)+")
DOTTED = re.compile(rf"(?<![\w/.@-])((?:{APPS})(?:\.[A-Za-z_]\w*)+)")
DIFF = re.compile(r"^```diff\n--- (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CREATE = re.compile(r"^Create `(\S+)\.py`", re.MULTILINE)
CHECK_ID = re.compile(r"\w+\.[EW]\d{3}")


def documents():
    """Yield every document as (path from the root, text)."""
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        yield str(path.relative_to(ROOT)), path.read_text()


def records():
    """Return file name → text of every decision record."""
    return {path.name: path.read_text() for path in sorted(DECISIONS.glob("[0-9]*.md"))}


def files_and_folders(text):
    """Yield the paths that a document names, but for those that it asks the reader to create.

    Files count anywhere, folders only where they are a code span.
    """
    for path in CREATE.findall(text):
        text = text.replace(path, "")
    yield from FILE.findall(LINK.sub("]", text))
    for code in CODE.findall(FENCE.sub("", text)):
        if FOLDER.fullmatch(code) and code not in GENERATED:
            yield code


def module_exists(dotted):
    """Return True for `package.module`, and for a name at the top of one: `package.module.name`."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        path = ROOT.joinpath(*parts[:length])
        source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        if source.is_file():
            return length == len(parts) or parts[length] in names_in(source)
    return False


def names_in(source):
    """Return the names that a Python file defines or imports at its top level."""
    names = set()
    for node in ast.parse(source.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
    return names


def lines_of(text, sign=""):
    """Return the lines that begin with the sign, without it."""
    return {line.removeprefix(sign) for line in text.splitlines() if line.startswith(sign)}


def numbers_in(text):
    """Yield the numbers of `0012, 0024–0029`, ranges included."""
    for first, last in re.findall(r"\b(\d{4})(?:–(\d{4}))?", text):
        yield from range(int(first), int(last or first) + 1)


class DecisionRecordTests(SimpleTestCase):
    maxDiff = None

    def test_every_record_has_the_header_and_fits_a_screen(self):
        wrong = [
            name
            for name, text in records().items()
            if not HEADER.match(text)
            or HEADER.match(text)["number"] != name[:4]
            or text.count("\n") > LONGEST_RECORD
        ]

        self.assertEqual(wrong, [])

    def test_the_index_lists_every_record_with_its_title_and_status(self):
        index = INDEX_ROW.findall((DECISIONS / "README.md").read_text())
        headers = {name: found for name, text in records().items() if (found := HEADER.match(text))}

        self.assertEqual(
            sorted(index),
            [(found["number"], name, found["title"], found["status"]) for name, found in headers.items()],
        )

    def test_every_gap_in_the_numbers_is_explained(self):
        used = {int(name[:4]) for name in records()}
        gaps = (DECISIONS / "README.md").read_text().partition("## Gaps in the numbering")[2]
        explained = {number for line in gaps.splitlines() for number in numbers_in(line.partition(":")[0])}

        self.assertEqual(sorted(explained), sorted(set(range(1, max(used))) - used))

    def test_a_record_names_only_records_that_exist(self):
        numbers = {name[:4] for name in records()}
        wrong = [
            f"{name}: {number}"
            for name, text in records().items()
            for group in re.findall(r"\((\d{4}(?:, \d{4})*)\)", text)
            for number in group.split(", ")
            if number not in numbers
        ]

        self.assertEqual(wrong, [])


class ReferenceTests(SimpleTestCase):
    maxDiff = None

    def test_every_relative_link_leads_somewhere(self):
        wrong = [
            f"{name}: {target}"
            for name, text in documents()
            for target in LINK.findall(FENCE.sub("", text))
            if not re.match(r"https?:|mailto:|#", target)
            and not (ROOT / name).parent.joinpath(target.partition("#")[0]).exists()
        ]

        self.assertEqual(wrong, [])

    def test_every_file_and_folder_named_exists(self):
        wrong = [
            f"{name}: {path}"
            for name, text in documents()
            for path in files_and_folders(text)
            if not (ROOT / path).exists() and not (ROOT / "templates" / path).exists()
        ]

        self.assertEqual(wrong, [])

    def test_every_module_named_exists(self):
        wrong = [
            f"{name}: {dotted}"
            for name, text in documents()
            for dotted in DOTTED.findall(text)
            if not CHECK_ID.fullmatch(dotted)
            and not module_exists(dotted)
            and dotted.replace(".", "/") not in CREATE.findall(text)
        ]

        self.assertEqual(wrong, [])

    def test_every_change_that_a_guide_asks_for_can_be_made_or_has_been(self):
        wrong = [
            f"{name}: {file}: {change}"
            for name, text in documents()
            for file, change in DIFF.findall(text)
            if not any(lines_of(change, sign) <= lines_of((ROOT / file).read_text()) for sign in "-+")
        ]

        self.assertEqual(wrong, [])

    def test_every_label_that_staff_are_told_to_look_for_exists(self):
        guide = (ROOT / "docs" / "payments.md").read_text()
        staff = guide.partition("## What staff do\n")[2].partition("\n## ")[0]
        sources = [*(ROOT / "bookings").rglob("*.py"), *(ROOT / "templates" / "admin").rglob("*.html")]
        said = "".join(path.read_text() for path in sources)
        wrong = [label for label in re.findall(r"\*([^*\n]+)\*", staff) if f'"{label}"' not in said]

        self.assertEqual(wrong, [])

    def test_every_decision_that_code_refers_to_exists(self):
        numbers = {name[:4] for name in records()}
        sources = [path for app in APPS.split("|") for path in (ROOT / app).rglob("*.py")]
        wrong = [
            f"{path.relative_to(ROOT)}: {number}"
            for path in [*sources, *ROOT.glob("*.py")]
            for number in re.findall(r"decisions?[ /](\d{4})", path.read_text())
            if number not in numbers
        ]

        self.assertEqual(wrong, [])
