from pathlib import Path

from django.conf import settings

# WhiteNoise warns at its first request when nothing has been collected, and warnings are errors here.
Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
