"""On hand, inbound, committed, backordered: what orders, receipts, dispatches, sales and backfills do to a position."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.twin.compiled import backfill_heard, sale_heard
from tests.twin.record.believing import Believer, Change, Counted
from twin.clock import HEARD, Phase, key
from twin.record.state import AT_ONCE, DUE, Meter

STORE, CENTER = 0, 1


def sell(believer: Believer, sequence: int, cell: int, sold: int, owed: int) -> None:
    heard = key(believer.time, Phase.DEMAND, HEARD)
    sale_heard(believer.table, heard, believer.time, sequence, believer.location(cell), cell, sold, owed)


def backfill(believer: Believer, sequence: int, cell: int, units: int, event_time: int | None = None) -> None:
    heard = key(believer.time, Phase.RECEIPT, HEARD)
    at = believer.time if event_time is None else event_time
    backfill_heard(believer.table, heard, at, 0, sequence, believer.location(cell), cell, units)


def figures(believer: Believer, cell: int) -> tuple[int, ...]:
    """On hand, inbound, committed, backordered, position."""
    r = believer.record
    row = r.cells[cell]
    return tuple(map(int, (row["on_hand"], r.inbound[cell], r.committed[cell], r.backordered[cell], row["position"])))


def test_a_transfer_from_order_to_receipt() -> None:
    believer = Believer(2, opening=20)
    believer.order(STORE, CENTER, 8)
    assert figures(believer, STORE) == (20, 8, 0, 0, 28)
    assert figures(believer, CENTER) == (20, 0, 8, 0, 12)
    believer.dispatch(0, 3, CENTER, 8)
    assert figures(believer, CENTER) == (12, 0, 0, 0, 12)
    believer.receive(1, 5, STORE, 8, ordered=8)
    assert figures(believer, STORE) == (28, 0, 0, 0, 28)


def test_a_purchase_of_which_a_part_comes() -> None:
    believer = Believer(1, opening=5)
    believer.order(STORE, -1, 10)
    assert believer.receive(0, 3, STORE, 7, ordered=10)
    assert figures(believer, STORE) == (12, 0, 0, 0, 12)


def test_a_message_that_comes_again_does_nothing() -> None:
    believer = Believer(2, opening=20)
    believer.order(STORE, CENTER, 8)
    assert [believer.dispatch(0, 3, CENTER, 8) for _ in range(3)] == [True, False, False]
    assert [believer.receive(1, 5, STORE, 8, ordered=8) for _ in range(3)] == [True, False, False]
    assert figures(believer, STORE) == (28, 0, 0, 0, 28)
    assert figures(believer, CENTER) == (12, 0, 0, 0, 12)
    assert believer.meter(Meter.DUPLICATES) == 4


def test_a_backorder_from_till_to_backfill() -> None:
    believer = Believer(1, opening=2)
    sell(believer, 0, STORE, 2, 3)
    assert figures(believer, STORE) == (0, 0, 0, 3, -3)
    believer.order(STORE, -1, 10)
    believer.receive(0, 3, STORE, 10, ordered=10)
    assert figures(believer, STORE) == (10, 0, 0, 3, 7)
    backfill(believer, 0, STORE, 3)
    assert figures(believer, STORE) == (7, 0, 0, 0, 7)


def test_a_count_fixes_what_is_there_and_leaves_what_is_owed_and_on_its_way() -> None:
    """The backfill of before the count was seen by it; that somebody got his units was not."""
    believer = Believer(1, opening=0)
    believer.order(STORE, -1, 10)
    sell(believer, 0, STORE, 0, 3)
    believer.time = 30
    believer.hear(Counted(0, 20, ((STORE, 7),)), 30)
    assert figures(believer, STORE) == (7, 10, 0, 3, 14)
    believer.receive(0, 10, STORE, 10, ordered=10)
    backfill(believer, 0, STORE, 3, event_time=10)
    assert figures(believer, STORE) == (7, 0, 0, 0, 7)
    assert believer.meter(Meter.ABSORBED) == 2


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("order"), st.integers(0, 9)),
        st.tuples(st.just("dispatch"), st.integers(0, 9)),
        st.tuples(st.just("receive"), st.integers(0, 9)),
        st.tuples(st.just("sell"), st.integers(0, 9)),
        st.tuples(st.just("backfill"), st.integers(0, 9)),
        st.tuples(st.just("count"), st.integers(0, 9)),
        st.tuples(st.just("change"), st.integers(1, 9)),
    ),
    max_size=40,
)


@given(STEPS)
def test_a_position_is_always_the_sum_of_its_parts(steps: list[tuple[str, int]]) -> None:
    believer = Believer(2, opening=20)
    for n, (what, units) in enumerate(steps):
        believer.time = n
        event_time = max(0, n - units)
        if what == "order":
            believer.order(STORE, CENTER if units % 2 else -1, units)
        elif what == "dispatch":
            believer.dispatch(n, event_time, CENTER, units)
        elif what == "receive":
            believer.receive(n, event_time, STORE, units, ordered=units + n % 2)
        elif what == "sell":
            sell(believer, n, STORE, units, n % 3)
        elif what == "backfill":
            backfill(believer, n, STORE, units, event_time)
        elif what == "count":
            believer.hear(Counted(n, event_time, ((STORE, units), (CENTER, 5))), n)
        else:
            believer.hear(Change(n, event_time, CENTER, -units), n)
        assert believer.adds_up()


def watched(point: int, cells: int = 2) -> Believer:
    """A record whose cells are asked at once when they fall to ``point``."""
    believer = marked(point, cells)
    believer.record.asks[:] = AT_ONCE
    return believer


def marked(point: int, cells: int = 2) -> Believer:
    """A record whose cells are asked at a review when they are at or below ``point``."""
    believer = Believer(cells, opening=10)
    believer.record.cells["point"] = point
    return believer


def signals(believer: Believer) -> list[int]:
    found: list[int] = believer.record.signals[: believer.meter(Meter.SIGNALS)].tolist()
    return found


def test_a_watched_cell_signals_once_when_its_position_falls_to_its_point() -> None:
    believer = watched(7)
    sell(believer, 0, STORE, 2, 0)
    assert signals(believer) == []
    assert believer.record.asks.tolist() == [AT_ONCE, AT_ONCE]
    sell(believer, 1, STORE, 1, 0)
    sell(believer, 2, STORE, 1, 0)
    assert signals(believer) == [STORE]
    believer.order(STORE, CENTER, 4)  # commits four of the ten
    assert signals(believer) == [STORE, CENTER]
    assert believer.record.asks.tolist() == [AT_ONCE | DUE, AT_ONCE | DUE]


def test_a_count_may_make_a_cell_signal() -> None:
    believer = watched(7)
    believer.hear(Counted(0, 5, ((STORE, 9), (CENTER, 7))))
    assert signals(believer) == [CENTER]


def test_a_cell_without_a_rule_never_signals_and_is_never_due() -> None:
    believer = Believer(1, opening=0)
    sell(believer, 0, STORE, 0, 1 << 20)
    assert signals(believer) == []
    assert believer.record.asks.tolist() == [0]


def test_a_cell_that_waits_for_its_review_is_due_and_does_not_signal() -> None:
    believer = marked(7)
    sell(believer, 0, STORE, 2, 0)
    assert believer.record.asks.tolist() == [0, 0]
    sell(believer, 1, STORE, 0, 1)  # what is owed counts
    assert believer.record.asks.tolist() == [DUE, 0]
    believer.order(STORE, CENTER, 4)  # an order takes the mark off the cell that rises above its point
    assert believer.record.asks.tolist() == [0, DUE]
    assert signals(believer) == []
    believer.receive(0, 0, CENTER, 9)  # goods do not: the next review does
    assert believer.record.asks.tolist() == [0, DUE]


def test_goods_that_do_not_lift_a_cell_above_its_point_mark_it() -> None:
    """A rule that wanted nothing of a cell is asked again whenever anything happens to it."""
    believer = marked(20, cells=1)
    believer.receive(0, 0, STORE, 3)
    assert believer.record.asks.tolist() == [DUE]
