"""Start the sandbox: python -m everfair.logistics.sandbox --port 8002 --data DIR"""

import sys

from everfair.base.sandbox.service import Settings
from everfair.base.sandbox.start import arguments_of, common, serve
from everfair.logistics.sandbox.product import PRODUCT

PREFIX = "EVERFAIR_CARRIER_SANDBOX_"
ABOUT = """A stateful fake carrier. Secrets come from the environment: EVERFAIR_CARRIER_SANDBOX_API_KEY,
EVERFAIR_CARRIER_SANDBOX_WEBHOOK_SECRET (whsec_...; two, newest first, while rotating), and
EVERFAIR_CARRIER_SANDBOX_CONSOLE_TOKEN to open the console to other machines."""


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT. Exit 2 with one sentence when it cannot start."""
    asked = arguments_of("everfair.logistics.sandbox", ABOUT, 8002).parse_args(arguments)
    return serve("carrier sandbox", PRODUCT, asked, lambda: Settings(**common(PREFIX, asked)))


if __name__ == "__main__":
    sys.exit(main())
