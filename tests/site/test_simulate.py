"""Random trades from beginning to end: nothing is lost, nothing is stuck, whatever people do."""

from __future__ import annotations

import json

import pytest
from django.test import override_settings

from everfair.base.refused import Refused
from everfair.site.simulate import trades


def test_zz_quick(committed):
    import cProfile, pstats
    pr = cProfile.Profile(); pr.enable()
    figures = trades(200, 1, print)
    pr.disable(); pstats.Stats(pr).sort_stats("cumtime").print_stats(70)
    print(json.dumps(figures, indent=1))
    assert figures["clean"], figures
