import os

from django.core.wsgi import get_wsgi_application

from moviebooking.request_charset import read_as_utf8
from moviebooking.startup_checks import refuse_unsafe_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moviebooking.settings")

application = read_as_utf8(get_wsgi_application())
refuse_unsafe_start()
