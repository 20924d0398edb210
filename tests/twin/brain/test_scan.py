"""A review reads marks instead of positions, and finds the cells that reading all positions would find."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from policies.reorder.terms import fit
from tests.twin.record.believing import Believer, Change, Counted
from tests.twin.scenes import TWO_STORES, Ran, plan_of, run
from tests.twin.world.made_up import texts
from twin.brain import brain as deciding
from twin.brain.groups import CONTINUOUS
from twin.brain.scan import collect, look_up, order_lines, settle
from twin.memory import table_of
from twin.record.apply import place_lines, unmark
from twin.record.state import AT_ONCE, DUE, NO_POINT, Meter, Record, new_record

CELLS = 70
Ranges = tuple[NDArray[np.int64], NDArray[np.int64]]


@st.composite
def ranges(draw: st.DrawFn, cells: int = CELLS) -> Ranges:
    """Ranges of cells that do not overlap, wherever they begin and end; some of none."""
    edges = sorted(draw(st.lists(st.integers(0, cells), max_size=8)))
    pairs = [pair for pair in zip(edges[::2], edges[1::2], strict=False)]
    return np.array([first for first, _ in pairs], np.int64), np.array([end for _, end in pairs], np.int64)


def scanned(record: Record, of: Ranges) -> list[int]:
    """The cells at or below their points, found by looking at all; those asked at once, if nobody asked them yet."""
    row, low = record.cells, []
    for first, end in zip(*of, strict=True):
        for cell in range(first, end):
            asked_already = record.asks[cell] & AT_ONCE and not record.asks[cell] & DUE
            if row["position"][cell] <= row["point"][cell] and not asked_already:
                low.append(cell)
    return low


def low_and_unmarked(record: Record) -> list[int]:
    """Cells at or below their points that no review would find."""
    low = record.cells["position"] <= record.cells["point"]
    found: list[int] = np.flatnonzero(low & (record.asks & (DUE | AT_ONCE) == 0)).tolist()
    assert record.meters[Meter.MARKED] == np.count_nonzero(record.asks & DUE)  # there must be room for all of them
    return found


@st.composite
def records(draw: st.DrawFn) -> Record:
    """A record as it may be: whatever is low is marked, and so is some of what has risen since."""
    rng, record = np.random.default_rng(draw(st.integers(0, 2**32))), new_record(CELLS, locations=1, window=8, folds_counts=False)
    cells = record.cells
    cells["point"] = rng.choice([NO_POINT, -1, 0, 3, 50], CELLS)
    cells["position"] = cells["point"] + rng.integers(0, 9, CELLS)  # above it or at it
    low = rng.random(CELLS) < draw(st.sampled_from([0.0, 0.05, 0.5, 1.0]))
    cells["position"][low & (cells["point"] > NO_POINT)] -= 8
    cells["on_hand"], cells["committed"], cells["backordered"] = rng.integers(0, 99, (3, CELLS))
    record.asks[:] = np.where(rng.random(CELLS) < 0.2, AT_ONCE, 0)
    risen = rng.random(CELLS) < draw(st.sampled_from([0.0, 0.1, 1.0]))
    record.asks[(cells["position"] <= cells["point"]) | risen] |= DUE
    record.meters[Meter.MARKED] = np.count_nonzero(record.asks & DUE)
    return record


@given(records(), ranges())
def test_marks_lead_to_the_cells_that_are_low(record: Record, of: Ranges) -> None:
    before, expected = record.asks.copy(), scanned(record, of)
    table = table_of(record)
    inside = np.zeros(CELLS, bool)
    for first, end in zip(*of, strict=True):
        inside[first:end] = True
    asked = collect(record, table, *of)
    assert asked.cells.tolist() == expected
    places = [max(i for i, first in enumerate(of[0]) if first <= cell < of[1][i]) for cell in expected]
    assert asked.place.tolist() == places
    assert asked.local.tolist() == [cell - of[0][place] for cell, place in zip(expected, places, strict=True)]
    for name in ("position", "on_hand"):
        np.testing.assert_array_equal(getattr(asked, name), record.cells[name][expected])
    np.testing.assert_array_equal(asked.inbound, record.inbound[expected])
    np.testing.assert_array_equal(asked.backordered, record.backordered[expected])
    # Marks of cells that have risen are gone where somebody looked, and nothing else has changed.
    after = before.copy()
    after[inside & (record.cells["position"] > record.cells["point"])] &= ~np.uint8(DUE)
    np.testing.assert_array_equal(record.asks, after)
    assert low_and_unmarked(record) == []


@given(records(), ranges(), st.integers(0, 2**32))
def test_a_cell_stays_marked_at_a_review_for_as_long_as_it_is_low(record: Record, of: Ranges, seed: int) -> None:
    table = table_of(record)
    asked = collect(record, table, *of)
    units = np.random.default_rng(seed).integers(0, 20, asked.cells.size).astype(np.int32)
    if asked.cells.size:
        place_lines(table, 0, 0, asked.cells, np.full(asked.cells.size, -1, np.int32), units)
    settle(table, asked.cells)
    again = scanned(record, of)
    rows = record.cells[asked.cells]
    low = (rows["position"] <= rows["point"]) & (record.asks[asked.cells] & AT_ONCE == 0)
    assert again == asked.cells[low].tolist()
    assert collect(record, table, *of).cells.tolist() == again
    everywhere = collect(record, table, np.array([0]), np.array([CELLS])).cells
    assert record.meters[Meter.MARKED] == everywhere.size  # nothing that has risen is left
    assert low_and_unmarked(record) == []


@given(records(), st.lists(st.integers(0, CELLS - 1), unique=True))
def test_what_the_record_says_of_cells(record: Record, cells: list[int]) -> None:
    columns = np.full((4, len(cells)), -7, np.int32)
    look_up(table_of(record), np.array(cells, np.int32), columns)
    levels = record.cells["position"], record.cells["on_hand"], record.inbound, record.backordered
    np.testing.assert_array_equal(columns, np.array([of[cells] for of in levels]).reshape(4, -1))


@given(st.lists(st.tuples(st.integers(-1, 30), st.integers(0, 2)), max_size=30))
def test_lines_of_an_order_by_the_terms_of_their_places(asked: list[tuple[int, int]]) -> None:
    pack, moq = np.array([1, 6, 4]), np.array([1, 10, 0])
    wanted, place = np.array([units for units, _ in asked], np.int64), np.array([where for _, where in asked], np.int32)
    cells, local, position = (np.arange(len(asked), dtype=np.int32) + shift for shift in (0, 100, 200))
    found, refused = order_lines(wanted, cells, local, position, place, pack, moq)
    chosen = np.flatnonzero(wanted > 0)
    if wanted.min(initial=0) < 0:
        assert refused == np.flatnonzero(wanted < 0)[0]
    else:
        assert refused == -1
        for column, shift in ((found.cells, 0), (found.local, 100), (found.position, 200)):
            assert column.tolist() == (chosen + shift).tolist()
        assert found.place.tolist() == place[chosen].tolist()
        assert found.units.tolist() == [fit(units, int(pack[p]), int(moq[p])) for units, p in asked if units > 0]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["sell", "receive", "count", "order", "commit", "review", "answer"]),
        st.integers(0, 19),
        st.integers(0, 9),
    ),
    max_size=60,
)


@given(STEPS, st.integers(0, 2**32))
def test_whatever_the_record_hears_a_review_by_marks_misses_nothing(steps: list[tuple[str, int, int]], seed: int) -> None:
    """Twenty cells, some of them asked at once; half of the orders do not lift what they are for."""
    rng, believer = np.random.default_rng(seed), Believer(20, opening=10, window=128)
    record = believer.record
    record.cells["point"] = rng.choice([NO_POINT, 0, 4, 9, 12], 20)
    record.asks[:] = np.where(rng.random(20) < 0.3, AT_ONCE, 0)
    record.asks[record.cells["position"] <= record.cells["point"]] |= DUE
    record.meters[Meter.MARKED] = np.count_nonzero(record.asks & DUE)
    for n, (what, cell, units) in enumerate(steps):
        of = np.array([units // 3]), np.array([20 - units // 4])
        if what == "sell":
            believer.hear(Change(n, n, cell, -1 - units), n)
        elif what == "receive":
            believer.hear(Change(n, n, cell, 1 + units), n)
        elif what == "count":
            believer.hear(Counted(n, max(0, n - units), ((cell, units),)), n)
        elif what == "order":
            believer.order(cell, -1, units)
        elif what == "commit":
            believer.order((cell + 1 + units) % 20, cell, units)
        elif what == "review":
            expected = scanned(record, of)
            asked = collect(record, believer.table, *of)
            assert asked.cells.tolist() == expected
            for low in asked.cells[::2].tolist():
                believer.order(low, -1, 30)
            settle(believer.table, asked.cells)
        else:
            signalled = np.unique(record.signals[: believer.meter(Meter.SIGNALS)])
            assert np.all(record.asks[signalled] & AT_ONCE)
            unmark(believer.table, signalled)
            record.meters[Meter.SIGNALS] = 0
        assert low_and_unmarked(record) == []


def check_marks(ran: Ran) -> None:
    """Whatever is low is marked, unless its rule is asked at once and was; only such a one may wait for an answer."""
    record, plan = ran.simulation.brain.record, ran.plan
    assert low_and_unmarked(record) == []
    waiting = record.signals[: record.meters[Meter.SIGNALS]]
    assert np.all(record.asks[waiting] & AT_ONCE)
    at_once = np.zeros(plan.cells, bool)
    points = np.full(plan.cells, NO_POINT)
    for group in plan.groups:
        at_once[plan.ranged.of(group.location)][group.local] = group.review_us == CONTINUOUS
        points[plan.ranged.of(group.location)][group.local] = group.policy.order_points()
    np.testing.assert_array_equal(record.asks & AT_ONCE > 0, at_once)
    np.testing.assert_array_equal(record.cells["point"], points)


def look_at_all(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """From now on every review is compared with one that looks at all cells; how many each found."""
    found = list[int]()

    def collecting(
        record: Record, table: NDArray[np.int64], first: NDArray[np.int64], end: NDArray[np.int64], at_once: bool,
        room: NDArray[np.int32],
    ) -> Any:  # fmt: skip
        low = scanned(record, (first, end))
        expected = [cell for cell in low if at_once or not record.asks[cell] & AT_ONCE]
        asked = collect(record, table, first, end, at_once, room)
        assert asked.cells.tolist() == expected
        found.append(len(expected))
        return asked

    monkeypatch.setattr(deciding, "collect", collecting)
    return found


MIXED = """
demand:
  pos: [{at: {kind: store}, sku: A, rate: 12/d}, {at: {kind: store}, sku: B, every: 3h, size: {dist: poisson, mean: 2}}]
  unmet: UNMET
