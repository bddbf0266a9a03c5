import re
from pathlib import Path

from django.conf import settings
from django.test import SimpleTestCase

PINNED = re.compile(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")


class WorkflowTests(SimpleTestCase):
    def test_every_action_is_pinned_by_its_digest_with_its_version_beside_it(self):
        """A tag can be moved to other code by whoever takes the action's repository over."""
        workflows = Path(settings.BASE_DIR, ".github", "workflows").glob("*.y*ml")
        used = [
            line.strip(" -") for one in workflows for line in one.read_text().splitlines() if "uses:" in line
        ]

        self.assertNotEqual(used, [])
        self.assertEqual([line for line in used if not PINNED.fullmatch(line)], [])
