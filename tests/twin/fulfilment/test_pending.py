"""What is due comes in order of time, and in the order in which it was entered where that is the same."""

from __future__ import annotations

import heapq

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twin.compiled import enter_and_take
from tests.twin.scenes import plan_of
from twin.body.simulation import Simulation
from twin.clock import DAY, KEY_SHIFT
from twin.fulfilment.lane import SPARE
from twin.fulfilment.orders import WebOrders
from twin.fulfilment.pending import SLICE_BITS, SLICES
from twin.fulfilment.state import KIND_BITS, Hold, What
from twin.world.shelves import ShelfLane

QUIET = """
name: test
time: {start: 2026-03-02, days: 1}
catalog: {items: [{sku: A}]}
network: {locations: [{id: F1, kind: fc}]}
demand: {web: [{orders_per_day: 1}]}
"""
SLICE = 1 << SLICE_BITS
delays = st.one_of(st.integers(0, 3), st.integers(0, 3 * SLICE), st.sampled_from([0, SLICE, DAY]), st.integers(0, 40 * DAY))


def _reference(start: int, delays: list[int], takes: list[int]) -> list[tuple[int, int, int]]:
    heap: list[tuple[int, int]] = []
    now, out = start, []
    for i, (delay, many) in enumerate(zip(delays, takes, strict=True)):
        heapq.heappush(heap, ((now + delay) << KEY_SHIFT, i))
        for _ in range(min(many, len(heap))):
            key, who = heapq.heappop(heap)
            now = key >> KEY_SHIFT
            out.append((key, who, 7 * who))
    return out


def _orders() -> tuple[WebOrders, ShelfLane]:
    """An empty world of orders, and its lane."""
    lane = Simulation(plan_of(QUIET), 1, folder=None).shelves
    assert lane.orders is not None
    return lane.orders, lane


def _table(orders: WebOrders, lane: ShelfLane) -> int:
    return orders._whole_table(lane.table, lane._operations_table)


def _compare(delays: list[int], takes: list[int]) -> None:
    takes = [*takes[:-1], len(delays)]  # all that is left
    orders, lane = _orders()
    start = int(orders.of.control[Hold.START])
    out = np.zeros((len(delays), 3), np.int64)
    taken = enter_and_take(_table(orders, lane), start, np.array(delays), np.array(takes), out)
    assert [tuple(row) for row in out[:taken].tolist()] == _reference(start, delays, takes)
    control = orders.of.control
    assert control[Hold.ENTERED] == taken == len(delays)
    assert control[Hold.LATER] == control[Hold.HEAP] == 0
    assert control[Hold.CHUNKS_LEFT] == orders.of.next_chunk.size


@settings(max_examples=60)
@given(st.lists(st.tuples(delays, st.integers(0, 3)), min_size=1, max_size=60))
def test_in_order_whatever_is_entered_and_taken_between(steps: list[tuple[int, int]]) -> None:
    _compare([delay for delay, _ in steps], [many for _, many in steps])


def test_a_crowd_of_one_instant_keeps_the_order_in_which_it_came() -> None:
    _compare([DAY] * 3_000 + [DAY - 1, DAY + 1], [0] * 3_002)


def test_what_is_later_than_the_ring_goes_round_it() -> None:
    ring = SLICES << SLICE_BITS
    _compare([3 * ring + 5, ring + 5, 5, 2 * ring, ring], [0, 0, 0, 0, 0])


def test_room_is_made_for_more_than_there_was_of_each_kind() -> None:
    """In batches of no more than surely fit, some in the present slice, some each in a slice of its own, most in one."""
    orders, lane = _orders()
    start, many = int(orders.of.control[Hold.START]), SPARE
    batches = [[DAY + i % 5 for i in range(many)]] * 6 + [[i * SLICE for i in range(many)]] * 2 + [[i % 3 for i in range(many)]] * 5
    expected, before = [], 0
    for delays in batches:
        if orders._least_left() < SPARE:
            orders.grow(2 * SPARE)
        table = _table(orders, lane)
        enter_and_take(table, start, np.array(delays), np.zeros(many, np.int64), np.zeros((0, 3), np.int64))
        expected += [((start + delay) << KEY_SHIFT, before + i) for i, delay in enumerate(delays)]
        before += many
    assert orders.of.present.size > 6 * many
    out = np.zeros((before + 1, 3), np.int64)
    taken = enter_and_take(_table(orders, lane), start, np.array([400 * DAY]), np.array([before + 1]), out)
    assert taken == before + 1
    order = sorted(range(before), key=lambda i: expected[i])
    assert out[:before, 0].tolist() == [expected[i][0] for i in order]
    assert out[:before, 1].tolist() == [i % many for i in order]


def test_kinds_fit_their_bits() -> None:
    assert max(What) < 1 << KIND_BITS
