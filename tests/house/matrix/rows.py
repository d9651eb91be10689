"""The table of all doors. A new page or endpoint needs a row here; a test says so.

A word with `@` stands for a thing of the company that knocks (`world.py`): put another company's in its place, and nothing may
be seen or done. A word with `~` is the same for everybody (public, or a secret that is the key itself).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from everfair.reference.queries import add_business_days
from tests.files import uploads
from tests.payments.rates import file_of
from tests.payments.statements import Bank
from tests.trust.listing import ofac

DAY = "%Y-%m-%d"


def _day(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).strftime(DAY)


def _visit_day() -> str:
    """Within the business days that a claim waits for a report."""
    return add_business_days(datetime.now(UTC).date(), 3, {"CN", "DE"}).strftime(DAY)


def _moment(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _later(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")


@dataclass(frozen=True)
class Page:
    """One page. `get` and `post` name who may (None: the method is not there); `door` is the role it states, written a second time
    so that nobody widens it in passing."""

    name: str
    door: str
    path: Mapping[str, Any] = field(default_factory=dict)
    get: str | None = "owner"
    post: str | None = None
    query: Mapping[str, Any] = field(default_factory=dict)
    form: Mapping[str, Any] = field(default_factory=dict)
    # What a POST answers to the right person, and whether it writes.
    shows: tuple[int, ...] = (200, 302)
    answers: tuple[int, ...] = (302, 303)
    writes: bool = True
    keyless: bool = False  # a POST without `_key` is served, because it writes nothing (or is signed)
    looks: tuple[str, ...] = ()  # tables where a look leaves its trace, by intent
    # Why a stranger who may come in sees something: the thing is open to everybody who may come in.
    open: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    proof: str = ""  # what a person must have shown where the kind is live: "factor", "fresh" (an operator always a factor)


@dataclass(frozen=True)
class Operation:
    """One operation of the API, with a valid request. `by` names who may; a key where nothing is said."""

    call: str
    door: str
    by: str = "key"
    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    files: Mapping[str, Any] = field(default_factory=dict)
    answers: tuple[int, ...] = (200, 201, 202)
    writes: bool = True
    open: str = ""
    looks: tuple[str, ...] = ()  # tables where a look leaves its trace, by intent
    keyless: bool = False
    # Fields of the body whose every value is right or is judged later than the request (free rows of a file).
    free: tuple[str, ...] = ()
    proof: str = ""


EVERYONE = "everyone"
SIGNED_IN = "signed in"
IN_PERSON = "in person"
MEMBER = "member"
OPERATOR = "operator"
PARTY = "member | operator"
CASHIER = "operator & cashier"
REVIEWER = "operator & reviewer"
LISTKEEPER = "operator & list keeper"
SALES = "sales"
OWNING = "owner"
MEMBER_IN_PERSON = "member & in person"
OWNER_IN_PERSON = "owner & in person"
MONEY_IN_PERSON = "owner or finance & in person"
DEFENDING = "owner or seller | owner or finance"
BUYING, SELLING, TRADING = "owner or buyer", "owner or seller", "owner or buyer or seller"
PURSE, MONEY = "owner or buyer | owner or finance", "owner or finance"

_LINE = {"line-1-description": "Bolts", "line-1-quantity": "100", "line-1-unit": "H87", "line-1-target_price": "0.40"}
_REGISTERED = {"name": "House Z", "kind": "factory", "is_seller": "on", "line1": "Kai 1", "city": "Hamburg"}
_PROFILE = _REGISTERED | {"languages": ["en"]}
_DELIVERY = {"incoterm": "FOB", "named_place": "Ningbo", "ship_by": "", "remarks": "soon"}
_FRAME = {"valid_until": _day(200), "least": "10.00", "seller_confirms": "on", "remarks": "", "seen_hash": "0" * 64}
_OFFER_FORM = {
    "sku": "NEW-1", "category": "hardware/fasteners", "unit": "H87", "currency": "USD", "price_per": "1", "tiers_0": "100", "tiers_1": "0.50",
    "moq": "100", "multiple": "1", "sample_price": "1.00", "lead_times_0": "", "lead_times_1": "15", "hs_code": "731815", "origin": "DE",
    "titles_en": "Bolt", "descriptions_en": "A bolt", "brand": "Brand", "bullets": "strong", "attributes_0": "colour", "attributes_1": "grey",
}  # fmt: skip
_QUOTE_FORM = {
    "lead_time_days": "30", "valid_on": _day(30), "deposit_percent": "30", "incoterm": "FOB", "named_place": "Ningbo", "remarks": "fine",
    "line-1-unit_price": "0.0425", "line-1-tiers": "", "line-1-sku": "", "line-1-note": "", "line-2-unit_price": "9.5", "line-2-tiers": "",
    "charge_freight": "120.00",
}  # fmt: skip
_SHIP_FORM = {
    "mode": "sea", "carrier": "Evergreen", "tracking_number": "EGLV1", "handed_over_on": _day(0), "package_count": "12",
    "gross_weight_kg": "12.5", "note": "", "packages_1": "12", "marks_1": "1/12",
    "quantity_1": "1000",
}  # fmt: skip
_BUYERS_GRADES = {"goods": 4, "delivery": 4, "service": 5}
_GRADES = {f"grade_{aspect}": str(grade) for aspect, grade in _BUYERS_GRADES.items()}
_VISIT = {
    "inspector": "~@inspector_number",
    "fee": "300.00",
    "wanted_on": _visit_day,
    "place": "Hall 3",
    "level": "II",
    "note": "teeth",
}
_BANK_FORM = {
    "holder": "House", "account": "DE02120300000000202051", "bic": "", "bank_name": "Bank", "country": "DE", "currency": "USD",
}  # fmt: skip


def _photo() -> SimpleUploadedFile:
    return SimpleUploadedFile("line.jpg", uploads.picture(), "image/jpeg")


def _csv() -> SimpleUploadedFile:
    return SimpleUploadedFile("list.csv", b"sku,title,price,moq\nX-1,Nut,0.50,100\n", "text/csv")


def _picture() -> SimpleUploadedFile:
    return SimpleUploadedFile("bolt.png", uploads.picture("PNG", (40, 30)), "image/png")


def _statement() -> SimpleUploadedFile:
    return SimpleUploadedFile("bank.sta", Bank("eur").credit(500, "x").mt940(), "text/plain")


def _rates() -> SimpleUploadedFile:
    return SimpleUploadedFile("rates.xml", file_of({date(2026, 1, 2): {"ISK": "146.00"}}), "text/xml")


def _sanctions() -> SimpleUploadedFile:
    return SimpleUploadedFile("sdn.csv", ofac((("SOMEBODY LISTED", "individual", ""),)), "text/csv")


def _slip() -> str:
    """Another reference of the bank each time."""
    return f"FX{next(_slips)}"


_slips = count(1)


def _text() -> SimpleUploadedFile:
    return SimpleUploadedFile("note.txt", b"a note", "text/plain")


PAGES: list[Page] = [
    # ── the site ──
    Page("healthz", EVERYONE, get="nobody"),
    Page("readyz", EVERYONE, get="nobody", shows=(200, 503)),
    Page("site:desk", SIGNED_IN, open="open requests are shown to every supplier"),
    Page("site:look", EVERYONE, get="nobody", query={"size": "large", "theme": "dark"}, shows=(302,)),
    Page("look-css", EVERYONE, get="nobody"),
    Page("site:styleguide", EVERYONE, get="nobody"),
    Page("site:developers", EVERYONE, get="nobody"),
    Page("provider-event", EVERYONE, {"provider": "~sandbox"}, get=None, post=None),
    Page("carrier-event", EVERYONE, {"carrier": "~sandbox"}, get=None, post=None),
    # ── files ──
    Page("files:file", EVERYONE, {"file_id": "@attachment"}),
    Page("picture", EVERYONE, {"sha256": "@picture_sha", "width": "~320"}, get="nobody", open="pictures of goods are public"),
    # ── companies ──
    Page("companies:bar", EVERYONE),
    Page("companies:me", SIGNED_IN, post="owner", form={"name": "Owner", "language": "en", "timezone": "Europe/Berlin", "phone": ""}),
    Page("companies:prove", SIGNED_IN, query={"next": "~/en/company/"}),
    Page("companies:start", IN_PERSON),
    Page("companies:switch", MEMBER_IN_PERSON, post="owner", form={"company": "@second_company"}),
    Page("companies:end_session", SIGNED_IN, {"session_id": "@session"}, get=None, post="owner", writes=False),
    Page("companies:accept", IN_PERSON, {"invitation_id": "@own_invitation"}, get=None, post="newcomer"),
    Page("companies:settings", MEMBER_IN_PERSON),
    Page("companies:register", IN_PERSON, post="newcomer", get="newcomer", query={"country": "DE"},
         form=_REGISTERED | {"country": "DE", "registration_kind": "other", "registration_number": "HRB 4711"}),
    Page("companies:profile", OWNER_IN_PERSON, post="owner", form=_PROFILE),
    Page("companies:people", MEMBER_IN_PERSON, post="owner", form={"email": "somebody@fair.example", "roles": "buyer"}),
    Page("companies:person_roles", OWNER_IN_PERSON, {"person_id": "@viewer"}, post="owner", form={"roles": "seller"}),
    Page("companies:end_membership", MEMBER_IN_PERSON, {"person_id": "@viewer"}, get=None, post="owner"),
    Page("companies:withdraw_invitation", OWNER_IN_PERSON, {"invitation_id": "@invitation"}, get=None, post="owner"),
    Page("companies:keys", OWNER_IN_PERSON, proof="fresh", post="owner", form={"name": "ERP", "scopes": "orders:read"}),
    Page("companies:revoke_key", OWNER_IN_PERSON, {"key_id": "@key_id"}, get=None, post="owner"),
    Page("companies:invitation", EVERYONE, {"token": "~@invitation_token"}, post="newcomer", open="the token is the permission"),
    Page("companies:join_staff", EVERYONE, {"token": "~@invitation_token"}, get=None, open="only an operator's token opens it"),
    Page("companies:inspectors", EVERYONE, {"market": "~export"}, get="nobody", open="whoever may be booked is public"),
    Page("companies:suppliers", EVERYONE, {"market": "~export"}, get="nobody"),
    Page("companies:supplier", EVERYONE, {"market": "~export", "number": "~@company_number"}, get="nobody"),
    # ── messages ──
    Page("messaging:inbox", PARTY),
    Page("messaging:thread", PARTY, {"thread_id": "@thread"}),
    Page("messaging:post_message", TRADING, {"thread_id": "@thread"}, get=None, post="owner", form={"text": "Good morning"}),
    Page("messaging:read_thread", MEMBER, {"thread_id": "@order_thread"}, get=None, post="owner", form={"up_to": ""}),
    Page("messaging:notices", SIGNED_IN),
    Page("messaging:letters", SIGNED_IN, post="owner", form={"messages": "on"}),
    Page("messaging:read_notices", SIGNED_IN, get=None, post="owner"),
    Page("messaging:open_notice", SIGNED_IN, {"notice_id": "@notice"}, get=None, post="owner"),
    # ── money ──
    Page("payments:payment", PURSE, {"payment_id": "@intent"}),
    Page("payments:go", PURSE, {"payment_id": "@intent"}, shows=(302, 303), looks=("payments_intent", "payments_route", "payments_railcall")),
    Page("payments:choose_bank", PURSE, {"payment_id": "@intent"}, post="owner"),
    Page("payments:choose_card", PURSE, {"payment_id": "@awaited"}, get=None, post="owner"),
    Page("payments:transfer", PURSE, {"payment_id": "@awaited"}),
    Page("payments:give_up", PURSE, {"payment_id": "@intent"}, get=None, post="owner", keyless=True),
    Page("payments:pay", PURSE, {"payment_id": "@intent", "method": "~credit"}, get=None, post="owner"),
    Page("payments:credits", MEMBER),
    Page("payments:credit", MEMBER, {"line_id": "@credit_given"}),
    Page("payments:grant_credit", MONEY, query={"buyer": "@customer_number"}, post="owner", form={"limit": "100.00", "currency": "USD", "net_days": "30"}),
    Page("payments:move_credit", MONEY, {"line_id": "@credit_offered", "verb": "~agree"}, get=None, post="owner"),
    Page("payments:change_credit_limit", MONEY, {"line_id": "@credit_given"}, get=None, post="owner", form={"limit": "100.00"}),
    Page("payments:pay_due", PURSE, {"due_id": "@credit_due"}, get=None, post="owner"),
    Page("payments:wallet", MONEY),
    Page("payments:exchange", MONEY, post="owner", form={"amount": "5.00", "give": "USD", "into": "EUR"}),
    Page("payments:fx_quote", MONEY, {"quote_id": "@fx_quote"}),
    Page("payments:take_fx_quote", MONEY, {"quote_id": "@fx_quote"}, get=None, post="owner"),
    Page("payments:pay_exchanged", MONEY, {"payment_id": "@intent"}, post="owner", form={"currency": "EUR"}),
    Page("billing:invoices", MONEY),
    Page("billing:state_tax_number", MONEY, get=None, post="owner", form={"tax_number": "DE811569869"}),
    Page("billing:invoice", MONEY + " | operator", {"invoice_id": "@invoice"}),
    Page("billing:invoice_xml", MONEY + " | operator", {"invoice_id": "@invoice"}),
    Page("billing:invoice_pdf", MONEY + " | operator", {"invoice_id": "@invoice"}),
    Page("payments:statement_file", MONEY, {"currency": "~USD"}),
    Page("payments:bank_accounts", MONEY, proof="fresh", post="owner", form=_BANK_FORM),
    Page("payments:remove_bank_account", MONEY, {"account_id": "@spare_account"}, proof="fresh", get=None, post="owner"),
    Page("payments:payouts", MONEY),
    Page("payments:new_payout", MONEY, proof="fresh", post="owner", form={"bank_account": "@bank_account", "amount": "5.00", "confirmed": "1"}),
    Page("payments:payout", MONEY, {"payout_id": "@payout"}),
    Page("payments:approve_payout", MONEY, {"payout_id": "@payout_two"}, proof="fresh", get=None, post="owner"),
    Page("payments:cancel_payout", MONEY, {"payout_id": "@payout_two"}, get=None, post="owner"),
    # ── deliveries ──
    Page("logistics:consignment", PARTY, {"consignment_id": "@goods_in"}),
    Page("logistics:book", TRADING, {"consignment_id": "@goods_refused"}, get=None, post="owner"),
    Page("logistics:cancel_booking", TRADING + " | operator", {"consignment_id": "@goods_booked"}, get=None, post="owner"),
    Page("logistics:plan_leg", TRADING + " | operator", {"consignment_id": "@goods_out"}, get=None, post="owner", form={
        "mode": "sea", "vessel": "Ever Given", "from_place": "CNNGB", "to_place": "DEHAM", "departs_at": _later(1), "arrives_at": _later(30)}),
    Page("logistics:say_where", TRADING + " | operator", {"consignment_id": "@goods_out"}, get=None, post="owner",
         form={"code": "departed", "place": "CNNGB", "occurred_at": "", "note": "fine"}),
    Page("logistics:receive_package", TRADING, {"consignment_id": "@goods_in", "n": "~1"}, get=None, post="owner",
         form={"condition": "damaged", "note": "wet"}),
    Page("logistics:add_papers", TRADING, {"consignment_id": "@goods_out"}, get=None, post="owner",
         form={"code": "transport_document", "attachments": _text}),
    Page("logistics:prove", TRADING + " | operator", {"consignment_id": "@goods_in"}, get=None, post="owner", form={
        "delivered_at": _later(-1), "signed_by": "A. Meyer", "place": "DEHAM", "note": "seen", "pictures": _text}),
    # ── goods ──
    Page("catalog:offers", MEMBER),
    Page("catalog:new_offer", SELLING, post="owner", form=_OFFER_FORM),
    Page("catalog:edit_offer", SELLING, {"offer_id": "@draft"}, post="owner", form=_OFFER_FORM),
    Page("catalog:keep_new_offer", SELLING, get=None, post="owner", form=_OFFER_FORM, answers=(200,)),
    Page("catalog:keep_offer", SELLING, {"offer_id": "@draft"}, get=None, post="owner", form=_OFFER_FORM, answers=(200,)),
    Page("catalog:discard_new_offer", SELLING, get=None, post="owner"),
    Page("catalog:discard_offer", SELLING, {"offer_id": "@draft"}, get=None, post="owner"),
    Page("catalog:add_picture", SELLING, get=None, post="owner", form={"new_pictures": _picture}, answers=(200,)),
    Page("catalog:publish_offer", SELLING, {"offer_id": "@shelved"}, get=None, post="owner"),
    Page("catalog:withdraw_offer", SELLING, {"offer_id": "@offer"}, get=None, post="owner"),
    Page("catalog:imports", SELLING, post="owner", form={"file": _csv}),
    Page("catalog:import_run", SELLING, {"run_id": "@import"}),
    Page("catalog:import_errors", SELLING, {"run_id": "@import"}),
    Page("catalog:start_import", SELLING, {"run_id": "@import"}, get=None, post="owner", form={"mode": "all"}),
    Page("catalog:export_offers", MEMBER, {"kind": "~csv"}),
    Page("catalog:offer", EVERYONE, {"market": "~export", "number": "~@offer_number"}, get="nobody"),
    # ── finding ──
    Page("root", EVERYONE, get="nobody"),
    Page("front", EVERYONE, get="nobody"),
    Page("home", EVERYONE, {"market": "~export"}, get="nobody"),
    Page("discovery:search", EVERYONE, {"market": "~export"}, get="nobody", query={"q": "bolt"}),
    Page("discovery:suggest", EVERYONE, {"market": "~export"}, get="nobody", query={"q": "bo"}),
    Page("discovery:compare", EVERYONE, {"market": "~export"}, get="nobody", query={"o": "10001"}),
    Page("discovery:seen", EVERYONE, {"market": "~export"}, get="nobody", post="nobody", writes=False, keyless=True),
    Page("discovery:seen_strip", EVERYONE, {"market": "~export"}, get="nobody", query={"offer": "10001"}),
    Page("discovery:halls", EVERYONE, {"market": "~export"}, get="nobody"),
    Page("discovery:hall", EVERYONE, {"market": "~export", "hall": "~hardware"}, get="nobody"),
    Page("discovery:category", EVERYONE, {"market": "~export", "hall": "~hardware", "category": "~fasteners"}, get="nobody"),
    # ── requests and quotes ──
    Page("sourcing:board", EVERYONE, {"market": "~export"}, get="nobody", open="open requests are public"),
    Page("sourcing:my_rfqs", MEMBER),
    Page("sourcing:new_rfq", BUYING, post="owner", form=_LINE | {
        "title": "Bolts", "category": "hardware/fasteners", "currency": "USD", "destination": "DE", "incoterm": "FOB",
        "named_place": "Ningbo", "closes_on": _day(10), "ship_by": _day(60), "details": "zinc", "files": _text}),
    Page("sourcing:rfq", PARTY, {"rfq_id": "@cancelled_rfq"}),
    Page("sourcing:close_rfq", BUYING, {"rfq_id": "@rfq"}, get=None, post="owner"),
    Page("sourcing:cancel_rfq", BUYING + " | operator", {"rfq_id": "@rfq"}, get=None, post="owner"),
    Page("sourcing:rfq_file", PARTY, {"rfq_id": "@cancelled_rfq", "file_id": "@attachment"}),
    Page("sourcing:compare", PARTY, {"rfq_id": "@rfq"}),
    Page("sourcing:compare_xlsx", PARTY, {"rfq_id": "@rfq"}),
    Page("sourcing:compare_pdf", PARTY, {"rfq_id": "@rfq"}),
    Page("sourcing:send_quote", SELLING, {"rfq_id": "~@rfq_to_quote"}, post="owner", form=_QUOTE_FORM),
    Page("sourcing:leads", MEMBER, open="leads show others' open requests"),
    Page("sourcing:my_quotes", MEMBER),
    Page("sourcing:quote", PARTY, {"quote_id": "@quote_received"}),
    Page("sourcing:revise_quote", SELLING, {"quote_id": "@quote_sent"}, post="owner", form=_QUOTE_FORM),
    Page("sourcing:withdraw_quote", SELLING, {"quote_id": "@quote_sent"}, get=None, post="owner"),
    Page("sourcing:decline_quote", BUYING, {"quote_id": "@quote_received"}, get=None, post="owner"),
    Page("sourcing:ask", BUYING, {"market": "~export", "number": "~@partner_offer_number"}, post="owner",
         form={"text": "How long?", "quantity": "500"}),
    # ── trade ──
    Page("trade:orders", PARTY),
    Page("trade:order", PARTY, {"order_id": "@sold_offered"}),
    Page("trade:buyer", PARTY, {"number": "@company_number"},
         open="an open request is every supplier's business, and its buyer's record with it"),
    Page("trade:sign", SELLING, {"order_id": "@sold_offered"}, get=None, post="owner", form={"terms_hash": "~@sold_offered_hash"}),
    Page("trade:decline", TRADING, {"order_id": "@sold_offered"}, post="owner", form={"reason": "no steel"}),
    Page("trade:cancel", TRADING, {"order_id": "@bought_agreed"}, post="owner", form={"reason": "no need"}),
    Page("trade:call_off", TRADING, {"order_id": "@sold_funded"}, post="owner", form={"reason": "no steel"}),
    Page("trade:pay", PURSE, {"order_id": "@due", "n": "~1"}, get=None, post="owner"),
    Page("trade:ship", SELLING, {"order_id": "@sold_funded"}, post="owner", form=_SHIP_FORM),
    Page("trade:amend", TRADING, {"order_id": "@sold_funded"}, post="owner", form={
        "quantity_1": "900", "price_1": "0.40", "ship_by": _day(40), "incoterm": "FOB", "named_place": "Ningbo", "remarks": "", "note": "less steel"}),
    Page("trade:sign_amendment", TRADING, {"amendment_id": "@to_answer"}, get=None, post="owner", form={"terms_hash": "~@to_answer_hash"}),
    Page("trade:refuse_amendment", TRADING, {"amendment_id": "@to_refuse"}, post="owner", form={"reason": "no"}),
    Page("trade:take_back_amendment", TRADING, {"amendment_id": "@proposed"}, get=None, post="owner"),
    Page("trade:show", SELLING, {"order_id": "@sold_making"}, post="owner", form={"kind": "production_photo", "attachments": _photo, "note": "line 2"}),
    Page("trade:confirm", BUYING, {"order_id": "@bought_shown", "n": "~1"}, post="owner", form={"confirmed": "1"}),
    Page("trade:send_back", BUYING, {"order_id": "@bought_shown", "n": "~1"}, post="owner", form={"reason": "too dark"}),
    Page("trade:inspect", TRADING, {"order_id": "@bought_funded"}, post="owner",
         form={"inspector": "~@inspector_number", "fee": "300.00", "wanted_on": _day(21), "place": "Hall 3", "level": "II", "note": "", "lot_1": "1000"}),
    Page("trade:inspections", PARTY),
    Page("trade:inspection", PARTY, {"inspection_id": "@inspects_ready"}),
    Page("trade:accept_inspection", SELLING, {"inspection_id": "@inspects_asked"}, get=None, post="owner"),
    Page("trade:decline_inspection", SELLING, {"inspection_id": "@inspects_asked"}, post="owner", form={"reason": "no time"}),
    Page("trade:cancel_inspection", TRADING, {"inspection_id": "@bought_inspection"}, post="owner", form={"reason": "no need"}),
    Page("trade:waive_inspection", BUYING, {"inspection_id": "@failed_inspection"}, post="owner", form={"reason": "fine"}),
    Page("trade:declare_packed", SELLING, {"inspection_id": "@sold_inspection"}, post="owner", form={"percent": "90"}),
    Page("trade:pay_inspection", "owner or buyer or seller | owner or finance", {"inspection_id": "@bought_inspection"}, get=None, post="owner"),
    Page("trade:report_inspection", SELLING, {"inspection_id": "@inspects_ready"}, post="owner",
         form={"found_1_critical": "0", "found_1_major": "1", "found_1_minor": "2", "attachments": _photo, "remarks": "fine"}),
    Page("trade:inspection_pdf", PARTY, {"inspection_id": "@failed_inspection"}),
    Page("trade:finish_shipping", SELLING, {"order_id": "@sold_part"}, get=None, post="owner"),
    Page("trade:accept", BUYING, {"order_id": "@bought_shipped"}, post="owner", form={"confirmed": "1", "quantity_1": "1"}),
    Page("trade:return_money", MONEY, {"order_id": "@sold_completed"}, proof="fresh", post="owner",
         form={"confirmed": "1", "amount": "1.00", "reason": "a scratch"}),
    Page("trade:defend", DEFENDING, {"chargeback_id": "@charged_sale"}, post="owner",
         form={"statement": "signed for on Monday", "relies_on": ["contract"], "attachments": _photo}),
    Page("trade:receive", BUYING, {"order_id": "@bought_shipped"}, post="owner", form={"confirmed": "1"}),
    Page("trade:ask_extension", TRADING, {"order_id": "@sold_shipped", "kind": "~receipt"}, post="owner", form={"days": "5", "reason": "customs"}),
    Page("trade:grant_extension", TRADING, {"order_id": "@bought_shipped", "extension_id": "@asked_of_us"}, get=None, post="owner"),
    Page("trade:refuse_extension", TRADING, {"order_id": "@bought_shipped", "extension_id": "@asked_of_us"}, get=None, post="owner"),
    Page("trade:take_back_extension", TRADING, {"order_id": "@sold_funded", "extension_id": "@asked_by_us"}, get=None, post="owner"),
    Page("disputes:open", BUYING, {"order_id": "@bought_shipped"}, post="owner",
         form={"reason_1": "short", "remedy": "refund", "amount": "10.00", "text": "half is missing"}),
    Page("disputes:withdraw", BUYING, {"order_id": "@bought_frozen"}, get=None, post="owner"),
    Page("disputes:claims", PARTY),
    Page("disputes:claim", PARTY, {"claim_id": "@claim_made"}, looks=("companies_auditnote",)),
    Page("disputes:paper", PARTY, {"claim_id": "@claim_made", "kind": "~file"}, looks=("companies_auditnote",)),
    Page("disputes:answer", SELLING, {"claim_id": "@claim_got"}, post="owner", form={"text": "we look"}),
    Page("disputes:offer", TRADING, {"claim_id": "@claim_talked"}, post="owner", form={"remedy": "refund", "amount": "5.00"}),
    Page("disputes:accept", TRADING, {"claim_id": "@claim_talked", "offer_id": "@claim_offer"}, post="owner", form={"confirmed": "1"}),
    Page("disputes:evidence", TRADING, {"claim_id": "@claim_made"}, post="owner", form={"text": "seen", "attachments": _photo}),
    Page("disputes:send", TRADING, {"claim_id": "@claim_returning"}, post="owner", form={"carrier": "DHL", "number": "1"}),
    Page("disputes:inspect", TRADING, {"claim_id": "@claim_made"}, post="owner", form=_VISIT),
    Page("disputes:inspect_case", OPERATOR, {"claim_id": "@claim_escalated"}, get="operator", post="operator", form=_VISIT, looks=("companies_auditnote",)),
    Page("disputes:appeal", TRADING, {"claim_id": "@claim_ruled"}, post="owner", form={"reasons": "other goods"}),
    Page("disputes:step", TRADING, {"claim_id": "@claim_made", "verb": "~withdraw"}, post="owner"),
    Page("disputes:desk", OPERATOR, get="operator"),
    Page("disputes:take", OPERATOR, {"claim_id": "@claim_escalated"}, get=None, post="operator", answers=(302, 403, 409), writes=False),
    Page("disputes:rule", OPERATOR, {"claim_id": "@claim_escalated"}, proof="fresh", get="operator", post="operator",
         form={"step": "rule", "amount": "10.00", "ground": "not_proven", "reasons": "seen", "seen": "4"}, looks=("companies_auditnote",)),
    Page("disputes:check", OPERATOR, {"claim_id": "@claim_escalated", "ruling_id": "~@claim_escalated"}, proof="fresh", get="operator", post="operator",
         answers=(403, 409), form={"confirmed": "yes"}, writes=False, looks=("companies_auditnote",)),
    Page("disputes:precedents", OPERATOR, get="operator", query={"ground": "not_proven", "category": "", "band": "1"}),
    Page("disputes:grounds", OPERATOR, get="operator"),
    Page("disputes:set_ground", OPERATOR, proof="fresh", get="operator", post="operator",
         form={"code": "new_ground", "title_en": "a", "title_zh_hant": "b", "title_zh_hans": "c", "text_en": "a", "text_zh_hant": "b", "text_zh_hans": "c"}),
    Page("reviews:reviews", MEMBER, query={"box": "written"}),
    Page("reviews:trade", PARTY, {"order_id": "@reviewed"}, looks=("companies_auditnote",)),
    Page("reviews:write", TRADING, {"order_id": "@bought_completed"}, post="owner", form=_GRADES | {"text": "as agreed", "pictures": _picture}),
    Page("reviews:revise", TRADING, {"review_id": "@review_made"}, post="owner", form=_GRADES | {"text": "better now"}),
    Page("reviews:reply", TRADING, {"review_id": "@review_got"}, post="owner", form={"text": "thank you"}),
    Page("reviews:buyer", PARTY, {"number": "@company_number"},
         open="an open request is every supplier's business, and its buyer's reviews with it"),
    Page("reviews:desk", OPERATOR, get="operator"),
    Page("reviews:judge", OPERATOR, {"review_id": "@review_got"}, proof="fresh", get="operator", post="operator", form={"reason": "insults", "verb": "hide"}),
    Page("reviews:supplier", EVERYONE, {"market": "~export", "number": "~@company_number"}, get="nobody", query={"after": ""}),
    Page("trade:post", TRADING, {"order_id": "@sold_funded"}, get=None, post="owner", form={"text": "Good morning"}),
    Page("trade:paper", PARTY, {"order_id": "@bought_agreed", "kind": "~contract"}),
    Page("trade:sheet", PARTY, {"order_id": "@sold_shipped", "kind": "~packing-list"}),
    Page("trade:award", BUYING, {"quote_id": "@quote_received"}, post="owner", form={"ship_by": "", "remarks": "", "seen_hash": ""},
         answers=(409, 422), writes=False),
    Page("trade:compose", MEMBER, {"market": "~export"}, get="owner", post="owner", query={"offer": "~@partner_offer_number"},
         form=_DELIVERY | {"offer": "~@partner_offer_number", "quantity": "1000", "step": "preview"}, answers=(200,), writes=False,
         keyless=True),
    Page("trade:place", BUYING, {"market": "~export"}, get=None, post="owner", answers=(409, 422), writes=False,
         form=_DELIVERY | {"offer": "~@partner_offer_number", "quantity": "1000", "seen_hash": "0" * 64, "seen_total": "420.00 USD"}),
    Page("trade:sample", BUYING, {"market": "~export", "number": "~@partner_sampled_number"}, post="owner", answers=(409, 422), writes=False,
         form={"quantity": "1", "incoterm": "DAP", "named_place": "Hamburg", "remarks": "", "seen_hash": "0" * 64}),
    Page("trade:frame", BUYING, {"market": "~export"}, post="owner", query={"offer": "~@partner_offer_number", "quantity": "1000"},
         answers=(409, 422), writes=False,
         form=_FRAME | {"offer": "~@partner_offer_number", "quantity": "1000", "incoterm": "FOB", "named_place": "Ningbo", "payment_plan": ""}),
    Page("trade:award_frame", BUYING, {"quote_id": "@quote_plain"}, post="owner", answers=(409, 422), writes=False, form=_FRAME),
    Page("trade:call", BUYING, {"order_id": "@bought_frame"}, post="owner", answers=(409, 422), writes=False,
         form={"quantity_1": "100", "ship_by": "", "remarks": "", "seen_hash": "0" * 64}),
    Page("trade:end_frame", TRADING, {"order_id": "@bought_frame"}, get=None, post="owner"),
    Page("trade:keep_frame", TRADING, {"order_id": "@sold_frame"}, get=None, post="owner"),
    Page("trade:own_group_buys", MEMBER),
    Page("trade:new_group_buy", SELLING, post="owner", form={
        "offer": "@offer_number", "threshold": "1000", "unit_price": "0.40", "least": "100", "most": "", "closes_at": _later(9),
        "lead_time_days": "20", "incoterm": "FOB", "named_place": "Ningbo"}),
    Page("trade:join", BUYING, {"group_id": "~@partner_group"}, post="owner", answers=(409, 422), writes=False,
         form={"quantity": "100", "remarks": "", "seen_hash": "0" * 64}),
    Page("trade:close_group_buy", SELLING, {"group_id": "@group"}, post="owner"),
    Page("trade:group_buys", EVERYONE, {"market": "~export"}, get="nobody", query={"hall": "hardware"}),
    Page("trade:group_buy", EVERYONE, {"market": "~export", "group_id": "~@partner_group"}, get="nobody"),
    # ── verification ──
    Page("trust:verification", MEMBER),
    Page("trust:begin", OWNING, get=None, post="owner", form={"market": "export", "level": "verified"}, writes=False),
    Page("trust:application", MEMBER, {"verification_id": "@verification"}, form={"keep": "@verification_paper"}),
    Page("trust:fill", OWNING, {"verification_id": "@verification", "kind": "~identity"}, get=None, post="owner", form={
        "name": "House", "number": "12", "legal_person": "We", "keep": "@verification_paper", "papers": _picture}),
    Page("trust:submit", OWNING, {"verification_id": "@verification"}, get=None, post="owner"),
    Page("trust:answer", OWNING, {"verification_id": "@verification"}, get=None, post="owner", form={"answer": "here"}, answers=(409,), writes=False),
    Page("trust:withdraw", OWNING, {"verification_id": "@verification"}, get=None, post="owner"),
    Page("trust:desk", REVIEWER, get="operator"),
    Page("trust:review", REVIEWER, {"verification_id": "@case_to_look"}, get="operator", looks=("companies_auditnote",)),
    Page("trust:record", REVIEWER, {"verification_id": "@case_to_look", "kind": "~licence"}, proof="fresh", get=None, post="operator", form={
        "found_name": "House", "found_number": "12", "found_valid_until": _day(300), "result": "passed", "reason": "seen", "valid_until": _day(300),
        "cost": "12.50", "currency": "USD"}),
    Page("trust:say", REVIEWER, {"verification_id": "@case_to_grant", "verb": "~grant"}, proof="fresh", get=None, post="operator", form={"reason": "agreed"}),
    Page("trust:links", OPERATOR, {"number": "@company_number"}, proof="fresh", get="operator", post="operator", form={
        "person": "@clerk", "kind": "earned", "note": "commission"}),
    Page("trust:standing", MEMBER),
    Page("trust:count_standing", OWNING, get=None, post="owner", form={"market": "export"}),
    Page("trust:admission", REVIEWER, get="operator", query={"applicants": "500", "days": "10", "fraud": "2.5", "reviewers": "4"}),
    Page("trust:hits", REVIEWER, get="operator"),
    Page("trust:hit", REVIEWER, {"hit_id": "@hit_open"}, get="operator", looks=("companies_auditnote",)),
    Page("trust:say_of_hit", REVIEWER, {"hit_id": "@hit_open", "verb": "~propose"}, proof="fresh", get=None, post="operator", form={
        "proposal": "clear", "reason": "another street"}),
    Page("trust:lists", LISTKEEPER, proof="fresh", get="operator", post="operator", form={
        "source": "ofac-sdn", "edition_on": _day(0), "edition_files": _sanctions}),
    Page("trust:own_traits", REVIEWER, get="operator", post="operator", form={"kind": "bank", "value": "DE89 3704 0044 0532 0130 99"}),
    Page("trust:brought", SALES, get="sales", post="sales", form={"number": "~@company_number", "note": "met at the fair"}),
    Page("trust:how_we_verify", EVERYONE, {"market": "~export"}, get="nobody"),
    # ── risk ──
    Page("risk:desk", REVIEWER, get="operator"),
    Page("risk:open", REVIEWER, proof="fresh", get=None, post="operator", form={"company_number": "~@company_number", "reason": "seen"}),
    Page("risk:case", REVIEWER, {"case_id": "@risk_case"}, get="operator", query={"around": "@company_number"}, looks=("companies_auditnote",)),
    Page("risk:say", REVIEWER, {"case_id": "@risk_case", "verb": "~clear"}, proof="fresh", get=None, post="operator", form={"reason": "fine"}),
    # ── discipline ──
    Page("trust:points", MEMBER),
    Page("trust:penalty", MEMBER, {"penalty_id": "@penalty"}),
    Page("trust:appeal", OWNING, {"penalty_id": "@penalty"}, get=None, post="owner", form={"text": "not so", "papers": _picture}),
    Page("trust:discipline", REVIEWER, get="operator"),
    Page("trust:ledger", REVIEWER, {"number": "@company_number"}, proof="fresh", get="operator", post="operator", form={
        "offence": "late_delivery", "acted_on": _day(-3), "reason": "seen", "reference": "EF-1001", "papers": _picture}),
    Page("trust:judged", REVIEWER, {"penalty_id": "@penalty_waiting"}, get="operator", looks=("companies_auditnote",)),
    Page("trust:say_points", REVIEWER, {"penalty_id": "@penalty_waiting", "verb": "~confirm"}, proof="fresh", get=None, post="operator", form={"reason": "seen"}),
    Page("trust:judge", REVIEWER, {"appeal_id": "@points_appeal"}, proof="fresh", get="operator", post="operator", form={
        "verb": "reduce", "left": "2", "reason": "seen"}, looks=("companies_auditnote",)),
    Page("trust:complaints", MEMBER),
    Page("trust:complain", BUYING, post="owner", form={"against": "~@partner_number", "kind": "quality", "amount": "10.00", "currency": "USD",
        "agreed": "cups", "text": "broken", "pay_by": _day(-9), "deliver_by": _day(-2), "papers": _picture}),
    Page("trust:complaint", MEMBER, {"complaint_id": "@complaint"}),
    Page("trust:reply", SELLING, {"complaint_id": "@complaint_got"}, get=None, post="owner", form={"answer": "not so", "papers": _picture}),
    Page("trust:settle", BUYING, {"complaint_id": "@complaint"}, get=None, post="owner", form={"reason": "paid back"}),
    Page("trust:heard", REVIEWER, {"complaint_id": "@complaint_to_look"}, get="operator", looks=("companies_auditnote",)),
    Page("trust:say_complaint", REVIEWER, {"complaint_id": "@complaint_to_look", "verb": "~propose"}, proof="fresh", get=None, post="operator", form={
        "finding": "founded", "reason": "seen"}),
    Page("trust:listing", MEMBER),
    Page("trust:appeal_listing", OWNING, {"listing_id": "@own_entry"}, get=None, post="owner", form={"text": "not so"}),
    Page("trust:blacklist", EVERYONE, {"market": "~export"}, get="nobody", query={"q": "House"}),
    Page("trust:blacklist_desk", REVIEWER, get="operator"),
    Page("trust:list_company", REVIEWER, {"number": "@verified_number"}, proof="fresh", get="operator", post="operator", form={
        "public_reason": "sold air", "evidence": "P-1"}),
    Page("trust:entry", REVIEWER, {"listing_id": "@entry_proposed"}, get="operator", looks=("companies_auditnote",)),
    Page("trust:say_entry", REVIEWER, {"listing_id": "@entry_proposed", "verb": "~confirm"}, proof="fresh", get=None, post="operator", form={"reason": "seen"}),
    Page("trust:reentry", REVIEWER, {"reentry_id": "@reentry"}, get="operator", looks=("companies_auditnote",)),
    Page("trust:say_reentry", REVIEWER, {"reentry_id": "@reentry", "verb": "~judge"}, proof="fresh", get=None, post="operator", form={
        "finding": "clear", "reason": "seen"}),
    # ── the office ──
    Page("office:overview", OPERATOR, get="operator"),
    Page("office:reactions", OPERATOR, get="operator"),
    Page("office:repeat_reaction", OPERATOR, {"reaction_id": "@reaction"}, get=None, post="operator", answers=(302, 409, 422), writes=False),
    Page("office:settle_reaction", OPERATOR, {"reaction_id": "@reaction"}, get="operator", post="operator", form={"reason": "known"}),
    Page("office:deadlines", OPERATOR, get="operator"),
    Page("office:repeat_deadline", OPERATOR, {"deadline_id": "@deadline"}, get=None, post="operator"),
    Page("office:payouts", OPERATOR, get="operator"),
    Page("office:payout", OPERATOR, {"payout_id": "@payout"}, get="operator"),
    Page("office:approve_payout", OPERATOR, {"payout_id": "@payout_asked"}, proof="fresh", get=None, post="operator"),
    Page("office:take_out_payout", OPERATOR, {"payout_id": "@payout_batched"}, proof="fresh", get=None, post="operator", form={"reason": "odd"}),
    Page("office:readmit_payout", OPERATOR, {"payout_id": "@payout_held"}, proof="fresh", get=None, post="operator"),
    Page("office:cancel_payout", OPERATOR, {"payout_id": "@payout_held"}, proof="fresh", get=None, post="operator", form={"reason": "odd"}),
    Page("office:settle_payout", OPERATOR, {"payout_id": "@payout_filed"}, proof="fresh", get=None, post="operator", form={"bank_ref": "NTRF1"}),
    Page("office:bounce_payout", OPERATOR, {"payout_id": "@payout_filed"}, proof="fresh", get=None, post="operator", form={"reason": "AC04"}),
    Page("office:batch", OPERATOR, {"batch_id": "@batch_filed"}, get="operator"),
    Page("office:prepare_batch", OPERATOR, {"batch_id": "@batch_open"}, proof="fresh", get=None, post="operator"),
    Page("office:reopen_batch", OPERATOR, {"batch_id": "@batch_prepared"}, proof="fresh", get=None, post="operator"),
    Page("office:release_batch", OPERATOR, {"batch_id": "@batch_prepared"}, proof="fresh", get=None, post="operator", form={"seen": "1200000"}),
    Page("office:payout_file", OPERATOR, {"batch_id": "@batch_released"}, proof="fresh", get=None, post="operator", answers=(200,)),
    Page("office:payout_file_again", OPERATOR, {"batch_id": "@batch_filed"}, proof="fresh", get=None, post="operator", form={"reason": "lost"}, answers=(200,)),
    Page("office:hand_over_batch", OPERATOR, {"batch_id": "@batch_filed"}, proof="fresh", get=None, post="operator"),
    Page("office:bank_account", OPERATOR, {"account_id": "@spare_account"}, get="operator"),
    Page("office:look_at_bank_account", OPERATOR, {"account_id": "@spare_account"}, proof="fresh", get=None, post="operator", form={"evidence": "letter seen"}),
    Page("office:confirm_bank_account", OPERATOR, {"account_id": "@looked_account"}, proof="fresh", get=None, post="operator"),
    Page("office:refuse_bank_account", OPERATOR, {"account_id": "@spare_account"}, proof="fresh", get=None, post="operator", form={"reason": "not theirs"}),
    Page("office:intents", OPERATOR, get="operator"),
    Page("office:letters", OPERATOR, get="operator"),
    Page("office:repeat_letter", OPERATOR, get=None, post="operator", form={"letter": "~gone"}, answers=(302, 409), writes=False),
    Page("office:offers", OPERATOR, get="operator"),
    Page("office:offer", OPERATOR, {"number": "@offer_number"}, get="operator", looks=("companies_auditnote",)),
    Page("office:remove_offer", OPERATOR, {"number": "@offer_number"}, proof="fresh", get=None, post="operator", form={"reason": "a copy"}),
    Page("office:companies", OPERATOR, get="operator"),
    Page("office:company", OPERATOR, {"number": "@company_number"}, get="operator", looks=("companies_auditnote",)),
    Page("office:mark_inspector", OPERATOR, {"number": "@company_number"}, get=None, post="operator", form={"note": "seen"}),
    Page("office:unmark_inspector", OPERATOR, {"number": "@inspector_number"}, get=None, post="operator", form={"reason": "expired"}),
    Page("office:withdraw", OPERATOR, {"number": "@verified_number"}, get=None, post="operator", form={"reason": "expired"}),
    Page("office:stop", OPERATOR, {"number": "@company_number"}, proof="fresh", get=None, post="operator", form={"kind": "payout", "reason": "odd", "until": _later(9)}),
    Page("office:lift", OPERATOR, {"number": "@second_number", "stop_id": "@stop"}, proof="fresh", get=None, post="operator", form={"reason": "clear"}),
    Page("office:clear_name", OPERATOR, {"number": "@company_number"}, get=None, post="operator", form={"reason": "a namesake"}),
    Page("office:issues", OPERATOR, get="operator"),
    Page("office:trades", OPERATOR, get="operator", looks=("companies_auditnote",)),
    Page("office:trade", OPERATOR, {"order_id": "@bought_frozen"}, get="operator", looks=("companies_auditnote",)),
    Page("office:decide", OPERATOR, {"order_id": "@bought_frozen"}, proof="fresh", get="operator", post="operator", query={"percent": "25"},
         form={"percent": "25", "reason": "photographs"}, looks=("companies_auditnote",)),
    Page("office:mapping", OPERATOR, get="operator"),
    Page("office:map_many", OPERATOR, get=None, post="operator",
         form={"take-0": "on", "source-0": "@source_category", "category-0": "hardware/fasteners"}),
    Page("office:map_one", OPERATOR, get="operator", post="operator", query={"source": "@source_category"},
         form={"source": "@source_category", "category": "hardware/fasteners"}),
    Page("office:events", OPERATOR, get="operator"),
    Page("office:carrier_events", OPERATOR, get="operator"),
    Page("office:carrier_event", OPERATOR, {"event_id": "@carrier_event"}, get="operator", post="operator", form={"reason": "known"},
         looks=("companies_auditnote",)),
    Page("office:event", OPERATOR, {"event_id": "@event"}, get="operator", post="operator", form={"reason": "known"},
         looks=("companies_auditnote",)),
    Page("office:credit", OPERATOR, get="operator"),
    Page("office:chargebacks", OPERATOR, get="operator"),
    Page("office:chargeback", OPERATOR, {"chargeback_id": "@chargeback"}, get="operator"),
    Page("office:answer_chargeback", OPERATOR, {"chargeback_id": "@chargeback"}, proof="fresh", get=None, post="operator",
         form={"answer": "contest", "evidence": "signed for on Monday"}),
    Page("office:exposure", CASHIER, get="operator", post="operator", form={"file": _rates}),
    Page("office:covers", CASHIER, get="operator"),
    Page("office:note_cover", CASHIER, proof="fresh", get=None, post="operator",
         form={"sold": "10.00", "sold_currency": "USD", "bought": "9.26", "bought_currency": "EUR", "traded_on": _day(0), "bank_ref": _slip}),
    Page("office:answer_cover", CASHIER, {"cover_id": "@cover", "verb": "~withdraw"}, proof="fresh", get=None, post="operator"),
    Page("office:bank", CASHIER, get="operator", post="operator", form={"file": _statement}),
    Page("office:bank_statement", CASHIER, {"statement_id": "@bank_statement"}, get="operator"),
    Page("office:bank_lines", CASHIER, get="operator"),
    Page("office:bank_line", CASHIER, {"line_id": "@bank_line"}, get="operator"),
    Page("office:bank_decide", CASHIER, {"line_id": "@bank_line", "verb": "~keep"}, proof="fresh", get=None, post="operator", form={"reason": "asked the bank"}),
    Page("office:bank_decisions", CASHIER, get="operator"),
    Page("office:bank_answer", CASHIER, {"decision_id": "@bank_decision", "verb": "~approve"}, proof="fresh", get=None, post="operator"),
    Page("office:bank_breaks", CASHIER, get="operator"),
    Page("office:bank_break", CASHIER, {"break_id": "@bank_break"}, get="operator", post="operator", form={"reason": "sent anew"}),
    Page("office:bank_returns", CASHIER, get="operator"),
    Page("office:bank_return", CASHIER, {"return_id": "@bank_return"}, get="operator"),
    Page("office:move_bank_return", OPERATOR, {"return_id": "@bank_return", "verb": "~take_out"}, proof="fresh", get=None, post="operator",
         form={"reason": "they wrote us"}),
    Page("office:rails", OPERATOR, get="operator"),
    Page("office:rail", OPERATOR, {"code": "~sandbox"}, get="operator"),
    Page("office:order_rail", OPERATOR, {"code": "~sandbox"}, proof="fresh", get=None, post="operator", form={
        "state": "open", "ends_on": _day(40), "reason": "they gave notice"}),
    Page("office:limit_rail", OPERATOR, {"code": "~sandbox"}, proof="fresh", get=None, post="operator", form={
        "markets": "export", "currencies": "USD", "most": "5000.00 USD", "watched": "no", "reason": "their contract says so"}),
    Page("office:rules", OPERATOR, get="operator"),
    Page("office:rule", OPERATOR, {"of": "~export", "name": "~trade.sign_days"}, get="operator"),
    Page("office:set_rule", OPERATOR, {"of": "~export", "name": "~trade.sign_days"}, proof="fresh", get=None, post="operator",
         form={"value": "5", "valid_from": "", "reason": "slower"}),
    Page("office:fees", OPERATOR, get="operator"),
    Page("office:set_fees", OPERATOR, {"of": "~export"}, proof="fresh", get=None, post="operator", form={
        "commission_rate": "2.5", "commission_base": "goods", "commission_floors": "5.00 USD", "commission_caps": "900.00 USD, 800.00 EUR",
        "span": "order", "valid_from": "", "reason": "the board"}),
    Page("office:taxes", OPERATOR, get="operator"),
    Page("office:set_issuer", OPERATOR, proof="fresh", get=None, post="operator", form={
        "name": "Fair GmbH", "country": "DE", "registration_number": "HRB 9", "tax_number": "DE136695976", "line1": "Kai 1", "line2": "",
        "city": "Hamburg", "postcode": "20457", "email": "books@fair.example", "series": "INV"}),
    Page("office:set_tax_rate", OPERATOR, proof="fresh", get=None, post="operator", form={
        "issuer_country": "DE", "customer": "CN", "with_number": "", "code": "S", "rate": "6", "exemption_code": "", "exemption": "",
        "valid_from": "", "reason": "a new law"}),
    Page("office:confirm_tax_number", OPERATOR, {"number": "@company_number"}, get=None, post="operator", form={"tax_number": "DE136695976"}),
    Page("office:invoices", OPERATOR, get="operator"),
    Page("office:issue_invoices", OPERATOR, {"number": "@company_number", "currency": "~USD"}, get=None, post="operator"),
    Page("office:staff", OPERATOR, get="operator"),
    Page("office:invite_staff", OPERATOR, proof="fresh", get=None, post="operator", form={"email": "new@fair.example", "roles": "operator"}),
    Page("office:end_staff", OPERATOR, {"person_id": "@clerk"}, proof="fresh", get="operator", post="operator", form={"reason": "left"}),
    Page("office:trail_file", OPERATOR, get="operator", looks=("companies_auditnote",)),
    Page("office:trail", OPERATOR, get="operator", query={"person": "@clerk"}),
    Page("office:accounts", OPERATOR, get="operator"),
    Page("office:account", OPERATOR, get="operator", query={"address": "@wallet_address"}, looks=("companies_auditnote",)),
    Page("office:entry", OPERATOR, {"entry_id": "@entry"}, get="operator"),
    Page("office:proofs", OPERATOR, get="operator"),
    Page("office:correct_entry", OPERATOR, {"entry_id": "@cost_entry"}, proof="fresh", get=None, post="operator", form={"reason": "twice"}),
    Page("office:trial", OPERATOR, get="operator"),
    Page("office:trial_file", OPERATOR, {"ending": "~xlsx"}, get="operator", looks=("companies_auditnote",)),
    Page("office:journal", OPERATOR, get="operator", query={"of": "account", "what": "@wallet_address"}, looks=("companies_auditnote",)),
    Page("office:journal_file", OPERATOR, {"ending": "~csv"}, get="operator", looks=("companies_auditnote",)),
    Page("office:plain_text", OPERATOR, get="operator", looks=("companies_auditnote",)),
    Page("office:periods", OPERATOR, get="operator"),
    Page("office:period", OPERATOR, {"month": f"~{_day(0)[:7]}"}, get="operator"),
    Page("office:move_period", OPERATOR, {"month": f"~{_day(0)[:7]}", "verb": "~close"}, proof="fresh", get=None, post="operator",
         answers=(422,), writes=False),
    Page("office:settling", OPERATOR, get="operator"),
    Page("office:settled", OPERATOR, get="operator"),
    Page("office:break", OPERATOR, {"break_id": "@rail_break"}, get="operator"),
    Page("office:end_break", OPERATOR, {"break_id": "@rail_break"}, proof="fresh", get=None, post="operator", form={"how": "dismiss", "reason": "known"}),
    Page("office:books", OPERATOR, get="operator"),
    Page("office:freeze", OPERATOR, proof="fresh", get=None, post="operator", form={"reason": "odd"}),
    Page("office:lift_freeze", OPERATOR, {"freeze_id": "~01a20000-0000-7000-8000-000000000000"}, proof="fresh", get=None, post="operator",
         form={"reason": "mended"}, answers=(302, 409, 422), writes=False),
    # ── allauth's pages: one's own person only; their own tests prove them, here only doors and purity ──
    Page("account_login", EVERYONE, get="nobody", post="nobody", form={"login": "x@fair.example", "password": "no"}, answers=(200,),
         writes=False, keyless=True),
    Page("account_logout", EVERYONE, post="owner", answers=(302,), writes=False, keyless=True),
    Page("account_inactive", EVERYONE, get="nobody"),
    Page("account_signup", EVERYONE, get="nobody", post="nobody", form={"email": "no"}, answers=(200,), writes=False, keyless=True),
    Page("account_email_verification_sent", EVERYONE, get="nobody"),
    Page("account_confirm_email", EVERYONE, {"key": "~unknown"}, get="nobody", post="nobody", answers=(200, 302, 404), writes=False, keyless=True),
    Page("account_email", SIGNED_IN, post="owner", form={"action_send": "", "email": "unknown@fair.example"}, answers=(200, 302),
         writes=False, keyless=True),
    Page("account_change_password", SIGNED_IN, post="owner", form={"oldpassword": "no"}, answers=(200, 302), writes=False, keyless=True),
    Page("account_set_password", SIGNED_IN, post="owner", form={"password1": "no"}, answers=(200, 302), writes=False, keyless=True),
    Page("account_reset_password", EVERYONE, get="nobody", post="nobody", form={"email": "no"}, answers=(200,), writes=False, keyless=True),
    Page("account_reset_password_done", EVERYONE, get="nobody"),
    Page("account_reset_password_from_key", EVERYONE, {"uidb36": "~0", "key": "~x-y"}, get="nobody", post="nobody", answers=(200, 302),
         writes=False, keyless=True),
    Page("account_reset_password_from_key_done", EVERYONE, get="nobody"),
    # Without a password there is nothing to prove oneself with, and the library says 403.
    Page("account_reauthenticate", SIGNED_IN, post="owner", form={"password": "no"}, shows=(403,), answers=(403,), writes=False, keyless=True),
    Page("mfa_index", SIGNED_IN),
    Page("mfa_authenticate", EVERYONE, get="nobody", post="nobody", form={"code": "no"}, shows=(302,), answers=(302,), writes=False, keyless=True),
    # Nobody here has a factor or a password: the library sends them to what is there, or says 403.
    Page("mfa_reauthenticate", SIGNED_IN, post="owner", form={"code": "no"}, shows=(403,), answers=(403,), writes=False, keyless=True),
    Page("mfa_reauthenticate_webauthn", SIGNED_IN, post="owner", form={"credential": "{}"}, shows=(403,), answers=(403,), writes=False,
         keyless=True),
    Page("mfa_activate_totp", SIGNED_IN, post="owner", form={"code": "no"}, answers=(200,), writes=False, keyless=True),
    Page("mfa_deactivate_totp", SIGNED_IN, post="owner", shows=(404,), answers=(404,), writes=False, keyless=True),
    Page("mfa_view_recovery_codes", SIGNED_IN, shows=(404,)),
    Page("mfa_generate_recovery_codes", SIGNED_IN, post="owner", answers=(200,), writes=False, keyless=True),
    Page("mfa_list_webauthn", SIGNED_IN),
    Page("mfa_add_webauthn", SIGNED_IN, post="owner", form={"credential": "{}"}, answers=(200,), writes=False, keyless=True),
    Page("mfa_edit_webauthn", SIGNED_IN, {"pk": "~1"}, post="owner", form={"name": "x"}, shows=(404,), answers=(404,), writes=False,
         keyless=True),
    Page("mfa_remove_webauthn", SIGNED_IN, {"pk": "~1"}, post="owner", shows=(404,), answers=(404,), writes=False, keyless=True),
    Page("mfa_login_webauthn", EVERYONE, get="nobody", post="nobody", form={"credential": "no"}, answers=(302,), writes=False, keyless=True),
    Page("socialaccount_signup", EVERYONE, get="nobody", post="nobody", answers=(302,), writes=False, keyless=True),
    Page("socialaccount_login_cancelled", EVERYONE, get="nobody"),
    Page("socialaccount_login_error", EVERYONE, get="nobody", shows=(401,)),
    Page("socialaccount_connections", SIGNED_IN, post="owner", form={"account": "1"}, answers=(200,), writes=False, keyless=True),
    # No provider is configured here.
    Page("openid_connect_login", EVERYONE, {"provider_id": "~oidc"}, get="nobody", post="nobody", shows=(404,), answers=(404,), writes=False,
         keyless=True),
    Page("openid_connect_callback", EVERYONE, {"provider_id": "~oidc"}, get="nobody", shows=(404,)),
    Page("usersessions_list", SIGNED_IN, post="owner", answers=(302,), writes=False, keyless=True),
]  # fmt: skip

_QUOTE = {
    "lines": [
        {"n": 1, "unit_price": "0.0425", "tiers": [{"from_quantity": "20000", "price": "0.04"}], "note": "zinc", "offer_id": "@offer"},
        {"n": 2, "unit_price": "9.5"},
    ],
    "lead_time_days": 30, "valid_until": _moment(30), "charges": [{"kind": "freight", "amount": "120.00", "label": "sea"}],
    "deposit_rate": "0.3", "incoterm": "FOB", "named_place": "Ningbo", "remarks": "fine",
}  # fmt: skip
_ORDER = {
    "lines": [{"offer": "~@partner_offer", "quantity": "1000"}], "incoterm": "FOB", "named_place": "Ningbo", "ship_by": _day(90), "remarks": "soon",
}  # fmt: skip
_OFFER = {
    "sku": "API-1", "titles": {"en": "Bolt"}, "descriptions": {"en": "A bolt"}, "bullets": ["strong"], "brand": "Brand",
    "category": "hardware/fasteners", "attributes": [{"name": "colour", "value": "grey"}], "currency": "USD",
    "tiers": [{"from_quantity": "100", "price": "0.50"}, {"from_quantity": "1000", "price": "0.40"}], "price_per": "1", "moq": "100",
    "multiple": "1", "unit": "H87", "lead_times": [{"up_to": "500", "days": 15}, {"up_to": None, "days": 30}], "sample_price": "1.00",
    "hs_code": "731815", "origin": "DE", "pictures": ["@picture"],
}  # fmt: skip
_SHIP = {
    "mode": "sea", "carrier": "Evergreen", "tracking_number": "EGLV1", "handed_over_on": _day(0), "package_count": 12,
    "gross_weight_kg": "12.5", "packing_list": [{"line": 1, "quantity": "1000", "packages": 12, "marks": "1/12"}], "note": "fine",
    "lines": [{"line": 1, "quantity": "1000"}], "last": True,
}  # fmt: skip
_TEN = {"amount": "10.00", "currency": "USD"}
_VISIT_OF_CLAIM = {
    "inspector": "~@inspector",
    "fee": "300.00",
    "wanted_on": _visit_day,
    "place": "Hall 3",
    "level": "II",
    "note": "teeth",
}
_REASON = {"reason": "half is missing"}
_WHY = {"reason": "looked at"}
_SAMPLE = {"offer": "~@partner_sampled", "quantity": 1, "incoterm": "DAP", "named_place": "Hamburg", "remarks": "soon"}
_FRAMEWORK = {
    "lines": [{"offer": "~@partner_offer", "quantity": "1000"}], "incoterm": "FOB", "named_place": "Ningbo", "remarks": "soon",
    "valid_until": _day(200), "least": "10.00", "seller_confirms": True,
}  # fmt: skip
_CALL = {"lines": [{"line": 1, "quantity": "100"}], "remarks": "soon"}
_JOIN = {"quantity": "100", "remarks": "soon"}

OPERATIONS: list[Operation] = [
    Operation("GET /companies", EVERYONE, "nobody", query={
        "q": "bolt", "hall": "hardware", "country": "DE", "verified": "false", "cursor": "", "limit": "5"}),
    Operation("GET /companies/{number}", EVERYONE, "nobody", {"number": "~@company_number"}),
    Operation("GET /me", EVERYONE),
    Operation("GET /company", MEMBER),
    Operation("PATCH /company", "owner", body={
        "name": "House Z", "names": {"zh-hant": "甲行"}, "address": {"lines": ["Kai 1"], "city": "Hamburg", "region": "", "postcode": "20095"},
        "phone": "030 901820", "website": "https://house.example", "about": {"en": "Bolts"}, "kind": "factory", "founded_year": 1990,
        "staff_count": 12, "is_seller": True, "is_buyer": True}),
    Operation("GET /company/people", MEMBER),
    Operation("GET /company/keys", OWNER_IN_PERSON, "owner"),
    Operation("POST /company/keys", OWNER_IN_PERSON, "owner", proof="fresh", body={"name": "ERP", "scopes": ["orders:read"]}),
    Operation("DELETE /company/keys/{key_id}", OWNER_IN_PERSON, "owner", {"key_id": "@key_id"}),
    Operation("GET /threads", MEMBER, query={"cursor": "", "limit": "5"}),
    Operation("GET /threads/{thread_id}", MEMBER, path={"thread_id": "@thread"}, query={"cursor": "", "limit": "5"}),
    Operation("POST /threads/{thread_id}/messages", TRADING, path={"thread_id": "@thread"}, body={"text": "Good morning", "file_ids": ["@attachment"]}),
    Operation("POST /threads/{thread_id}/read", MEMBER, path={"thread_id": "@thread"}, body={"up_to": "@message"}),
    Operation("GET /payments/{payment_id}", PURSE, path={"payment_id": "@intent"}),
    Operation("POST /payments/{payment_id}/checkout", PURSE, path={"payment_id": "@intent"}, answers=(409, 502, 503), keyless=True),
    Operation("POST /payments/{payment_id}/bank", PURSE, path={"payment_id": "@intent"}),
    Operation("POST /payments/{payment_id}/card", PURSE, path={"payment_id": "@awaited"}),
    Operation("GET /payments/{payment_id}/transfer", PURSE, path={"payment_id": "@awaited"}),
    Operation("POST /payments/{payment_id}/give-up", PURSE, path={"payment_id": "@intent"}, keyless=True),
    Operation("GET /consignments/{consignment_id}", PARTY, path={"consignment_id": "@goods_in"}),
    Operation("GET /consignments/{consignment_id}/tracking", PARTY, path={"consignment_id": "@goods_in"}),
    Operation("POST /consignments/{consignment_id}/packages/{n}/receipt", TRADING, path={"consignment_id": "@goods_in", "n": "~1"},
              body={"condition": "damaged", "note": "wet"}),
    Operation("POST /consignments/{consignment_id}/proof", TRADING + " | operator", path={"consignment_id": "@goods_in"}, body={
        "delivered_at": _moment(-1), "signed_by": "A. Meyer", "place": "DEHAM", "note": "seen", "file_ids": ["@attachment"],
        "document_sha256": "a" * 64}),
    Operation("GET /payments/{payment_id}/ways", PURSE, path={"payment_id": "@intent"}),
    Operation("POST /payments/{payment_id}/pay", PURSE, path={"payment_id": "@intent"}, body={"method": "credit"}),
    Operation("GET /credits", MEMBER),
    Operation("POST /credits", MONEY, body={"buyer": "@customer_number", "limit": "100.00", "currency": "USD", "net_days": 30}),
    Operation("GET /credits/ageing", MEMBER, query={"side": "buyer"}),
    Operation("GET /credits/{credit_id}/limits", MEMBER, path={"credit_id": "@credit_given"}),
    Operation("GET /credits/{credit_id}/draws", MEMBER, path={"credit_id": "@credit_taken"}, query={"cursor": "", "limit": "5"}),
    Operation("GET /credits/{credit_id}", MEMBER, path={"credit_id": "@credit_given"}),
    Operation("POST /credits/{credit_id}/limit", MONEY, path={"credit_id": "@credit_given"}, body={"limit": "100.00"}),
    Operation("POST /credits/{credit_id}/agree", MONEY, path={"credit_id": "@credit_offered"}),
    Operation("POST /credits/{credit_id}/pause", MONEY, path={"credit_id": "@credit_given"}),
    Operation("POST /credits/{credit_id}/resume", MONEY, path={"credit_id": "@credit_paused"}),
    Operation("POST /credits/{credit_id}/close", MONEY, path={"credit_id": "@credit_given"}),
    Operation("GET /credits/{credit_id}/dues", MEMBER, path={"credit_id": "@credit_taken"}, query={"state": "open"}),
    Operation("POST /credits/dues/{due_id}/pay", PURSE, path={"due_id": "@credit_due"}),
    Operation("GET /fx/rates", MEMBER),
    Operation("POST /fx/quotes", MONEY, body={"give": "USD", "get": "EUR", "amount": "5.00"}),
    Operation("GET /fx/quotes/{quote_id}", MONEY, path={"quote_id": "@fx_quote"}),
    Operation("POST /fx/quotes/{quote_id}/take", MONEY, path={"quote_id": "@fx_quote"}),
    Operation("POST /fx/quotes/{quote_id}/pay", MONEY, path={"quote_id": "@fx_payment_quote"}),
    Operation("POST /payments/{payment_id}/fx-quote", MONEY, path={"payment_id": "@intent"}, body={"give": "EUR"}),
    Operation("GET /wallet", MONEY),
    Operation("GET /wallet/{currency}/statement", MONEY, path={"currency": "~USD"}, query={
        "from_on": _day(-9), "to_on": _day(1), "cursor": "", "limit": "5"}),
    Operation("GET /wallet/{currency}/statement.csv", MONEY, path={"currency": "~USD"}, query={"from_on": _day(-9), "to_on": _day(1)}),
    Operation("GET /wallet/escrow", MONEY),
    Operation("GET /reserves", MONEY),
    Operation("GET /chargebacks", MONEY, query={"cursor": "", "limit": "5"}),
    Operation("GET /chargebacks/{chargeback_id}", MONEY, path={"chargeback_id": "@chargeback"}),
    Operation("GET /chargebacks/{chargeback_id}/defence", DEFENDING, path={"chargeback_id": "@charged_sale"}),
    Operation("POST /chargebacks/{chargeback_id}/defence", DEFENDING, path={"chargeback_id": "@charged_sale"}, body={
        "statement": "signed for on Monday", "relies_on": ["contract"], "files": ["@photo"]}),
    Operation("GET /orders/{order_id}/statement", PARTY, path={"order_id": "@bought_funded"}, query={"cursor": "", "limit": "5"}),
    Operation("GET /invoices/waiting", MONEY),
    Operation("GET /tax-number", MONEY),
    Operation("POST /tax-number", MONEY, body={"tax_number": "DE136695977"}),
    Operation("GET /invoices", MONEY, query={"cursor": "", "limit": "5"}),
    Operation("GET /invoices/{invoice_id}", MONEY, path={"invoice_id": "@invoice"}),
    Operation("GET /invoices/{invoice_id}/xml", MONEY, path={"invoice_id": "@invoice"}),
    Operation("GET /invoices/{invoice_id}/pdf", MONEY, path={"invoice_id": "@invoice"}),
    Operation("POST /orders/{order_id}/returns", MONEY, proof="fresh", path={"order_id": "@sold_completed"}, body={
        "amount": "1.00", "reason": "a scratch"}),
    Operation("GET /bank-accounts", MONEY),
    Operation("POST /bank-accounts", MONEY, proof="fresh", body=_BANK_FORM),
    Operation("DELETE /bank-accounts/{account_id}", MONEY, proof="fresh", path={"account_id": "@spare_account"}),
    Operation("GET /payouts", MONEY, query={"cursor": "", "limit": "5"}),
    Operation("POST /payouts", MONEY, proof="fresh", body={"bank_account": "@bank_account", "amount": "5.00"}),
    Operation("GET /payouts/{payout_id}", MONEY, path={"payout_id": "@payout"}),
    Operation("POST /payouts/{payout_id}/approve", MONEY_IN_PERSON, "owner", {"payout_id": "@payout_two"}, proof="fresh"),
    Operation("POST /payouts/{payout_id}/cancel", MONEY, path={"payout_id": "@payout_two"}),
    Operation("GET /debts", MONEY),
    Operation("GET /company/offers", MEMBER, query={"state": "draft", "q": "bolt", "cursor": "", "limit": "5"}),
    Operation("POST /company/offers", SELLING, body=_OFFER | {"market": "export"}),
    Operation("PATCH /company/offers/{offer_id}", SELLING, path={"offer_id": "@draft"}, body=_OFFER),
    Operation("POST /company/offers/{offer_id}/publish", SELLING, path={"offer_id": "@shelved"}),
    Operation("POST /company/offers/{offer_id}/withdraw", SELLING, path={"offer_id": "@offer"}),
    Operation("POST /company/imports", SELLING, body={"mode": "all", "market": "export"}, files={"file": _csv}),
    Operation("POST /company/imports/rows", SELLING, free=("rows",),
              body={"rows": [{"sku": "R-1", "title": "Nut", "price": "0.50", "moq": "100"}], "mode": "all", "market": "export"}),
    Operation("GET /company/imports/{import_id}", MEMBER, path={"import_id": "@import"}),
    Operation("GET /offers/{offer}", EVERYONE, path={"offer": "@draft_number"}),
    Operation("GET /offers", EVERYONE, "nobody", query={
        "q": "bolt", "market": "export", "language": "en", "hall": "hardware", "category": "hardware/fasteners", "country": "DE", "price_min": "0.01",
        "price_max": "9", "moq": "1000000", "sample": "false", "verified": "false", "supplier": "~@company_number", "sort": "newest", "limit": "5", "cursor": "",
        "facets": "true"}),
    Operation("GET /halls", EVERYONE, "nobody", query={"market": "export"}),
    Operation("GET /suggest", EVERYONE, "nobody", query={"q": "bo", "language": "en", "limit": "5"}),
    Operation("POST /inquiries", BUYING, body={"offer_id": "~@partner_offer", "text": "How long?", "quantity": "500", "file_ids": ["@attachment"]}),
    Operation("GET /rfqs", MEMBER, query={"view": "own", "cursor": "", "limit": "5"}),
    Operation("POST /rfqs", BUYING, body={
        "title": "Bolts", "category": "hardware/fasteners", "currency": "USD", "incoterm": "FOB", "named_place": "Ningbo", "destination": "DE",
        "closes_at": _moment(10), "market": "export", "details": "zinc", "ship_by": _day(60), "file_ids": ["@attachment"],
        "lines": [{"description": "Bolts", "quantity": "100", "unit": "H87", "target_price": "0.40", "offer_id": "~@partner_offer"}]}),
    Operation("GET /rfqs/{rfq_id}", PARTY, path={"rfq_id": "@cancelled_rfq"}),
    Operation("POST /rfqs/{rfq_id}/close", BUYING, path={"rfq_id": "@rfq"}),
    Operation("POST /rfqs/{rfq_id}/cancel", BUYING + " | operator", path={"rfq_id": "@rfq"}),
    Operation("GET /rfqs/{rfq_id}/quotes", PARTY, path={"rfq_id": "@rfq"}, query={"history": "true"},
              open="an open request is everybody's; a supplier sees its own quotes for it, here none"),
    Operation("POST /rfqs/{rfq_id}/quotes", SELLING, path={"rfq_id": "~@rfq_to_quote"}, body=_QUOTE),
    Operation("GET /quotes", MEMBER, query={"cursor": "", "limit": "5"}),
    Operation("GET /quotes/{quote_id}", PARTY, path={"quote_id": "@quote_received"}),
    Operation("POST /quotes/{quote_id}/revise", SELLING, path={"quote_id": "@quote_sent"}, body=_QUOTE),
    Operation("POST /quotes/{quote_id}/withdraw", SELLING, path={"quote_id": "@quote_sent"}),
    Operation("POST /quotes/{quote_id}/decline", BUYING, path={"quote_id": "@quote_received"}),
    Operation("POST /quotes/{quote_id}/award/preview", BUYING, path={"quote_id": "@quote_received"}, body={"ship_by": _day(90), "remarks": "soon"},
              writes=False, keyless=True),
    Operation("POST /quotes/{quote_id}/award", BUYING, path={"quote_id": "@quote_received"}, body={"ship_by": _day(90), "remarks": "soon"}),
    Operation("GET /orders", PARTY, query={"side": "buyer", "open": "true", "cursor": "", "limit": "5"}),
    Operation("POST /orders", BUYING, body=_ORDER | {"expected_total": {"amount": "420.00", "currency": "USD"}}),
    Operation("POST /orders/samples/preview", MEMBER, body=_SAMPLE, writes=False, keyless=True),
    Operation("POST /orders/samples", BUYING, body=_SAMPLE),
    Operation("POST /frameworks/preview", MEMBER, body=_FRAMEWORK, writes=False, keyless=True),
    Operation("POST /frameworks", BUYING, body=_FRAMEWORK),
    Operation("POST /quotes/{quote_id}/award-framework/preview", BUYING, path={"quote_id": "@quote_plain"}, writes=False, keyless=True,
              body={"valid_until": _day(200), "least": "10.00", "seller_confirms": True, "remarks": "soon"}),
    Operation("POST /quotes/{quote_id}/award-framework", BUYING, path={"quote_id": "@quote_plain"},
              body={"valid_until": _day(200), "least": "10.00", "seller_confirms": True, "remarks": "soon"}),
    Operation("GET /orders/{order_id}/framework", PARTY, path={"order_id": "@bought_frame"}),
    Operation("POST /orders/{order_id}/call-offs/preview", BUYING, path={"order_id": "@bought_frame"}, body=_CALL, writes=False, keyless=True),
    Operation("POST /orders/{order_id}/call-offs", BUYING, path={"order_id": "@bought_frame"}, body=_CALL),
    Operation("POST /orders/{order_id}/end", TRADING, path={"order_id": "@bought_frame"}),
    Operation("POST /orders/{order_id}/keep", TRADING, path={"order_id": "@sold_frame"}),
    Operation("GET /group-buys", EVERYONE, "nobody", query={"market": "export", "hall": "hardware"}),
    Operation("GET /group-buys/{group_id}", EVERYONE, "nobody", path={"group_id": "~@partner_group"}),
    Operation("POST /group-buys", SELLING, body={
        "offer": "@offer", "threshold": "1000", "unit_price": "0.40", "least": "100", "most": "5000", "closes_at": _moment(9),
        "lead_time_days": 20, "incoterm": "FOB", "named_place": "Ningbo"}),
    Operation("POST /group-buys/{group_id}/join/preview", MEMBER, path={"group_id": "~@partner_group"}, body=_JOIN, writes=False, keyless=True),
    Operation("POST /group-buys/{group_id}/join", BUYING, path={"group_id": "~@partner_group"}, body=_JOIN),
    Operation("POST /group-buys/{group_id}/close", SELLING, path={"group_id": "@group"}),
    Operation("POST /orders/preview", MEMBER, body=_ORDER, writes=False, keyless=True),
    Operation("GET /orders/{order_id}", PARTY, path={"order_id": "@sold_offered"}),
    Operation("GET /buyers/{number}", PARTY, path={"number": "@company_number"},
              open="an open request is every supplier's business, and its buyer's record with it"),
    Operation("GET /orders/{order_id}/contract.pdf", PARTY, path={"order_id": "@sold_offered"}),
    Operation("GET /orders/{order_id}/papers/{kind}", PARTY, path={"order_id": "@sold_offered", "kind": "~proforma"}),
    Operation("POST /orders/{order_id}/sign", SELLING, path={"order_id": "@sold_offered"}, body={"terms_hash": "~@sold_offered_hash"}),
    Operation("POST /orders/{order_id}/decline", SELLING, path={"order_id": "@sold_offered"}, body=_REASON),
    Operation("POST /orders/{order_id}/cancel", TRADING, path={"order_id": "@bought_agreed"}, body=_REASON),
    Operation("POST /orders/{order_id}/call-off", TRADING, path={"order_id": "@sold_funded"}, body=_REASON),
    Operation("POST /orders/{order_id}/stages/{n}/pay", PURSE, path={"order_id": "@due", "n": "~1"}),
    Operation("POST /orders/{order_id}/ship", SELLING, path={"order_id": "@sold_funded"}, body=_SHIP),
    Operation("GET /orders/{order_id}/amendments", PARTY, path={"order_id": "@sold_offered"}),
    Operation("POST /orders/{order_id}/amendments", TRADING, path={"order_id": "@sold_funded"}, body={"lines": [{"n": 1, "quantity": "900", "unit_price": "0.40"}], "note": "less"}),
    Operation("POST /amendments/{amendment_id}/sign", TRADING, path={"amendment_id": "@to_answer"}, body={"terms_hash": "~@to_answer_hash"}),
    Operation("POST /amendments/{amendment_id}/refuse", TRADING, path={"amendment_id": "@to_refuse"}, body=_REASON),
    Operation("POST /amendments/{amendment_id}/take-back", TRADING, path={"amendment_id": "@proposed"}),
    Operation("POST /orders/{order_id}/show", SELLING, path={"order_id": "@sold_making"}, body={"kind": "production_photo", "files": ["@photo"], "note": "line 2"}),
    Operation("POST /orders/{order_id}/stages/{n}/confirm", BUYING, path={"order_id": "@bought_shown", "n": "~1"}),
    Operation("POST /orders/{order_id}/stages/{n}/send-back", BUYING, path={"order_id": "@bought_shown", "n": "~1"}, body=_REASON),
    Operation("GET /inspectors", EVERYONE, "nobody"),
    Operation("GET /inspections", PARTY, query={"cursor": "", "limit": "5"}),
    Operation("GET /inspections/{inspection_id}", PARTY, path={"inspection_id": "@inspects_ready"}),
    Operation("GET /inspections/{inspection_id}/report.pdf", PARTY, path={"inspection_id": "@failed_inspection"}),
    Operation("POST /orders/{order_id}/inspections", TRADING, path={"order_id": "@bought_funded"}, body={
        "inspector": "~@inspector", "fee": "300.00", "wanted_on": _day(21), "place": "Hall 3", "lines": [{"line": 1, "quantity": "1000"}],
        "level": "II", "note": ""}),
    Operation("POST /inspections/{inspection_id}/accept", SELLING, path={"inspection_id": "@inspects_asked"}),
    Operation("POST /inspections/{inspection_id}/decline", SELLING, path={"inspection_id": "@inspects_asked"}, body=_REASON),
    Operation("POST /inspections/{inspection_id}/cancel", TRADING, path={"inspection_id": "@bought_inspection"}, body=_REASON),
    Operation("POST /inspections/{inspection_id}/waive", BUYING, path={"inspection_id": "@failed_inspection"}, body=_REASON),
    Operation("POST /inspections/{inspection_id}/packed", SELLING, path={"inspection_id": "@sold_inspection"}, body={"percent": 90}),
    Operation("POST /inspections/{inspection_id}/pay", "owner or buyer or seller | owner or finance", path={"inspection_id": "@bought_inspection"}),
    Operation("POST /inspections/{inspection_id}/report", SELLING, path={"inspection_id": "@inspects_ready"}, body={
        "lines": [{"line": 1, "defects": {"critical": 0, "major": 1, "minor": 2}}], "files": ["@photo"], "remarks": "fine"}),
    Operation("POST /orders/{order_id}/finish-shipping", SELLING, path={"order_id": "@sold_part"}),
    Operation("POST /orders/{order_id}/accept", BUYING, path={"order_id": "@bought_shipped"}, body={"lines": [{"line": 1, "quantity": "1"}]}),
    Operation("POST /orders/{order_id}/receive", BUYING, path={"order_id": "@bought_shipped"}),
    Operation("POST /orders/{order_id}/claims", BUYING, path={"order_id": "@bought_shipped"}, body={
        "lines": [{"line": 1, "reason": "short", "quantity": "10"}], "remedy": "refund", "amount": _TEN, "text": "ten are missing", "files": ["@photo"]}),
    Operation("GET /claims", PARTY, query={"open": "true", "cursor": "", "limit": "5"}),
    Operation("GET /claims/{claim_id}", PARTY, path={"claim_id": "@claim_made"}),
    Operation("POST /claims/{claim_id}/answer", SELLING, path={"claim_id": "@claim_got"}, body={"text": "we look", "remedy": "refund", "amount": _TEN}),
    Operation("POST /claims/{claim_id}/evidence", TRADING, path={"claim_id": "@claim_made"}, body={"text": "seen", "files": ["@photo"]}),
    Operation("POST /claims/{claim_id}/offers", TRADING, path={"claim_id": "@claim_talked"}, body={"remedy": "refund", "amount": _TEN, "note": "fair"}),
    Operation("POST /claims/{claim_id}/offers/{offer_id}/accept", TRADING, path={"claim_id": "@claim_talked", "offer_id": "@claim_offer"}),
    Operation("POST /claims/{claim_id}/hand-over", BUYING, path={"claim_id": "@claim_returning"}, body={"carrier": "DHL", "number": "1"}),
    Operation("POST /claims/{claim_id}/take-back", SELLING, path={"claim_id": "@claim_returned"}),
    Operation("POST /claims/{claim_id}/send-again", SELLING, path={"claim_id": "@claim_replacing"}, body={"carrier": "SF", "number": "1"}),
    Operation("POST /claims/{claim_id}/take-replacement", BUYING, path={"claim_id": "@claim_replaced"}),
    Operation("POST /claims/{claim_id}/inspections", TRADING, path={"claim_id": "@claim_made"}, body=_VISIT_OF_CLAIM),
    Operation("POST /office/claims/{claim_id}/inspections", OPERATOR, "operator", {"claim_id": "@claim_escalated"}, body=_VISIT_OF_CLAIM),
    Operation("POST /claims/{claim_id}/escalate", TRADING, path={"claim_id": "@claim_replaced"}),
    Operation("POST /claims/{claim_id}/withdraw", BUYING, path={"claim_id": "@claim_made"}),
    Operation("POST /claims/{claim_id}/appeal", TRADING, path={"claim_id": "@claim_ruled"}, body={"reasons": "other goods"}),
    Operation("POST /claims/{claim_id}/waive", TRADING, path={"claim_id": "@claim_ruled"}),
    Operation("POST /office/claims/{claim_id}/rule", OPERATOR, "operator", {"claim_id": "@claim_escalated"}, proof="fresh",
              body={"ground": "not_proven", "to_buyer": _TEN, "reasons": "seen", "seen": 4}),
    Operation("GET /reviews", MEMBER, query={"box": "written", "cursor": "", "limit": "5"}),
    Operation("GET /orders/{order_id}/reviews", PARTY, path={"order_id": "@reviewed"}),
    Operation("POST /orders/{order_id}/reviews", TRADING, path={"order_id": "@bought_completed"}, body={
        "grades": _BUYERS_GRADES, "text": "as agreed", "pictures": ["@photo"]}),
    Operation("POST /reviews/{review_id}/revise", TRADING, path={"review_id": "@review_made"}, body={
        "grades": _BUYERS_GRADES, "text": "better now", "pictures": ["@photo"], "keep_pictures": True}),
    Operation("POST /reviews/{review_id}/reply", TRADING, path={"review_id": "@review_got"}, body={"text": "thank you"}),
    Operation("GET /companies/{number}/reviews", EVERYONE, "nobody", {"number": "~@company_number"}, query={"cursor": "", "limit": "5"}),
    Operation("GET /buyers/{number}/reviews", PARTY, path={"number": "@company_number"}, query={"cursor": "", "limit": "5"},
              open="an open request is every supplier's business, and its buyer's reviews with it"),
    Operation("POST /office/reviews/{review_id}/hide", OPERATOR, "operator", {"review_id": "@review_got"}, proof="fresh", body={"reason": "insults"}),
    Operation("POST /office/reviews/{review_id}/unhide", OPERATOR, "operator", {"review_id": "@review_hidden"}, proof="fresh", body={"reason": "a quotation"}),
    Operation("POST /orders/{order_id}/withdraw-report", BUYING, path={"order_id": "@bought_frozen"}),
    Operation("GET /orders/{order_id}/extensions", PARTY, path={"order_id": "@bought_shipped"}),
    Operation("POST /orders/{order_id}/extensions", TRADING, path={"order_id": "@sold_shipped"}, body={"kind": "receipt", "days": 5, "reason": "customs"}),
    Operation("POST /orders/{order_id}/extensions/{extension_id}/grant", TRADING, path={"order_id": "@bought_shipped", "extension_id": "@asked_of_us"}),
    Operation("POST /orders/{order_id}/extensions/{extension_id}/refuse", TRADING, path={"order_id": "@bought_shipped", "extension_id": "@asked_of_us"}, body={"reason": "no"}),
    Operation("POST /orders/{order_id}/extensions/{extension_id}/take-back", TRADING, path={"order_id": "@sold_funded", "extension_id": "@asked_by_us"}),
    Operation("POST /office/fx/rates", CASHIER, "operator", body={"allow_jumps": "false"}, files={"file": _rates}),
    Operation("GET /office/fx/covers", CASHIER, "operator"),
    Operation("POST /office/fx/covers", CASHIER, "operator", proof="fresh",
              body={"sold": {"amount": "10.00", "currency": "USD"}, "bought": {"amount": "9.26", "currency": "EUR"}, "traded_on": _day(0), "bank_ref": _slip}),
    Operation("POST /office/fx/covers/{cover_id}/book", CASHIER, "operator", {"cover_id": "@cover"}, proof="fresh"),
    Operation("POST /office/fx/covers/{cover_id}/withdraw", CASHIER, "operator", {"cover_id": "@cover"}, proof="fresh"),
    # ── the operator's money ──
    Operation("GET /office/batches", OPERATOR, "operator", query={"state": "", "cursor": "", "limit": "5"}),
    Operation("GET /office/batches/{batch_id}", OPERATOR, "operator", {"batch_id": "@batch_filed"}),
    Operation("POST /office/batches/{batch_id}/prepare", OPERATOR, "operator", {"batch_id": "@batch_open"}, proof="fresh"),
    Operation("POST /office/batches/{batch_id}/reopen", OPERATOR, "operator", {"batch_id": "@batch_prepared"}, proof="fresh"),
    Operation("POST /office/batches/{batch_id}/release", OPERATOR, "operator", {"batch_id": "@batch_prepared"}, proof="fresh",
              body={"total": "12000.00"}),
    Operation("POST /office/batches/{batch_id}/file", OPERATOR, "operator", {"batch_id": "@batch_released"}, proof="fresh"),
    Operation("POST /office/batches/{batch_id}/file-again", OPERATOR, "operator", {"batch_id": "@batch_filed"}, proof="fresh", body=_WHY),
    Operation("POST /office/batches/{batch_id}/hand-over", OPERATOR, "operator", {"batch_id": "@batch_filed"}, proof="fresh"),
    Operation("GET /office/payouts", OPERATOR, "operator", query={"which": "held", "cursor": "", "limit": "5"}),
    Operation("GET /office/payouts/{payout_id}", OPERATOR, "operator", {"payout_id": "@payout_held"}),
    Operation("POST /office/payouts/{payout_id}/approve", OPERATOR, "operator", {"payout_id": "@payout_asked"}, proof="fresh"),
    Operation("POST /office/payouts/{payout_id}/take-out", OPERATOR, "operator", {"payout_id": "@payout_batched"}, proof="fresh", body=_WHY),
    Operation("POST /office/payouts/{payout_id}/readmit", OPERATOR, "operator", {"payout_id": "@payout_held"}, proof="fresh"),
    Operation("POST /office/payouts/{payout_id}/cancel", OPERATOR, "operator", {"payout_id": "@payout_held"}, proof="fresh", body=_WHY),
    Operation("POST /office/payouts/{payout_id}/settle", OPERATOR, "operator", {"payout_id": "@payout_filed"}, proof="fresh", body={
        "bank_ref": "NTRF1"}),
    Operation("POST /office/payouts/{payout_id}/bounce", OPERATOR, "operator", {"payout_id": "@payout_filed"}, proof="fresh", body=_WHY),
    Operation("GET /office/bank-accounts", OPERATOR, "operator", query={"cursor": "", "limit": "5"}),
    Operation("GET /office/bank-accounts/{account_id}", OPERATOR, "operator", {"account_id": "@looked_account"}),
    Operation("POST /office/bank-accounts/{account_id}/look", OPERATOR, "operator", {"account_id": "@spare_account"}, proof="fresh", body={
        "evidence": "letter seen"}),
    Operation("POST /office/bank-accounts/{account_id}/confirm", OPERATOR, "operator", {"account_id": "@looked_account"}, proof="fresh"),
    Operation("POST /office/bank-accounts/{account_id}/refuse", OPERATOR, "operator", {"account_id": "@spare_account"}, proof="fresh", body=_WHY),
    Operation("GET /office/debts", OPERATOR, "operator", query={"cursor": "", "limit": "5"}),
    Operation("GET /office/chargebacks", OPERATOR, "operator", query={"state": "open", "cursor": "", "limit": "5"}),
    Operation("GET /office/chargebacks/exposure", OPERATOR, "operator"),
    Operation("GET /office/chargebacks/{chargeback_id}", OPERATOR, "operator", {"chargeback_id": "@chargeback"}),
    Operation("POST /office/chargebacks/{chargeback_id}/answer", OPERATOR, "operator", {"chargeback_id": "@chargeback"}, proof="fresh", body={
        "answer": "contest", "evidence": "signed for on Monday"}),
    Operation("GET /office/bank/statements", CASHIER, "operator", query={"cursor": "", "limit": "5"}),
    Operation("POST /office/bank/statements", CASHIER, "operator", files={"file": _statement}),
    Operation("GET /office/bank/statements/{statement_id}", CASHIER, "operator", {"statement_id": "@bank_statement"}),
    Operation("GET /office/bank/lines", CASHIER, "operator", query={"state": "open", "cursor": "", "limit": "5"}),
    Operation("GET /office/bank/lines/{line_id}", CASHIER, "operator", {"line_id": "@bank_line"}),
    Operation("POST /office/bank/lines/{line_id}/assign", CASHIER, "operator", {"line_id": "@bank_line"}, proof="fresh", body=_WHY | {
        "parts": [{"payment": "@awaited", "amount": "5.00"}]}),
    Operation("POST /office/bank/lines/{line_id}/return", CASHIER, "operator", {"line_id": "@bank_line"}, proof="fresh", body=_WHY | {
        "name": "Somebody", "account": "DE44500105175407324931", "bic": ""}),
    Operation("POST /office/bank/lines/{line_id}/costs", CASHIER, "operator", {"line_id": "@bank_line"}, proof="fresh", body=_WHY,
              answers=(422,), writes=False),
    Operation("POST /office/bank/lines/{line_id}/sent", CASHIER, "operator", {"line_id": "@bank_line"}, proof="fresh", body=_WHY | {
        "owed": "@bank_line"}, answers=(422,), writes=False),
    Operation("POST /office/bank/lines/{line_id}/keep", CASHIER, "operator", {"line_id": "@bank_line"}, proof="fresh", body=_WHY),
    Operation("POST /office/bank/lines/{line_id}/cover", CASHIER, "operator", {"line_id": "@bank_line"}, proof="fresh", body=_WHY | {
        "cover": "@bank_line"}, answers=(422,), writes=False),
    Operation("POST /office/bank/lines/{line_id}/withdrawal", CASHIER, "operator", {"line_id": "@bank_line"}, proof="fresh", body=_WHY | {
        "withdrawal": "@bank_line"}, answers=(422,), writes=False),
    Operation("POST /office/bank/lines/{line_id}/paid", CASHIER, "operator", {"line_id": "@bank_line"}, proof="fresh", body=_WHY | {
        "paid": ["@bank_line"]}, answers=(422,), writes=False),
    Operation("POST /office/bank/lines/{line_id}/bounced", CASHIER, "operator", {"line_id": "@bank_line"}, proof="fresh", body=_WHY | {
        "payout": "@bank_line", "why": "AC04"}, answers=(422,), writes=False),
    Operation("POST /office/bank/returns/{return_id}/take-out", OPERATOR, "operator", {"return_id": "@bank_return"}, proof="fresh", body=_WHY),
    Operation("POST /office/bank/returns/{return_id}/bounce", OPERATOR, "operator", {"return_id": "@bank_return"}, proof="fresh", body=_WHY,
              answers=(409,), writes=False),
    Operation("POST /office/bank/returns/{return_id}/readmit", OPERATOR, "operator", {"return_id": "@bank_return"}, proof="fresh",
              answers=(409,), writes=False),
    Operation("GET /office/provider-events", OPERATOR, "operator", query={"settled": "true", "cursor": "", "limit": "5"}),
    Operation("POST /office/provider-events/{event_id}/settle", OPERATOR, "operator", {"event_id": "@event"}, body=_WHY),
    Operation("GET /office/bank/decisions", CASHIER, "operator"),
    Operation("POST /office/bank/decisions/{decision_id}/approve", CASHIER, "operator", {"decision_id": "@bank_decision"}, proof="fresh"),
    Operation("POST /office/bank/decisions/{decision_id}/withdraw", CASHIER, "operator", {"decision_id": "@bank_decision"}, proof="fresh"),
    Operation("GET /office/bank/returns", CASHIER, "operator", query={"state": "waiting"}),
    Operation("GET /office/bank/breaks", CASHIER, "operator", query={"settled": "false", "cursor": "", "limit": "5"}),
    Operation("GET /office/bank/breaks/{break_id}", CASHIER, "operator", {"break_id": "@bank_break"}),
    Operation("POST /office/bank/breaks/{break_id}/settle", CASHIER, "operator", {"break_id": "@bank_break"}, body=_WHY),
    Operation("GET /office/books/trial", OPERATOR, "operator", query={"on": _day(0)}),
    Operation("GET /office/books/accounts", OPERATOR, "operator", query={"prefix": "platform:", "cursor": "", "limit": "5"}),
    Operation("GET /office/books/journal", OPERATOR, "operator", looks=("companies_auditnote",), query={
        "of": "account", "what": "@wallet_address", "from_on": _day(-9), "to_on": _day(1), "cursor": "", "limit": "5"}),
    Operation("GET /office/books/entries/{entry_id}", OPERATOR, "operator", {"entry_id": "@entry"}),
    Operation("POST /office/books/entries/{entry_id}/correct", OPERATOR, "operator", {"entry_id": "@cost_entry"}, proof="fresh", body=_WHY),
    Operation("GET /office/books/periods", OPERATOR, "operator"),
    Operation("GET /office/books/periods/{month}", OPERATOR, "operator", {"month": f"~{_day(0)[:7]}"}),
    Operation("GET /office/books/periods/{month}/checks", OPERATOR, "operator", {"month": f"~{_day(0)[:7]}"}),
    Operation("POST /office/books/periods/{month}/close", OPERATOR, "operator", {"month": f"~{_day(0)[:7]}"}, proof="fresh",
              answers=(409,), writes=False),
    Operation("POST /office/books/periods/{month}/confirm", OPERATOR, "operator", {"month": f"~{_day(0)[:7]}"}, proof="fresh",
              answers=(404,), writes=False),
    Operation("POST /office/books/periods/{month}/withdraw", OPERATOR, "operator", {"month": f"~{_day(0)[:7]}"}, proof="fresh",
              answers=(404,), writes=False),
    Operation("GET /office/books/state", OPERATOR, "operator"),
    Operation("POST /office/freezes", OPERATOR, "operator", proof="fresh", body=_WHY),
    Operation("POST /office/freezes/{freeze_id}/lift", OPERATOR, "operator", {"freeze_id": "~01a20000-0000-7000-8000-000000000000"}, proof="fresh",
              body=_WHY, answers=(404, 409), writes=False),
    Operation("GET /office/credit", OPERATOR, "operator"),
    Operation("GET /office/rails", OPERATOR, "operator", query={"currency": "USD"}),
    Operation("GET /office/rails/{code}", OPERATOR, "operator", {"code": "~sandbox"}),
    Operation("POST /office/rails/{code}/order", OPERATOR, "operator", {"code": "~sandbox"}, proof="fresh", body=_WHY | {
        "open": True, "ends_on": _day(40)}),
    Operation("GET /office/rail-accounts", OPERATOR, "operator"),
    Operation("GET /office/rail-breaks", OPERATOR, "operator", query={"state": "open", "cursor": "", "limit": "5"}),
    Operation("GET /office/rail-breaks/{break_id}", OPERATOR, "operator", {"break_id": "@rail_break"}),
    Operation("POST /office/rail-breaks/{break_id}/book", OPERATOR, "operator", {"break_id": "@rail_break"}, proof="fresh", body=_WHY),
    Operation("POST /office/rail-breaks/{break_id}/dismiss", OPERATOR, "operator", {"break_id": "@rail_break"}, proof="fresh", body=_WHY),
    # ── discipline ──
    Operation("GET /points", MEMBER),
    Operation("POST /points/{penalty_id}/appeal", OWNING, path={"penalty_id": "@penalty"}, body={"text": "not so", "files": ["@verification_paper"]}),
    Operation("GET /office/discipline", REVIEWER, "operator"),
    Operation("GET /office/companies/{company_id}/points", REVIEWER, "operator", {"company_id": "@company"}),
    Operation("POST /office/companies/{company_id}/points", REVIEWER, "operator", {"company_id": "@company"}, proof="fresh", body={
        "offence": "late_delivery", "acted_on": _day(-3), "reason": "seen", "unresolved": False, "reference": "EF-1001", "files": []}),
    Operation("POST /office/points/{penalty_id}/take-up", REVIEWER, "operator", {"penalty_id": "@penalty_proposed"}, proof="fresh", body={"reason": "seen"}),
    Operation("POST /office/points/{penalty_id}/confirm", REVIEWER, "operator", {"penalty_id": "@penalty_waiting"}, proof="fresh", body={"reason": "seen"}),
    Operation("POST /office/points/{penalty_id}/drop", REVIEWER, "operator", {"penalty_id": "@penalty_proposed"}, proof="fresh", body={"reason": "seen"}),
    Operation("POST /office/points-appeals/{appeal_id}/decide", REVIEWER, "operator", {"appeal_id": "@points_appeal"}, proof="fresh", body={
        "verb": "reduce", "left": 2, "reason": "seen"}),
    Operation("GET /complaints", MEMBER),
    Operation("POST /complaints", BUYING, body={"against": "~@partner_number", "kind": "quality", "amount": "10.00", "currency": "USD",
        "agreed": "cups", "text": "broken", "pay_by": _day(-9), "deliver_by": _day(-2), "files": ["@verification_paper"]}),
    Operation("GET /complaints/{complaint_id}", MEMBER, path={"complaint_id": "@complaint"}),
    Operation("POST /complaints/{complaint_id}/reply", SELLING, path={"complaint_id": "@complaint_got"}, body={"answer": "not so", "files": []}),
    Operation("POST /complaints/{complaint_id}/settle", BUYING, path={"complaint_id": "@complaint"}, body={"reason": "paid back"}),
    Operation("GET /companies/{number}/complaints", EVERYONE, "nobody", {"number": "~@company_number"}),
    Operation("GET /office/complaints/{complaint_id}", REVIEWER, "operator", {"complaint_id": "@complaint_to_look"}, looks=("companies_auditnote",)),
    Operation("POST /office/complaints/{complaint_id}/propose", REVIEWER, "operator", {"complaint_id": "@complaint_to_look"}, proof="fresh",
              body={"finding": "founded", "reason": "seen"}),
    Operation("POST /office/complaints/{complaint_id}/return", REVIEWER, "operator", {"complaint_id": "@complaint_to_decide"}, proof="fresh",
              body={"reason": "seen"}),
    Operation("POST /office/complaints/{complaint_id}/decide", REVIEWER, "operator", {"complaint_id": "@complaint_to_decide"}, proof="fresh",
              body={"reason": "seen"}),
    Operation("GET /blacklist", EVERYONE, "nobody", query={"q": "House"}),
    Operation("POST /blacklist/{listing_id}/appeal", OWNING, path={"listing_id": "@own_entry"}, body={"text": "not so"}),
    Operation("GET /office/blacklist", REVIEWER, "operator"),
    Operation("POST /office/companies/{company_id}/blacklist", REVIEWER, "operator", {"company_id": "@verified_company"}, proof="fresh", body={
        "public_reason": "sold air", "evidence": "P-1"}),
    Operation("POST /office/blacklist/{listing_id}/{verb}", REVIEWER, "operator", {"listing_id": "@entry_proposed", "verb": "~confirm"}, proof="fresh",
              body={"reason": "seen"}),
    Operation("POST /office/reentries/{reentry_id}/judge", REVIEWER, "operator", {"reentry_id": "@reentry"}, proof="fresh",
              body={"finding": "clear", "reason": "seen"}),
    Operation("POST /office/reentries/{reentry_id}/return", REVIEWER, "operator", {"reentry_id": "@reentry_judged"}, proof="fresh", body={"reason": "seen"}),
    Operation("POST /office/reentries/{reentry_id}/decide", REVIEWER, "operator", {"reentry_id": "@reentry_judged"}, proof="fresh", body={"reason": "seen"}),
    # ── verification ──
    Operation("GET /verifications", MEMBER),
    Operation("POST /verifications", OWNING, body={"market": "export", "level": "verified"}, writes=False),
    Operation("GET /verifications/{verification_id}", MEMBER, path={"verification_id": "@verification"}),
    Operation("POST /verifications/{verification_id}/checks/{kind}", OWNING, path={"verification_id": "@verification", "kind": "~identity"}, body={
        "declared": {"name": "House", "number": "12", "legal_person": "We"}, "files": ["@verification_paper"]}),
    Operation("POST /verifications/{verification_id}/submit", OWNING, path={"verification_id": "@verification"}),
    Operation("POST /verifications/{verification_id}/answer", OWNING, path={"verification_id": "@verification"}, body={"answer": "here"},
              answers=(409,), writes=False),
    Operation("POST /verifications/{verification_id}/withdraw", OWNING, path={"verification_id": "@verification"}),
    Operation("GET /companies/{number}/level", EVERYONE, "nobody", {"number": "~@company_number"}, query={"market": "export"}),
    Operation("GET /companies/{number}/standing", EVERYONE, "nobody", {"number": "~@company_number"}, query={"market": "export"}),
    Operation("GET /standing", MEMBER, query={"market": "export"}),
    Operation("POST /standing/count", OWNING, body={"market": "export"}),
    Operation("GET /verification-levels", EVERYONE, "nobody", query={"market": "export"}),
    Operation("GET /verification-line", EVERYONE, "nobody"),
    Operation("GET /office/admission", REVIEWER, "operator"),
    Operation("GET /office/admission/forecast", REVIEWER, "operator", query={"applicants": "500", "days": "10", "fraud": "0.02", "reviewers": "4"}),
    Operation("GET /office/sanction-lists", REVIEWER, "operator"),
    Operation("POST /office/sanction-lists", LISTKEEPER, "operator", proof="fresh", body={"source": "ofac-sdn", "edition_on": _day(0), "allow_gaps": "false"},
              files={"files": _sanctions}),
    Operation("GET /office/hits", REVIEWER, "operator"),
    Operation("GET /office/hits/{hit_id}", REVIEWER, "operator", {"hit_id": "@hit_open"}, looks=("companies_auditnote",)),
    Operation("POST /office/hits/{hit_id}/propose", REVIEWER, "operator", {"hit_id": "@hit_open"}, proof="fresh",
              body={"proposal": "confirm", "reason": "the same"}),
    Operation("POST /office/hits/{hit_id}/clear", REVIEWER, "operator", {"hit_id": "@hit_open"}, proof="fresh", body={"reason": "another street"}),
    Operation("POST /office/hits/{hit_id}/confirm", REVIEWER, "operator", {"hit_id": "@hit_proposed"}, proof="fresh", body={"reason": "the same"}),
    Operation("POST /office/hits/{hit_id}/return", REVIEWER, "operator", {"hit_id": "@hit_proposed"}, proof="fresh", body={"reason": "which number"}),
    Operation("POST /office/hits/{hit_id}/reopen", REVIEWER, "operator", {"hit_id": "@hit_cleared"}, proof="fresh", body={"reason": "new papers"}),
    Operation("GET /office/brought", SALES, "sales"),
    Operation("POST /office/brought", SALES, "sales", body={"number": "~@company_number", "note": "met at the fair"}),
    Operation("GET /office/own-traits", REVIEWER, "operator"),
    Operation("POST /office/own-traits", REVIEWER, "operator", body={"kind": "bank", "value": "DE89 3704 0044 0532 0130 99"}),
    Operation("GET /office/verifications", REVIEWER, "operator"),
    Operation("GET /office/verifications/{verification_id}", REVIEWER, "operator", {"verification_id": "@case_to_look"}, looks=("companies_auditnote",)),
    Operation("POST /office/verifications/{verification_id}/checks/{kind}", REVIEWER, "operator", {"verification_id": "@case_to_look", "kind": "~licence"},
              proof="fresh", body={"result": "passed", "found": {"name": "House"}, "reason": "seen", "valid_until": _day(300), "cost": "12.50", "currency": "USD"}),
    Operation("POST /office/verifications/{verification_id}/ask", REVIEWER, "operator", {"verification_id": "@case_to_look"}, proof="fresh",
              body={"question": "which factory?"}),
    Operation("POST /office/verifications/{verification_id}/propose", REVIEWER, "operator", {"verification_id": "@case_to_look"}, proof="fresh",
              body={"proposal": "refuse", "reason": "an old licence"}),
    Operation("POST /office/verifications/{verification_id}/return", REVIEWER, "operator", {"verification_id": "@case_to_grant"}, proof="fresh", body={"reason": "look again"}),
    Operation("POST /office/verifications/{verification_id}/grant", REVIEWER, "operator", {"verification_id": "@case_to_grant"}, proof="fresh", body={"reason": "agreed"}),
    Operation("POST /office/verifications/{verification_id}/refuse", REVIEWER, "operator", {"verification_id": "@case_to_refuse"}, proof="fresh", body={"reason": "agreed"}),
    # ── risk ──
    Operation("GET /office/risk/cases", REVIEWER, "operator"),
    Operation("POST /office/risk/cases", REVIEWER, "operator", proof="fresh", body={"company_number": "~@company_number", "reason": "seen"}),
    Operation("GET /office/risk/cases/{case_id}", REVIEWER, "operator", {"case_id": "@risk_case"}, looks=("companies_auditnote",)),
    Operation("GET /office/risk/cases/{case_id}/graph", REVIEWER, "operator", {"case_id": "@risk_case"}, looks=("companies_auditnote",)),
    Operation("POST /office/risk/cases/{case_id}/hold", REVIEWER, "operator", {"case_id": "@risk_case"}, proof="fresh", body={"reason": "look"}),
    Operation("POST /office/risk/cases/{case_id}/confirm", REVIEWER, "operator", {"case_id": "@risk_case"}, proof="fresh", body={"reason": "seen"}),
    Operation("POST /office/risk/cases/{case_id}/clear", REVIEWER, "operator", {"case_id": "@risk_case"}, proof="fresh", body={"reason": "fine"}),
    Operation("POST /office/companies/{company_id}/links", OPERATOR, "operator", {"company_id": "@company"}, proof="fresh",
              body={"person": "@clerk", "kind": "earned", "note": "commission"}),
    Operation("GET /office/issues", OPERATOR, "operator", query={"cursor": "", "limit": "5"}),
    Operation("POST /office/orders/{order_id}/resolve", OPERATOR, "operator", {"order_id": "@bought_frozen"}, proof="fresh", body={"buyer_share": "0.25", "reason": "seen"}),
    Operation("POST /office/companies/{company_id}/stops", OPERATOR, "operator", {"company_id": "@company"}, proof="fresh",
              body={"kind": "payout", "reason": "odd", "until": _moment(9)}),
]  # fmt: skip
