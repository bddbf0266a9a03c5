"""Lighthouse with its settings for a phone.

`make lighthouse` prints the performance as well. That score depends on what else the machine does, so nothing
is asserted of it.
"""

import json
import os
import subprocess
import tempfile
from itertools import chain
from pathlib import Path

from ..support.chromium import ARGUMENTS, CHROMIUM
from .support.production import ProductionPages
from .support.tools import LIGHTHOUSE, needs_lighthouse

LEAST = 98
ASSERTED = ["accessibility", "best-practices", "seo"]
PRINTED = ["performance"] if os.environ.get("PRINT_PERFORMANCE") else []
# These are kept from search engines on purpose (robots.txt), so whether those may read them is not asked.
NOT_FOR_ROBOTS = {"seat map", "review", "ticket"}


@needs_lighthouse
class Lighthouse(ProductionPages):
    def setUp(self):
        super().setUp()
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.sign_in(self.ann)
        (self.folder / "headers.json").write_text(json.dumps({"Cookie": self.cookies()}))

    def cookies(self):
        return "; ".join(f"{one['name']}={one['value']}" for one in self.page.context.cookies())

    def scores(self, name, path):
        """Return {category: score of 100}, and the audits that failed."""
        report = self.run_lighthouse(name, path)
        self.assertEqual(report["requestedUrl"], report["finalDisplayedUrl"], name)
        wanting = {
            reference["id"]
            for category in report["categories"].values()
            for reference in category["auditRefs"]
            if reference["weight"] and report["audits"][reference["id"]]["score"] not in (None, 1)
        }
        return {key: 100 * one["score"] for key, one in report["categories"].items()}, wanting

    def run_lighthouse(self, name, path):
        flags = " ".join(["--headless=new", *ARGUMENTS])
        done = subprocess.run(
            [
                "node",
                LIGHTHOUSE,
                self.live_server_url + path,
                f"--only-categories={','.join(ASSERTED + PRINTED)}",
                f"--extra-headers={self.folder / 'headers.json'}",
                f"--chrome-flags={flags}",
                "--output=json",
                "--quiet",
                *(["--skip-audits=is-crawlable"] if name in NOT_FOR_ROBOTS else []),
            ],
            env={**os.environ, "CHROME_PATH": CHROMIUM},
            capture_output=True,
            text=True,
            timeout=180,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_main_pages_score_98_in_lighthouse(self):
        pages = [(name, self.public_pages()[name]) for name in ("home", "list", "movie", "seat map")]
        low = {}
        own = (one for one in self.own_pages() if one[0] in NOT_FOR_ROBOTS)
        for name, path in chain(pages, own):
            scores, wanting = self.scores(name, path)
            if PRINTED:
                print(f"{name}: {scores}")
            if min(scores[category] for category in ASSERTED) < LEAST:
                low[name] = scores, wanting
        self.assertEqual(low, {})
