"""The floors of docs/architecture.md, read from the code itself. A test may import what it likes."""

import ast
import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.test import SimpleTestCase

from bookings.models import Booking

ROOT = Path(settings.BASE_DIR)
DOCUMENT = (ROOT / "docs/architecture.md").read_text()


def drawing(name):
    """Return the lines of one drawing in docs/architecture.md, from the ground up."""
    block = re.search(rf"<!-- floors: {name} -->\n```\n(.*?)\n```", DOCUMENT, re.DOTALL)
    return block[1].splitlines()[::-1]


def apps_by_floor():
    floors = [line.split() for line in drawing("apps") if line.startswith(("floor", "attic"))]
    names = [words[2] if words[0] == "floor" else words[1] for words in floors]
    return {name: number for number, name in enumerate(names)}


def lines_of_bookings():
    """Return {module or folder: its line}; two spaces end the names, and words after them explain."""
    return {
        name.rstrip("/"): number
        for number, line in enumerate(drawing("bookings"))
        for name in line.split("  ")[0].split()
    }


FLOORS = apps_by_floor()
LINES = lines_of_bookings()
ROOF = {"moviebooking.urls", "moviebooking.testing"}

LONGEST_FILE, LONGEST_TEST_FILE, LONGEST_FUNCTION, LONGEST_TEMPLATE = 250, 400, 40, 120
LISTS = {"moviebooking/settings.py"}  # read by looking things up, not from top to bottom
# A loop that goes on with the others, and a thread that gives what was raised to the one who waits for it.
MAY_CATCH_ALL = {
    "bookings/management/commands/expire_bookings.py",
    "bookings/payments/time_limit.py",
    "bookings/money/reconciliation.py",
}


def is_test(path):
    return "tests" in path.parts or path.name == "testing.py"


@cache
def python_files():
    folders = [ROOT / name for name in (*FLOORS, "moviebooking", "bench", "chaos")]
    found = [path for folder in folders for path in folder.rglob("*.py")]
    return [path for path in [*found, *ROOT.glob("*.py")] if "migrations" not in path.parts]


@cache
def tree_of(path):
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text())


def code_of(app):
    """Return the files of an app that are no tests."""
    return [path for path in python_files() if path.relative_to(ROOT).parts[0] == app and not is_test(path)]


def module_name(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path):
    """Return the dotted names that a file imports, relative imports resolved."""
    package = module_name(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def edges():
    """Yield (file, its module, an imported name) for all code that is not a test."""
    for path in python_files():
        if not is_test(path):
            for target in imports(path):
                yield str(path.relative_to(ROOT)), module_name(path), target


def catches_everything(handler):
    names = (
        {node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)} if handler.type else set()
    )
    return handler.type is None or bool(names & {"Exception", "BaseException"})


#: What the code calls a row or the rows of a model, for the models that only one module writes.
MODEL_NAMES = {
    **dict.fromkeys(["Booking", "booking", "bookings"], "Booking"),
    **dict.fromkeys(["Ticket", "ticket", "tickets"], "Ticket"),
    **dict.fromkeys(["Payment", "payment", "payments"], "Payment"),
    **dict.fromkeys(["Refund", "refund", "refunds"], "Refund"),
    **dict.fromkeys(["BookingEmail", "owed_email"], "BookingEmail"),
    "PaymentEvent": "PaymentEvent",
    "EventCursor": "EventCursor",
}
CREATING = {"create", "get_or_create", "update_or_create", "bulk_create"}
WRITING = CREATING | {"update", "bulk_update", "save"}


def places_in_the_table(action, thing=""):
    """Return the files that docs/architecture.md names as the only places for this action on this thing."""
    rows = [line.split("|") for line in DOCUMENT.splitlines() if line.startswith(f"| {action}")]
    (place,) = [cells[2] for cells in rows if thing in cells[1]]
    return set(re.findall(r"[\w/]+\.py", place))


def production_code():
    """Yield (file, its syntax tree) of all code that is not a test."""
    for path in python_files():
        if not is_test(path):
            yield str(path.relative_to(ROOT)), tree_of(path)


def method_calls(tree, names):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
            yield node


def names_in(node):
    """Return the names of a chain from right to left: `booking.payments.filter(…).update` ends in booking."""
    names = []
    while isinstance(node, ast.Attribute | ast.Call):
        if isinstance(node, ast.Attribute):
            names.append(node.attr)
        node = node.func if isinstance(node, ast.Call) else node.value
    return [*names, node.id] if isinstance(node, ast.Name) else names


