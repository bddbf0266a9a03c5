"""Third-party checkers: axe-core in the page, the Nu checker in Java, Lighthouse in Node."""

import json
import shutil
import subprocess
from unittest import skipUnless

from django.conf import settings

MODULES = settings.BASE_DIR / "node_modules"
AXE = MODULES / "axe-core" / "axe.min.js"
NU = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
LIGHTHOUSE = MODULES / "lighthouse" / "cli" / "index.js"

needs_axe_and_nu = skipUnless(
    AXE.exists() and NU.exists() and shutil.which("java"), "needs axe-core and vnu-jar (npm ci) and Java"
)
needs_lighthouse = skipUnless(
    LIGHTHOUSE.exists() and shutil.which("node"), "needs Node and Lighthouse (npm ci)"
)

# WCAG 2.2 requires targets of 24 px, but axe checks that only on request.
AXE_RUN = "options => axe.run(document, options)"
AXE_ALL = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
AXE_COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]}


def axe_violations(page, options=AXE_ALL):
    """Return what axe-core finds in the current page: a sentence per problem, with its first elements."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text())
    found = page.evaluate(AXE_RUN, options)["violations"]
    return [
        f"{one['id']}: {one['help']}: {' '.join(str(node['target']) for node in one['nodes'][:3])}"
        for one in found
    ]


def nu_complaints(folder):
    """Return what the Nu checker finds in all *.html of the folder, in one run: a sentence per problem."""
    command = ["java", "-jar", NU, "--format", "json", "--exit-zero-always", "--stdout", "--skip-non-html"]
    done = subprocess.run([*command, folder], capture_output=True, text=True, timeout=120, check=True)
    return sorted(map(_as_sentence, json.loads(done.stdout)["messages"]))


def _as_sentence(said):
    page, where = said["url"].rpartition("/")[2], said.get("extract", "")[:160]
    return f"{page}:{said.get('lastLine', 0)}: {said['message']}: {where}"
