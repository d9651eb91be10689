"""Everything the office reads, by noun. It sees all; each look at what belongs to a company is noted by the page."""

from everfair.office.queries.books import AccountRow, EntryPage, accounts, entry, platform_balances
from everfair.office.queries.companies import CompanyFile, companies_page, company_file, stopped_now
from everfair.office.queries.letters import Letter, letters
from everfair.office.queries.mapping import Unmapped, suggestion, unmapped, unmapped_one
from everfair.office.queries.offers import OfferFile, offer_file, offers_list
from everfair.office.queries.queues import (
    Part,
    Queue,
    dead_reactions,
    failed_deadlines,
    misfit,
    misfits_page,
    overdue_deadlines,
    parts_of_the_installation,
    queues,
)
from everfair.office.queries.rules import Kept, RuleRow, kept_numbers, rule_history, rules_now
from everfair.office.queries.trades import (
    Machinery,
    OpenIssue,
    OrderFile,
    Split,
    issues_page,
    machinery,
    order_file,
    orders_list,
    split_of,
)
from everfair.office.queries.trail import TrailLine, staff_ever, staff_invitations, staff_names, trail

__all__ = [
    "AccountRow",
    "CompanyFile",
    "EntryPage",
    "Kept",
    "Letter",
    "Machinery",
    "OfferFile",
    "OpenIssue",
    "OrderFile",
    "Part",
    "Queue",
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
    "issues_page",
    "kept_numbers",
    "letters",
    "machinery",
    "misfit",
    "misfits_page",
    "offer_file",
    "offers_list",
    "order_file",
    "orders_list",
    "overdue_deadlines",
    "parts_of_the_installation",
    "platform_balances",
    "queues",
    "rule_history",
    "rules_now",
    "split_of",
    "staff_ever",
    "staff_invitations",
    "staff_names",
    "stopped_now",
    "suggestion",
    "trail",
    "unmapped",
    "unmapped_one",
]
