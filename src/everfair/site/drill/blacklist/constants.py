"""What the invented world is made of. Fixed before the detectors were written, and not changed to please them.

«published» figures: the company's filing of February 2011 as told by TIME, Internet Retailer and webretailer (rules.md §2); «deliveries»:
USAID's supply chain of 2006–2012; the rest is assumption, chosen so that honest suppliers look odd and frauds adapt.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Constants:
    days: int = 730
    # 1,219 accounts were 1.1 % of 2009, 1,107 were 0.8 % of 2010 (published): 110,800 accounts grew to 138,400.
    there_at_start: float = 0.6
    there_after_a_year: float = 0.8
    # Of them these shares come new; with those who come again after being closed the unprotected years reach 1.1 % and 0.8 %.
    fraud_first_year: float = 0.0090
    fraud_second_year: float = 0.0040
    # About a hundred of 5,000 sellers of memberships helped (published).
    suppliers_per_salesperson: int = 22
    colluding: float = 0.02
    frauds_brought_by_colluders: float = 0.6
    frauds_by_themselves: float = 0.2
    honest_by_themselves: float = 0.3
    colluder_is_good_at_honest_business: float = 0.5

    # Frauds come in rings; half of the rings adapt.
    ring_mean: float = 6.0
    ring_most: int = 30
    adaptive: float = 0.5
    again_after_being_closed: float = 0.5

    # Shared traits: how likely an account of a ring takes one that the ring used before (naive, adaptive).
    shares_phone: tuple[float, float] = (0.7, 0.0)
    shares_device: tuple[float, float] = (0.8, 0.35)
    shares_bank: tuple[float, float] = (0.7, 0.3)
    shares_document: tuple[float, float] = (0.5, 0.1)
    shares_address: tuple[float, float] = (0.5, 0.1)
    steals_photos: tuple[float, float] = (0.3, 0.6)

    # Honest, and odd: an office block, an agent's telephone, one bank for a family of firms, the maker's photographs, clearance.
    in_office_block: float = 0.15
    firms_per_block: int = 25
    agent_phone: float = 0.03
    firms_per_agent: int = 10
    family_bank: float = 0.01
    makers_photos: float = 0.2
    clearance: float = 0.10
    clearance_listings: float = 0.2
    viral: float = 0.01
    honest_in_hot: float = 0.09
    honest_contact_in_message: float = 0.06

    # Listings and prices against the category's middle.
    honest_listings: tuple[int, int] = (3, 12)
    honest_price_spread: float = 0.22
    clearance_price: tuple[float, float] = (0.45, 0.70)
    fraud_price_naive: tuple[float, float] = (0.35, 0.65)
    fraud_price_adaptive: tuple[float, float] = (0.50, 0.80)
    fraud_moq_naive: int = 10
    fraud_moq_adaptive: int = 30
    fraud_in_hot: float = 0.8
    sleeps_days: tuple[int, int] = (20, 60)

    # Deals. Claims were mostly under 1,200 US dollars (published).
    honest_deals_a_month: float = 0.4
    honest_value_median: float = 2500.0
    fraud_value_median: tuple[float, float] = (600.0, 450.0)
    fraud_value_spread: float = 0.7
    fraud_days_between_victims: tuple[float, float] = (9.0, 12.0)
    fraud_campaign_days: tuple[int, int] = (120, 150)
    washes: float = 0.5
    bait: tuple[float, float] = (0.75, 0.60)
    inquiries_per_deal: float = 1.5
    outside: float = 0.5
    # Of buyers who would pay inside, a fraud talks so many into paying outside; of the others it drops so many.
    talked_outside: float = 0.25
    dropped_if_inside: float = 0.7

    # Late 9 % (deliveries); complaints.
    late: float = 0.09
    honest_complaint: float = 0.015
    honest_lost_dispute: float = 0.004
    rates: float = 0.4
    victim_complains: float = 0.6
    complains_after: tuple[int, int] = (20, 50)

    # People. A forged paper is seen by who looks, and by who decides; a case is judged rightly; the days a case takes.
    maker_sees: float = 0.35
    checker_sees: float = 0.20
    honest_refused: float = 0.002
    confirms_fraud: float = 0.92
    clears_honest: float = 0.97
    case_days: tuple[int, int] = (1, 2)
    appeal_days: int = 7
    complaint_days: int = 5
    founds_true: float = 0.9
    founds_false: float = 0.05
    # How a platform without protection closed an account: after so many complaints, so many days later.
    closes_after_complaints: int = 3
    closes_days_later: int = 30


CONSTANTS = Constants()
# Categories with what a unit costs in the middle (US dollars). The hot ones were the electronics of those years.
HOT = ("phones", "tablets", "memory-cards", "game-consoles", "cameras")
CATEGORIES = {
    "phones": 140.0, "tablets": 120.0, "memory-cards": 6.0, "game-consoles": 160.0, "cameras": 180.0, "headphones": 9.0, "chargers": 4.0,
    "led-lamps": 3.5, "solar-panels": 95.0, "power-tools": 28.0, "hand-tools": 5.0, "fasteners": 0.4, "valves": 14.0, "pumps": 85.0,
    "bearings": 2.2, "kettles": 11.0, "cookware": 8.0, "vacuum-bottles": 4.2, "ceramics": 2.6, "furniture": 75.0, "textiles": 3.1,
    "garments": 7.5, "shoes": 12.0, "bags": 9.5, "toys": 3.3, "stationery": 0.9, "paper": 0.7, "packaging": 0.2, "bicycles": 88.0,
    "car-parts": 22.0, "tyres": 41.0, "paint": 6.8, "glass": 15.0, "steel-wire": 0.8, "rubber": 1.9, "cosmetics": 2.4, "health": 5.5,
    "food": 1.6, "tea": 9.0, "machinery": 2400.0,
}  # fmt: skip

__all__ = ["CATEGORIES", "CONSTANTS", "HOT", "Constants"]
