"""Where goods stand after everything that was said of them."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from everfair.logistics.states import CONSIGNMENT, VERB_TO
from everfair.logistics.values import TRACKING_CODES, TRACKING_STATES, state_after

FIRST = datetime(2026, 11, 1, tzinfo=UTC)
SAID = st.lists(st.tuples(st.sampled_from(TRACKING_CODES), st.integers(0, 5), st.integers(0, 3)), max_size=9)


def rows(said):
    return [(code, FIRST + timedelta(hours=hour), f"{n}-{place}") for place, (code, hour, n) in enumerate(said)]


def test_of_nothing_said_the_goods_are_handed_over():
    assert state_after([]) == "handed_over"


def test_the_latest_counts_and_not_what_came_last():
    assert state_after(rows([("departed", 5, 0), ("picked_up", 1, 0)])) == "in_transit"
    assert state_after(rows([("departed", 5, 0), ("attempt_failed", 4, 0)])) == "in_transit"


def test_delivered_is_the_last_word_and_sent_back_the_one_before_it():
    assert state_after(rows([("delivered", 1, 0), ("departed", 5, 0)])) == "delivered"
    assert state_after(rows([("returned", 1, 0), ("departed", 5, 0)])) == "returned"
    assert state_after(rows([("returned", 5, 0), ("delivered", 1, 0)])) == "delivered"


@given(SAID, st.randoms())
def test_the_order_of_arrival_never_matters(said, chance):
    """I13."""
    shuffled = rows(said)
    chance.shuffle(shuffled)

    assert state_after(shuffled) == state_after(iter(rows(said)))


def test_every_state_but_the_first_has_one_verb_that_leads_to_it():
    assert set(TRACKING_STATES.values()) == set(CONSIGNMENT.states)
    assert set(VERB_TO) == set(CONSIGNMENT.states) - {"handed_over"}
    for state in CONSIGNMENT.states:
        if state != "delivered":
            assert CONSIGNMENT.find("deliver", state) is not None
