"""What the clock does: pictures that were kept before their likeness was are looked at, a few hundred at a time."""

from everfair.base.chores import every
from everfair.files.actions import look_at_pictures


@every(60, "files.likeness")
def look_at_pictures_of_before() -> int:
    """Returns how many were looked at."""
    return look_at_pictures()
