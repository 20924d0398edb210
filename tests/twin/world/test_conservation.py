"""No unit appears or vanishes: at every step of the network and at the end, in any scenario.

opening + supplier receipts = on hand + sold + backfilled + shrunk + picked - restocked + internal transit, for every SKU.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import event as note
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.twin.record.free import nothing_free
from tests.twin.record.under_way import expected_inbound
from tests.twin.scenes import Ran, plan_of, run
from tests.twin.world.made_up import HEAD, texts
from twin.events import Kind
from twin.simulate import Plan
from twin.world.state import Control


@dataclass
class Books:
    """Checks the books of a run at each of its steps."""

    steps: int = 0
    sold: int = 0
    _told: int = 0
    _fed_inside: set[int] = field(default_factory=set)
    _came: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    _left: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    _arrived: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    def __call__(self, ran: Ran) -> None:
        if not self.steps:
            self._open(ran.plan)
        self.steps += 1
        self._read(ran)
        shelves = ran.simulation.shelves.shelves
        pages = shelves.pages.reshape(ran.plan.days, -1)
        names = ("sold", "backfilled", "shrunk", "received", "dispatched", "picked", "restocked")
        net = {name: pages[name].sum(axis=0) for name in names}
        out = net["sold"] + net["backfilled"] + net["shrunk"] + net["picked"] - net["restocked"]
        opening = ran.plan.opening.astype(np.int64)
        np.testing.assert_array_equal(shelves.on_hand, opening + net["received"] - net["dispatched"] - out)
        assert shelves.on_hand.min() >= 0
        assert shelves.backorders.min() >= 0
        if shelves.backorders.size > 1:
            assert not np.any(shelves.backorders & shelves.on_hand)  # who waits is served first
        transit = self._left - self._arrived
        assert transit.min() >= 0
        assert transit.sum() == ran.simulation.transport.in_transit
        there = self._by_sku(ran.plan, shelves.on_hand + out) + transit
        np.testing.assert_array_equal(self._by_sku(ran.plan, opening) + self._came, there)
        self._check_trips(ran)
        self._check_record(ran)
        self.sold = int(net["sold"].sum())

    def _open(self, plan: Plan) -> None:
        assert plan.by_cell
        self._came, self._left, self._arrived = (np.zeros(len(plan.items.skus), np.int64) for _ in range(3))
        inside = [lane for lane in plan.network.lanes if plan.network.location(lane.origin).is_internal]
        self._fed_inside = {plan.network.index[lane.destination] for lane in inside}

    def _by_sku(self, plan: Plan, of_cells: NDArray[np.integer]) -> NDArray[np.int64]:
        return np.bincount(np.concatenate(plan.ranged.skus), of_cells, len(plan.items.skus)).astype(np.int64)

    def _read(self, ran: Ran) -> None:
        """What came from suppliers, left on trucks and arrived on them, from the messages since the last step."""
        for told in ran.told[self._told :]:
            cells = np.zeros(ran.plan.cells, np.int64)
            np.add.at(cells, told.cells, told.units)
            if told.kind == Kind.DISPATCH:
                self._left += self._by_sku(ran.plan, cells)
            elif told.kind == Kind.RECEIPT and told.location in self._fed_inside:
                self._arrived += self._by_sku(ran.plan, cells)
            elif told.kind == Kind.RECEIPT:
                self._came += self._by_sku(ran.plan, cells)
        self._told = len(ran.told)

    def _check_trips(self, ran: Ran) -> None:
        room = {(lane.origin, lane.destination): lane.capacity_units for lane in ran.plan.network.lanes if lane.departs}
        names = [place.id for place in ran.plan.network.locations]
        for trip in ran.simulation.transport.trips:
            assert 0 < trip.units <= (room.get((names[trip.origin], names[trip.destination])) or trip.units)

    def _check_record(self, ran: Ran) -> None:
        record = ran.simulation.brain.record
        parts = record.cells["on_hand"] + expected_inbound(ran) - record.committed - record.backordered - record.cells["reserved"]
        np.testing.assert_array_equal(record.cells["position"], parts)
        np.testing.assert_array_equal(record.outs[:, :, 1].sum(axis=0), nothing_free(record, ran.plan.ranged.first))


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.booleans().flatmap(texts))
def test_units_are_conserved(text: str) -> None:
    books = Books()
    ran = run(plan_of(text), books)
    note(f"tracks: {min(2, ran.plan.tracks)}")
    assert books.steps > 3
    assert ran.result is not None
    assert ran.total("sold") == books.sold


PERFECT = (
    HEAD.replace("DAYS", "6")
    + """
catalog: {items: [{sku: A, cost: 1, price: 2}, {sku: B, cost: 1, price: 2}]}
network:
  locations: [{id: S1, kind: store}, {id: S2, kind: store}, {id: F1, kind: fc}, {id: V1, kind: supplier}]
  lanes:
    - {from: V1, to: F1, transit: {dist: lognormal, mean: 1d, cv: 1}}
    - {from: F1, to: S1, transit: 0s}
    - {from: F1, to: S2, transit: 1d, departs: "02:00", capacity_units: 9}
demand:
  pos:
    - {at: {kind: store}, sku: A, rate: 15/d}
    - {at: {kind: store}, sku: B, every: 2h}
  unmet: UNMET
inventory: {opening: {units: 10}}
policies:
  reorder:
    - {where: {kind: store}, use: base_stock, level: 20, review: 6h}
    - {where: {kind: fc}, use: r_Q, r: 20, Q: 30}
"""
)


@settings(max_examples=6)
@given(st.sampled_from(["lost", "backorder"]), st.integers(0, 99))
def test_without_streams_the_record_is_the_truth_at_every_step(unmet: str, seed: int) -> None:
    """All that is known at once is known exactly, down to what is ordered, committed and owed."""

    def compare(ran: Ran) -> None:
        shelves, record = ran.simulation.shelves.shelves, ran.simulation.brain.record
        pending = shelves.pending[: shelves.control[Control.PENDING]]  # backfills of this very instant
        served = np.bincount(pending["cell"], pending["units"], ran.plan.cells)
        np.testing.assert_array_equal(record.cells["on_hand"] - served, shelves.on_hand)
        if unmet == "backorder":
            np.testing.assert_array_equal(record.backordered - served, shelves.backorders)
        assert record.inbound.min() >= 0
        assert record.committed.min() >= 0
        under_way = {(p.destination, p.placed_us) for p in ran.simulation.transport.purchases if p.received_us < 0}
        assert bool(record.inbound[ran.plan.ranged.of(ran.plan.network.index["F1"])].sum()) == bool(under_way)

    ran = run(plan_of(PERFECT.replace("UNMET", unmet), sets=(f"seed={seed}",)), compare)
    assert ran.total("lines") > 100
