"""Loads what registers itself: words of codes, reactions, jobs, panels, once all models are there."""

import importlib
import pkgutil

from django.apps import AppConfig, apps
from django.conf import settings

from everfair.base.failpoints import arm_from_environment
from everfair.base.sight import EVERYTHING, see_as_process

_REGISTERING = ("values", "queries", "reactions", "jobs", "panels")


class SiteConfig(AppConfig):
    name = "everfair.site"

    def ready(self) -> None:
        arm_from_environment(settings.KIND)
        see_as_process(EVERYTHING)  # commands and the worker; who serves strangers takes it back (wsgi)
        importlib.import_module("everfair.events.values")  # events are no app: they have no models
        for config in apps.get_app_configs():
            if config.name.startswith("everfair."):
                found = {module.name for module in pkgutil.iter_modules(config.module.__path__)}  # type: ignore[union-attr]
                for name in _REGISTERING:
                    if name in found:
                        importlib.import_module(f"{config.name}.{name}")
