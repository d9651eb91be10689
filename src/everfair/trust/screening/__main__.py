"""`python -m everfair.trust.screening`: what waits to be screened is screened, and the process ends."""

from __future__ import annotations

import logging
import os

import django


def main() -> None:
    os.nice(10)
    django.setup()
    from everfair.trust.screening.work import work_off

    done = work_off()
    logging.getLogger(__name__).info(
        "screened", extra={"editions": done.editions, "companies": done.screened, "hits": done.hits, "compared": done.compared}
    )


if __name__ == "__main__":
    main()
