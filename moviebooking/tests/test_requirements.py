"""The lock files are in step with what they are made from, and work from any index."""

import re
from pathlib import Path

from django.conf import settings
from django.test import SimpleTestCase

ROOT = Path(settings.BASE_DIR)
NAMED = re.compile(r"^([\w.-]+)(?:\[[\w,]+\])?==([\w.]+)", re.MULTILINE)


def pins(file):
    """Return {name: version} of a requirements file, names normalised."""
    found = NAMED.findall((ROOT / file).read_text())
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


class LockTests(SimpleTestCase):
    def test_every_named_package_is_locked_at_its_version(self):
        named = {"requirements": pins("requirements.in")}
        named["requirements-dev"] = named["requirements"] | pins("requirements-dev.in")

        for lock, packages in named.items():
            locked = pins(f"{lock}.txt")
            with self.subTest(lock):
                self.assertGreater(len(packages), 20)
                self.assertEqual(packages, {name: locked.get(name) for name in packages}, "Run make lock.")

    def test_production_and_development_agree(self):
        production, development = pins("requirements.txt"), pins("requirements-dev.txt")

        self.assertEqual(production, {name: development.get(name) for name in production}, "Run make lock.")

    def test_the_lock_files_name_no_index_and_hash_everything(self):
        for lock in ("requirements.txt", "requirements-dev.txt"):
            text = (ROOT / lock).read_text()
            with self.subTest(lock):
                self.assertNotRegex(text, r"://|--index|--find-links|--extra")
                hashed = re.findall(r"^\S+==.* \\\n    --hash=sha256:", text, re.MULTILINE)
                self.assertEqual(len(hashed), len(NAMED.findall(text)))
