"""Everything the office reads, by noun. It sees all; each look at what belongs to a company is noted by the page."""

from everfair.office.queries.books import AccountRow, EntryPage, accounts, entry, platform_balances
from everfair.office.queries.companies import CompanyFile, companies_page, company_file, stopped_now
from everfair.office.queries.mapping import Unmapped, suggestion, unmapped, unmapped_one
from everfair.office.queries.queues import Queues, dead_reactions, failed_deadlines, misfit, misfits_page, queues
from everfair.office.queries.rules import RuleRow, rule_history, rules_now
from everfair.office.queries.trades import OrderFile, Split, order_file, orders_list, split_of
from everfair.office.queries.trail import TrailLine, staff_invitations, trail

__all__ = [
    "AccountRow",
    "CompanyFile",
    "EntryPage",
    "OrderFile",
    "Queues",
    "RuleRow",
    "Split",
    "TrailLine",
    "Unmapped",
    "accounts",
    "companies_page",
    "company_file",
    "dead_reactions",
    "entry",
    "failed_deadlines",
    "misfit",
    "misfits_page",
    "order_file",
    "orders_list",
    "platform_balances",
    "queues",
    "rule_history",
    "rules_now",
    "split_of",
    "staff_invitations",
    "stopped_now",
    "suggestion",
    "trail",
    "unmapped",
    "unmapped_one",
]
