"""Check compose.yaml against the Compose specification, and its processes against the Procfile."""

import json
import re
from pathlib import Path

import yaml
from compose_spec import PyCompose

COLLECTED_AT_BUILD = " && python manage.py collectstatic --noinput"

text = Path("compose.yaml").read_text()
# Interpolate variables as Compose does: ${NAME:-default} becomes the default, ${NAME:?reason} any text.
compose = yaml.safe_load(re.sub(r"\$\{\w+(?::([-?])([^}]*))?\}", lambda found: found[2] or "any", text))
PyCompose.from_json(json.dumps(compose)).validate()

for line in Path("Procfile").read_text().splitlines():
    name, _, command = line.partition(": ")
    given = " ".join(compose["services"][name].get("command", ["gunicorn", "moviebooking.wsgi"]))
    assert given == command.removesuffix(COLLECTED_AT_BUILD), f"{name}: {given!r} is not {command!r}"
