"""What everybody may read: how companies are verified, and how long it takes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from everfair.base.allow import allow
from everfair.base.pages import public_page
from everfair.base.public import public
from everfair.base.roles import EVERYONE
from everfair.markets.queries import market as market_row
from everfair.markets.queries import rule
from everfair.trust import queries
from everfair.trust.pages.own import own_lines
from everfair.trust.values import CHECK_ASKS, CHECK_WORDS, LEVEL_PROMISES, LEVEL_WORDS, LEVELS


@require_safe
@allow(EVERYONE)
@public("verifications")
def how_we_verify(request: HttpRequest, market: str) -> HttpResponse:
    """The levels and their checks, who decides, the queue as it is, and the line before it: five queries."""
    market_row(market)
    levels = [
        {
            "name": LEVEL_WORDS[level],
            "promise": LEVEL_PROMISES[level],
            "checks": [(CHECK_WORDS[line.check], CHECK_ASKS[line.check]) for line in own_lines(market, level)],
        }
        for level in LEVELS
    ]
    return public_page(
        request, "trust/how_we_verify.html", market=market, levels=levels, queue=queries.queue(market),
        line=queries.public_line(),
        evidence_days=int(rule("trust.evidence_days", market)),
    )  # fmt: skip
