import os

from django.core.wsgi import get_wsgi_application

from moviebooking.start import refuse_unsafe_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moviebooking.settings")

application = get_wsgi_application()
refuse_unsafe_start()
