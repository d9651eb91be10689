"""The WSGI application that Granian serves."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "everfair.site.settings")

from django.core.wsgi import get_wsgi_application

from everfair.base.sight import NOTHING, see_as_process

application = get_wsgi_application()
see_as_process(NOTHING)  # a request says whose rows it sees