inventory: {opening: [{where: {kind: fc}, units: 40}, {units: 12}], shrink: {rate: 1/d}, count: {every: 30h}}
streams: {pos: {latency: 20m, duplicates: .1, loss: .1}, warehouse: {latency: 2h, loss: .1}, count: {latency: 3h}}
policies:
  reorder:
    - {where: {kind: store, sku: A}, use: r_Q, r: 4, Q: 3, review: ONE}
    - {where: {ids: [S2]}, use: 'tests.twin.brain.own_policies:Timid', review: 8h}
    - {where: {kind: store}, use: base_stock, level: 20, review: 5h}
    - {where: {kind: fc, sku: A}, use: s_S, s: 20, S: 50, review: OTHER}
    - {where: {kind: fc}, use: 'tests.twin.brain.own_policies:KeepTen', level: 45, review: 5h}
"""


@pytest.mark.parametrize("unmet", ["lost", "backorder"])
@pytest.mark.parametrize(("one", "other"), [("continuous", "continuous"), ("5h", "continuous"), ("continuous", "5h"), ("1d", "5h")])
def test_rules_of_every_kind_side_by_side(unmet: str, one: str, other: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = look_at_all(monkeypatch)
    ran = run(plan_of(TWO_STORES, MIXED.replace("UNMET", unmet).replace("ONE", one).replace("OTHER", other)), check_marks)
    assert {order.rule for order in ran.orders} == set(range(5))
    assert sum(found) > 60
    assert all(np.unique(order.cells).size == order.cells.size for order in ran.orders)


def test_a_cell_that_signals_is_ordered_once_though_others_of_its_location_are_reviewed() -> None:
    """Every five hours the stores ask, which makes the center's A signal; its B is reviewed, and a count makes A signal again."""
    rules = """
    policies:
      reorder:
        - {where: {kind: store}, use: base_stock, level: 20, review: 5h}
        - {where: {kind: fc, sku: A}, use: s_S, s: 20, S: 50}
        - {where: {kind: fc}, use: base_stock, level: 45, review: 5h}
    """
    selling = "demand: {pos: [{at: {kind: store}, sku: A, every: 1h}]}\nassortment: {skus: [A, B]}"
    stock = "inventory: {opening: [{where: {kind: fc}, units: 40}, {units: 12}], count: {where: {kind: fc}, every: 5h}}"
    ran = run(plan_of(TWO_STORES, selling, rules, stock))
    center = [order for order in ran.orders if order.destination == ran.plan.network.index["F1"] and order.rule == 1]
    assert len(center) > 2
    for order in center:
        assert order.cells.tolist() == [ran.cell("F1", "A")]
        assert order.position[0] + order.units[0] == 50


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(texts())
def test_in_any_scenario(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        found = look_at_all(patch)
        run(plan_of(text), check_marks)
    assert found
