"""Start the sandbox: python -m everfair.payments.sandbox --port 8001 --data DIR"""

import sys

from everfair.base.sandbox.start import arguments_of, common, serve
from everfair.payments.sandbox.product import PRODUCT, PaymentSettings

ABOUT = """A stateful fake payment provider. Secrets come from the environment: EVERFAIR_SANDBOX_API_KEY,
EVERFAIR_SANDBOX_WEBHOOK_SECRET (whsec_...; two, newest first, while rotating), and EVERFAIR_SANDBOX_CONSOLE_TOKEN
to open the console to other machines; a second one takes those that begin as --variables says."""


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT. Exit 2 with one sentence when it cannot start."""
    parser = arguments_of("everfair.payments.sandbox", ABOUT, 8001)
    parser.add_argument("--merchant", default="Everfair", help="name shown on the hosted page")
    parser.add_argument("--payout-seconds", type=float, default=3, help="how long a payout is pending")
    parser.add_argument("--late-seconds", type=int, default=30, help="how late a late confirmation is")
    parser.add_argument("--variables", default="EVERFAIR_SANDBOX_", help="how the variables of its secrets begin")
    asked = parser.parse_args(arguments)
    return serve(
        "payment sandbox",
        PRODUCT,
        asked,
        lambda: PaymentSettings(
            **common(asked.variables, asked),
            merchant=asked.merchant,
            payout_after_s=asked.payout_seconds,
            late_s=asked.late_seconds,
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
