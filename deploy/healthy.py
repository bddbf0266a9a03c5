"""Exit 0 if the web process on this machine responds to /healthz. This is the image's health check."""

import os
import sys
from http.client import HTTPConnection

host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].removeprefix(".").strip()
web = HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4)
web.request("GET", "/healthz", headers={"Host": "localhost" if host == "*" else host})
sys.exit(web.getresponse().status != 200)
