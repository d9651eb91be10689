"""All suppliers together: what they share, who helped them, and what is proposed."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from everfair.risk.drawing import drawn
from everfair.risk.facts import Finding
from everfair.risk.graph import Holders, Pictures, components, nearness
from everfair.risk.scoring import Score, World, propose
from everfair.risk.signals import Brought, staff
from tests.risk.invented import AT, SETTINGS, ago, complaint, deal, fraud, listing, market, message, rating, supplier, world


def spoken(score):
    return {finding.signal: finding.points for finding in score.findings}


def action(w, id):
    found = w.proposals(AT, [id])
    return found[0].action if found else "nothing"


# Whole suppliers.


def test_the_signature_of_2010_is_held():
    assert action(world(fraud()), "f") == "hold"


def test_an_ordinary_supplier_has_no_points_against_it():
    assert world().score("m3", AT).points == 0


def test_what_honest_suppliers_have_that_looks_odd_holds_nobody():
    clearance = supplier("clearance", listings=tuple(listing(35.0, moq=1) for _ in range(5)))
    new = supplier(
        "new", registered_on=ago(20), listings=(listing(90.0, moq=10),), deals=tuple(deal(f"n{i}", 5) for i in range(12))
    )
    courteous = supplier(
        "courteous", listings=(listing(95.0),), messages=tuple(message("call +86 138 0013 8000", f"c{i}") for i in range(9))
    )
    tenant = supplier("tenant", listings=(listing(60.0, moq=5),), traits=frozenset({("address", "hall"), ("phone", "forwarder")}))
    house = [supplier(f"h{i}", traits=frozenset({("address", "hall"), ("phone", "forwarder")})) for i in range(30)]
    slow = supplier("slow", listings=(listing(100.0),), deals=tuple(deal(f"s{i}", 28) for i in range(10)))
    w = world(clearance, new, courteous, tenant, slow, *house, known_bad=("h0",))

    assert {id: action(w, id) for id in ("clearance", "new", "courteous", "tenant", "slow")} == dict.fromkeys(
        ("clearance", "new", "courteous", "tenant", "slow"), "nothing"
    )


def test_one_kind_of_evidence_alone_holds_nobody_but_what_buyers_did_not_get_may():
    signs = tuple(Finding(signal, 40.0) for signal in ("price_below", "hot_low_moq", "bait", "weak_rail"))
    one = Score("x", 60.0, signs[:1])
    two = Score("x", 60.0, (signs[0], signs[2]))
    outcome = Score("x", 60.0, (Finding("unshipped", 45.0), Finding("complaints", 20.0)))

    assert [propose(row, AT).action for row in (one, two, outcome)] == ["watch", "hold", "hold"]
    assert propose(Score("x", 10.0, signs[:1]), AT) is None


def test_a_good_record_takes_from_what_looks_odd_and_not_from_what_buyers_did_not_get():
    good = tuple(deal(f"g{i}", 200, shipped=5) for i in range(30))
    odd = supplier("odd", listings=tuple(listing(30.0) for _ in range(3)), deals=good)
    gone = supplier("gone", listings=odd.listings, deals=(*good, *(deal(f"v{i}", 40) for i in range(12))))
    w = world(odd, replace(odd, id="fresh", deals=()), gone)

    assert w.score("odd", AT).points < w.score("fresh", AT).points
    assert w.score("gone", AT).points >= spoken(w.score("gone", AT))["unshipped"]


def test_country_and_name_say_nothing():
    one = fraud()
    here = world(one).score("f", AT)

    for country in ("US", "DE", "NG", ""):
        assert world(replace(one, country=country)).score("f", AT) == here


def test_a_fraud_that_changed_its_telephone_and_split_its_volume_is_still_near_its_bank():
    old = fraud("old", traits=frozenset({("phone", "1"), ("bank", "b"), ("device", "d")}))
    newer = supplier(
        "new",
        registered_on=ago(20),
        listings=(listing(72.0, moq=10),),
        traits=frozenset({("phone", "2"), ("bank", "b"), ("device", "d")}),
    )
    w = world(old, newer)
    before = w.score("new", AT).points

    w.known_bad.add("old")

    assert w.score("new", AT).points > before + 10
    assert spoken(w.score("new", AT))["known_fraud"] > 40


def test_a_ring_is_found_before_any_of_it_is_confirmed():
    ring = [fraud(f"r{i}", traits=frozenset({("device", "d"), ("phone", f"p{i}")})) for i in range(4)]
    alone = world(fraud("r0", traits=frozenset({("device", "x")})))
    together = world(*ring)

    assert together.score("r0", AT).points > alone.score("r0", AT).points
    assert {"suspect_neighbours", "tied"} <= set(spoken(together.score("r0", AT)))


def test_what_is_known_already_is_not_proposed_again():
    w = world(fraud(), known_bad=("f",))

    assert w.proposals(AT, ["f"]) == []


def test_an_update_is_as_if_the_world_had_been_made_anew():
    first, changed = (
        fraud(traits=frozenset({("bank", "b")})),
        fraud(listings=(listing(99.0, photo=7),), traits=frozenset({("bank", "c")})),
    )
    other = supplier("o", traits=frozenset({("bank", "b")}), listings=(listing(88.0, photo=7),), ratings=(rating("r"),))
    moved = world(first, other)
    moved.update(changed)
    moved.update(replace(other, ratings=()))
    anew = World([*market(), changed, replace(other, ratings=())], set(), frozenset({"phones"}))

    assert moved.prices.median == anew.prices.median
    assert moved.prices.low == anew.prices.low
    assert [moved.score(id, AT) for id in ("f", "o", "m1")] == [anew.score(id, AT) for id in ("f", "o", "m1")]


def test_one_supplier_with_a_thousand_offers_does_not_move_the_market():
    w = world()
    before = dict(w.prices.median)

    w.update(supplier("flood", listings=tuple(listing(1.0) for _ in range(1000))))

    assert abs(w.prices.median["phones"] - before["phones"]) < 2


# The graph.


def holders_of(**traits):
    found = Holders()
    for id, mine in traits.items():
        found.put(id, frozenset(tuple(each.split(":")) for each in mine.split()))
    return found


def near(holders, id, *bad):
    return nearness(id, holders, lambda other: float(other in bad), SETTINGS).strength


def test_beside_one_fraud_at_a_bank_is_near_and_among_thirty_behind_one_telephone_is_not():
    bank = holders_of(a="bank:1", b="bank:1")
    crowd = holders_of(**{f"s{i}": "phone:1" for i in range(31)})
    many_bad = holders_of(**{f"s{i}": "phone:1" for i in range(9)})

    assert near(bank, "a", "b") > 0.6
    assert near(crowd, "s0", "s1") < 0.05
    assert near(many_bad, "s0", *(f"s{i}" for i in range(1, 8))) > 0.6


def test_a_neighbours_neighbour_reaches_damped_and_nothing_comes_back_over_the_way_it_came():
    chain = holders_of(a="bank:1", b="bank:1 device:2", c="device:2")

    assert 0 < near(chain, "a", "c") < near(chain, "b", "c")
    assert near(holders_of(a="bank:1", b="bank:1"), "a", "a") == 0


def test_what_very_many_share_says_nothing():
    mall = holders_of(**{f"s{i}": "address:mall" for i in range(200)})

    assert near(mall, "s0", *(f"s{i}" for i in range(1, 100))) == 0


def test_components_hang_together_by_what_ties_and_not_by_the_house():
    found = holders_of(a="bank:1 address:x", b="bank:1 phone:2", c="phone:2", d="address:x")

    assert components(["a", "b", "c", "d"], found, SETTINGS["link.near"]) == [{"a", "b", "c"}]
    assert found.component("c", SETTINGS["link.near"]) == {"a", "b", "c"}


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["bank", "phone", "address"]), st.integers(0, 4)), max_size=40),
    st.sets(st.integers(0, 9)),
)
def test_nearness_is_a_share_and_more_known_frauds_never_lower_it(rows, bad):
    found = Holders()
    for id in range(10):
        found.put(str(id), frozenset((kind, str(n)) for who, kind, n in rows if who == id))
    few, more = {str(i) for i in bad}, {str(i) for i in bad} | {"9"}

    for id in map(str, range(9)):
        assert 0 <= near(found, id, *few) <= near(found, id, *more) <= 1


@settings(max_examples=60)
@given(st.integers(0, 2**64 - 1), st.sets(st.integers(0, 63), max_size=9))
def test_a_picture_is_found_again_exactly_within_the_distance(photo, flipped):
    pictures = Pictures(6)
    pictures.put("a", frozenset({photo}))
    other = photo
    for bit in flipped:
        other ^= 1 << bit

    assert pictures.near(other) == ({"a"} if len(flipped) <= 6 else set())
    pictures.put("a", frozenset())
    assert pictures.near(photo) == set()


def test_pictures_shared_with_a_fraud_speak_and_a_factorys_own_hardly():
    bad, copy = supplier("bad", listings=(listing(photo=255),)), supplier("copy", listings=(listing(photo=254),))
    factory = [supplier(f"d{i}", listings=(listing(photo=2**60),)) for i in range(20)]
    w = world(bad, copy, *factory, known_bad=("bad",))

    assert spoken(w.score("copy", AT))["same_photos"] > 5
    assert "same_photos" not in spoken(w.score("d0", AT))


def test_the_drawing_is_the_same_every_time_says_what_the_table_says_and_puts_no_two_on_one_spot():
    shares = [("phone", "p", f"s{i}") for i in range(6)] + [
        ("bank", "b", "s0"),
        ("bank", "b", "s1"),
        ("address", "a", "s0"),
        ("address", "a", "s9"),
    ]
    one, again = drawn("s0", shares, {"s1"}), drawn("s0", list(reversed(shares)), {"s1"})

    assert one == again
    assert [(kind, others) for kind, _digest, others in one.rows] == [
        ("address", ("s9",)),
        ("bank", ("s1",)),
        ("phone", tuple(f"s{i}" for i in range(1, 6))),
    ]
    assert len({(node.x, node.y) for node in one.nodes}) == len(one.nodes) == 1 + 3 + 6
    assert [node.key for node in one.nodes if node.kind == "bad"] == ["s1"]
    assert len(one.edges) == 3 + 7
    assert drawn("x", [("phone", "p", f"s{i}") for i in range(60)], set()).left_out == 36


# Whose help, whose praise.


def brought(rates: dict[str, float], n: int, seed: int) -> list[Brought]:
    dice = random.Random(seed)
    return [Brought(name, dice.choice("abc"), dice.random() < rate) for name, rate in rates.items() for _ in range(n)]


def test_no_honest_salesperson_is_named_at_ordinary_noise():
    """Two hundred platforms of honest salespeople, who differ among each other: at most the share that the test allows is named."""
    named = 0
    for seed in range(200):
        dice = random.Random(seed)
        named += bool(staff(brought({f"s{i}": dice.betavariate(2, 48) for i in range(60)}, 50, seed), SETTINGS))

    assert named <= 4


def test_salespeople_whose_suppliers_are_frauds_are_named_and_nobody_else():
    for seed in range(10):
        rates = {f"honest{i}": 0.03 for i in range(80)} | {f"corrupt{i}": 0.5 for i in range(4)}

        assert {row.salesperson for row in staff(brought(rates, 50, seed), SETTINGS)} == {f"corrupt{i}" for i in range(4)}


def test_who_sells_only_where_everybody_is_complained_of_is_not_named():
    dice = random.Random(3)
    rows = [Brought(f"s{i}", "hot", dice.random() < 0.25) for i in range(20) for _ in range(40)]
    rows += [Brought(f"t{i}", "cold", dice.random() < 0.01) for i in range(60) for _ in range(40)]

    assert staff(rows, SETTINGS) == []


def test_one_bad_supplier_with_a_hundred_complaints_names_nobody_and_a_reviewer_who_always_sat_is_said():
    rows = [Brought(f"s{i}", "a", False, ("r1",)) for i in range(50) for _ in range(20)]

    assert staff([*rows, Brought("x", "a", True), *(Brought("x", "a", False) for _ in range(19))], SETTINGS) == []
    found = staff(
        [*rows, *(Brought("x", "a", True, ("r2",)) for _ in range(8)), *(Brought("x", "a", False, ("r1",)) for _ in range(12))],
        SETTINGS,
    )
    assert [code for code, _figures in found[0].reasons] == ["more_complained", "same_reviewer"]
    assert dict(found[0].reasons[1][1])["reviewer"] == "r2"


def test_the_world_names_staff_and_their_suppliers_feel_it():
    honest = [supplier(f"h{i}", salesperson=f"s{i % 30}", listings=(listing(),)) for i in range(600)]
    frauds = [fraud(f"f{i}", salesperson="x", complaints=tuple(complaint(f"c{k}") for k in range(3))) for i in range(9)]
    clean = supplier("clean", salesperson="x", listings=(listing(),))
    w = world(*honest, *frauds, clean)

    assert [row.salesperson for row in w.staff(AT)] == ["x"]
    assert spoken(w.score("clean", AT)) == {"salesperson": SETTINGS["staff.points"]}
    assert w.staff(AT - timedelta(days=30)) == []


def test_deals_with_oneself_and_in_a_circle_are_seen_and_an_ordinary_buyer_who_also_sells_is_not():
    own = supplier("own", traits=frozenset({("bank", "b")}), deals=tuple(deal("puppet", 50 + i, shipped=1) for i in range(6)))
    puppet = supplier("puppet", traits=frozenset({("bank", "b")}))
    ring = [
        supplier(f"c{i}", deals=(deal(f"c{(i + 1) % 3}", 30, shipped=1), deal(f"c{(i + 1) % 3}", 20, shipped=1)))
        for i in range(3)
    ]
    trader = supplier("trader", deals=(deal("m1", 30, shipped=1), deal("m2", 30, shipped=1)))
    w = world(own, puppet, *ring, trader)

    assert spoken(w.score("own", AT))["wash_trading"] > 10
    assert "wash_trading" in spoken(w.score("c0", AT))
    assert "wash_trading" not in spoken(w.score("trader", AT))


def test_the_same_few_raters_are_a_ring_and_busy_buyers_are_not():
    dice = random.Random(5)
    buyers = [f"b{i}" for i in range(400)]
    honest = [supplier(f"h{i}", listings=(listing(),), ratings=tuple(map(rating, dice.sample(buyers, 15)))) for i in range(120)]
    ring = [supplier(f"r{i}", listings=(listing(),), ratings=tuple(rating(f"shill{k}") for k in range(9))) for i in range(2)]
    w = world(*honest, *ring)

    assert spoken(w.score("r0", AT))["review_ring"] > 10
    assert [row.id for row in honest if "review_ring" in spoken(w.score(row.id, AT))] == []


def test_a_supplier_is_scored_anew_in_milliseconds():
    dice = random.Random(1)
    many = [
        supplier(
            f"s{i}", listings=tuple(listing(dice.uniform(70, 130), photo=dice.getrandbits(64)) for _ in range(5)),
            traits=frozenset({("phone", f"p{dice.randrange(2000)}"), ("address", f"a{dice.randrange(300)}")}),
            deals=tuple(deal(f"b{dice.randrange(3000)}", dice.randrange(200), shipped=4) for _ in range(12)),
            ratings=tuple(rating(f"b{dice.randrange(3000)}") for _ in range(5)),
        )
        for i in range(3000)
    ]  # fmt: skip
    w = World(many, {"s1", "s2"}, frozenset({"phones"}))
    w.score("s0", AT)
    started = time.process_time()

    for row in many[:300]:
        w.update(row)
        w.score(row.id, AT)

    assert (time.process_time() - started) / 300 < 0.2
