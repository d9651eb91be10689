"""A stateful Stripe of our own on a real socket, as strict as Stripe where money could go wrong: `running_stripe()` starts one.

`state` is what it remembers and what it does, `server` is its HTTP. It knows only what Everfair asks for, refuses every other parameter, and
can be told to fail in all the ways that matter.
"""

from tests.payments.fake_stripe.server import ACCOUNT, API_KEY, SECRET, FakeStripe, running_stripe

__all__ = ["ACCOUNT", "API_KEY", "SECRET", "FakeStripe", "running_stripe"]
