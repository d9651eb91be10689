"""What the site's own chores are: on a demonstration, the pictures of its goods are drawn after the doors have opened."""

from __future__ import annotations

from django.conf import settings

from everfair.base.chores import every


@every(2, "demo pictures")
def demo_pictures() -> int:
    if settings.KIND != "demo":
        return 0
    from everfair.site.demo.pictures import draw_more

    return draw_more()