def model_of(node):
    """Return the model whose rows the expression stands for, or None."""
    return next((MODEL_NAMES[name] for name in names_in(node) if name in MODEL_NAMES), None)


def written_fields(tree):
    """Yield (owner, field) for each assignment to an attribute, and for each keyword of an `update()`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.value, node.attr
    for call in method_calls(tree, {"update"}):
        for keyword in call.keywords:
            yield call.func.value, keyword.arg


def files_that_write(model):
    found = set()
    for file, tree in production_code():
        targets = [call.func.value for call in method_calls(tree, WRITING)]
        targets += [owner for owner, _ in written_fields(tree)]
        built = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
        targets += [name for name in built if isinstance(name, ast.Name) and name.id == model]
        if any(model_of(target) == model for target in targets):
            found.add(file)
    return found


class FloorTests(SimpleTestCase):
    def test_apps_import_downwards_only(self):
        wrong = [
            f"{file}: {target}"
            for file, module, target in edges()
            if FLOORS.get(target.split(".")[0], -1) > FLOORS.get(module.split(".")[0], 9)
        ]

        self.assertEqual(wrong, [])

    def test_the_base_package_imports_no_app(self):
        wrong = [
            f"{file}: {target}"
            for file, module, target in edges()
            if module.startswith("moviebooking") and module not in ROOF and target.split(".")[0] in FLOORS
        ]

        self.assertEqual(wrong, [])

    def test_movies_reaches_upwards_only_through_its_listing(self):
        wrong = [
            f"{path.relative_to(ROOT)}:{node.lineno}"
            for path in code_of("movies")
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.Attribute) and node.attr in ("related_model", "get_model", "session")
        ]

        self.assertEqual(wrong, [])

    def test_theaters_does_not_mention_bookings_or_their_statuses(self):
        terms = {*Booking.Status.values, "bookings", "tickets"}
        wrong = [
            f"{path.relative_to(ROOT)}:{node.lineno}"
            for path in code_of("theaters")
            for node in ast.walk(tree_of(path))
            if (isinstance(node, ast.Constant) and node.value in terms)
            or (isinstance(node, ast.keyword) and str(node.arg).split("__")[0] in terms)
            or (isinstance(node, ast.Attribute) and node.attr in terms)
        ]

        self.assertEqual(wrong, [])

    def test_the_document_draws_every_module_of_bookings(self):
        modules = {
            module.split(".")[1]
            for module in map(module_name, python_files())
            if module.startswith("bookings.") and ".tests" not in module
        }

        self.assertEqual(sorted(modules ^ set(LINES)), [])

    def test_inside_bookings_imports_go_down_too(self):
        wrong = [
            f"{file}: {target}"
            for file, module, target in edges()
            if module.startswith("bookings.")
            and target.startswith("bookings.")
            and LINES.get(target.split(".")[1], -1) > LINES.get(module.split(".")[1], 9)
        ]

        self.assertEqual(wrong, [])

    def test_holds_payments_and_pricing_import_no_models(self):
        plain = ("bookings.seats.holds", "bookings.seats.scripts", "bookings.pricing", "bookings.payments")
        models = ("bookings.models", "bookings.querysets", "theaters.models", "movies", "accounts")
        own_ledger = (
            "bookings/payments/demo_provider.py"  # the demo bank keeps its books in a table of its own
        )
        wrong = [
            f"{file}: {target}"
            for file, module, target in edges()
            if module.startswith(plain) and target.startswith(models) and file != own_ledger
        ]

        self.assertEqual(wrong, [])

    def test_pricing_and_layout_import_nothing_from_django(self):
        pure = ("bookings.pricing", "theaters.layout")
        wrong = [
            f"{file}: {target}"
            for file, module, target in edges()
            if module in pure
            and target.split(".")[0] in ("django", "moviebooking")
            and not target.startswith("moviebooking.money.")
        ]

        self.assertEqual(wrong, [])


class OneDoorTests(SimpleTestCase):
    """Libraries that talk to Redis or Stripe are each imported in one place."""

    def importers(self, *names, inside=""):
        return sorted(
            {
                module
                for _, module, target in edges()
                if module.startswith(inside) and any(f"{target}.".startswith(f"{name}.") for name in names)
            }
        )

    def test_in_bookings_only_the_script_runner_reaches_redis(self):
        ways = ("redis", "django_redis", "fakeredis", "moviebooking.redis_connection")

        self.assertEqual(
            self.doors_other_than("bookings.seats.scripts", self.importers(*ways, inside="bookings")), []
        )

    def test_outside_bookings_only_named_modules_reach_redis(self):
        users = {"moviebooking.redis_connection", "moviebooking.throttle", "moviebooking.views", "bench.site"}
        importers = self.importers("redis", "django_redis", "fakeredis")

        self.assertEqual(
            [one for one in importers if one not in users and not one.startswith("bookings.")], []
        )

    def test_only_the_stripe_provider_imports_stripe(self):
        self.assertEqual(
            self.doors_other_than("bookings.payments.stripe_provider", self.importers("stripe")), []
        )

    def doors_other_than(self, door, importers):
        return [one for one in importers if not f"{one}.".startswith(f"{door}.")]


class WriterTests(SimpleTestCase):
    """The table "Who may do what" of docs/architecture.md names every module that writes a row."""

    def test_each_row_is_written_where_the_document_says(self):
        for model in sorted(set(MODEL_NAMES.values())):
            with self.subTest(model):
                self.assertEqual(files_that_write(model), places_in_the_table("write", f"`{model}`"))

    def test_free_seats_and_revisions_are_counted_where_the_document_says(self):
        for counter in ("available_seats", "seats_revision"):
            with self.subTest(counter):
                found = {
                    file
                    for file, tree in production_code()
                    for owner, field in written_fields(tree)
                    if field == counter
                }

                self.assertEqual(found, places_in_the_table("write", f"`Showtime.{counter}`"))

    def test_no_update_of_a_status_hides_its_model(self):
        """A queryset in a variable would escape the tests above."""
        wrong = [
            f"{file}:{call.lineno}"
            for file, tree in production_code()
            for call in method_calls(tree, {"update"})
            if file.startswith("bookings/")
            and any(keyword.arg == "status" for keyword in call.keywords)
            and not {*MODEL_NAMES, "DemoIntent"}.intersection(names_in(call.func))
        ]

        self.assertEqual(wrong, [])

    def test_row_locks_are_taken_where_the_document_says(self):
        found = {file for file, tree in production_code() if any(method_calls(tree, {"select_for_update"}))}

        self.assertEqual(found, places_in_the_table("take a row lock"))


class SizeTests(SimpleTestCase):
    def test_no_file_is_too_long(self):
        wrong = []
        for path in python_files():
            file, lines = str(path.relative_to(ROOT)), path.read_text().count("\n")
            if lines > (LONGEST_TEST_FILE if is_test(path) else LONGEST_FILE) and file not in LISTS:
                wrong.append(f"{file}: {lines} lines")

        self.assertEqual(wrong, [])

    def test_no_function_is_too_long(self):
        wrong = []
        for path in filter(lambda path: not is_test(path), python_files()):
            for node in ast.walk(tree_of(path)):
                if isinstance(node, ast.FunctionDef):
                    length = node.end_lineno - node.lineno + 1
                    if length > LONGEST_FUNCTION:
                        wrong.append(f"{path.relative_to(ROOT)}: {node.name} has {length} lines")

        self.assertEqual(wrong, [])

    def test_no_code_catches_every_exception(self):
        wrong = []
        for path in filter(lambda path: not is_test(path), python_files()):
            file = str(path.relative_to(ROOT))
            for node in ast.walk(tree_of(path)):
                if (
                    isinstance(node, ast.ExceptHandler)
                    and catches_everything(node)
                    and file not in MAY_CATCH_ALL
                ):
                    wrong.append(f"{file}:{node.lineno}")

        self.assertEqual(wrong, [])


class TemplateTests(SimpleTestCase):
    """Small, and nothing in them that the Content-Security-Policy would refuse."""

    inline = re.compile(
        r"""<script(?![^>]*\bsrc=)(?![^>]*application/(?:ld\+)?json)|<style|\s(?:on\w+|style)=["']""",
        re.IGNORECASE,
    )

    def templates(self):
        return [path for path in (ROOT / "templates").rglob("*.html") if "emails" not in path.parts]

    def test_no_template_is_too_long(self):
        wrong = [path.name for path in self.templates() if path.read_text().count("\n") > LONGEST_TEMPLATE]

        self.assertEqual(wrong, [])

    def test_no_template_has_inline_scripts_styles_or_handlers(self):
        wrong = [path.name for path in self.templates() if self.inline.search(path.read_text())]

        self.assertEqual(wrong, [])
