"""Availability: what is expected of cells while their location is open, and how much of it met a shelf with something on it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.twin.scenes import ONE_STORE, TWO_STORES, Ran, plan_of, run
from twin.clock import DAY, HOUR
from twin.kpis.compute import compute
from twin.kpis.frame import KpiFrame
from twin.kpis.ledger import MONEY
from twin.plan import build as plan_building


def frame_of(ran: Ran) -> KpiFrame:
    assert ran.result is not None
    return compute(ran.result.ledger, ran.plan.labels, ran.plan.rates)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ("", 39 / 168),  # always open
        (', open: "10:00-20:00"', (10 + 5) / 70),  # until three in the afternoon of the second day
        (', open: "20:00-04:00"', (8 + 4) / 56),  # until the second night is over
        (', open: "00:00-12:00"', 24 / 84),  # it is empty after closing time
        (', open: "15:00-16:00"', 1 / 7),  # it is empty when the store opens
    ],
)
def test_the_share_of_opening_hours_with_something_on_the_shelf(hours: str, expected: float) -> None:
    """Forty units, one sold each hour, open or not: the shelf is empty from the sale of the 39th hour on."""
    scene = "demand: {pos: {sku: A, every: 1h}}\ninventory: {opening: {units: 40}}"
    frame = frame_of(run(plan_of(ONE_STORE.replace("kind: store", "kind: store" + hours), scene)))
    assert frame.get("availability") == pytest.approx(expected, rel=1e-12)


def test_cells_weigh_what_is_expected_of_them() -> None:
    """A sells 24 units a day for 39 hours of the week, B two all the time, and nobody wants anything of F1."""
    scene = """
    demand: {pos: [{at: {ids: [S1]}, sku: A, every: 1h}, {at: {ids: [S1]}, sku: B, every: 24h, size: 2}]}
    inventory: {opening: {units: 40}}
    assortment: [{where: {kind: [store, fc]}, skus: [A, B]}]
    """
    frame = frame_of(run(plan_of(TWO_STORES, scene)))
    assert frame.get("availability") == pytest.approx((24 * 39 / 168 + 2) / 26, rel=1e-7)
    assert frame.by("sku", "availability") == pytest.approx({"A": 39 / 168, "B": 1.0}, rel=1e-7)
    assert frame.by("location", "availability").keys() == {"S1"}
    by_day = [(24 + 2) / 26, (24 * 15 / 24 + 2) / 26] + 5 * [2 / 26]
    assert list(frame.by("day", "availability").values()) == pytest.approx(by_day, rel=1e-7)


def test_without_demand_there_is_none() -> None:
    scene = "inventory: {opening: {units: 4}}\nassortment: [{where: {kind: store}, skus: [A]}]"
    assert frame_of(run(plan_of(ONE_STORE, scene))).get("availability") is None


def test_what_stays_on_the_shelf_is_available_all_the_time() -> None:
    scene = "demand: {pos: {sku: A, rate: 10/d}}\ninventory: {opening: {units: 999}}"
    assert frame_of(run(plan_of(ONE_STORE, scene))).get("availability") == 1.0


@pytest.mark.parametrize("unmet", ["lost", "backorder"])
def test_what_is_missed_is_summed_hour_by_hour(unmet: str) -> None:
    """Demand and deliveries fall on whole hours, so that what is out can be looked up hour by hour."""
    scene = f"""
    demand:
      pos:
        - {{at: {{kind: store}}, sku: A, every: 1h, size: 2}}
        - {{at: {{kind: store}}, sku: B, every: 3h}}
      unmet: {unmet}
    inventory: {{opening: {{units: 15}}, count: {{every: 1h}}}}
    policies:
      reorder:
        - {{where: {{kind: store}}, use: base_stock, level: 20, review: 1d}}
        - {{where: {{kind: fc}}, use: r_Q, r: 30, Q: 40}}
    """
    network = TWO_STORES.replace("{id: S1, kind: store}", '{id: S1, kind: store, open: "09:00-21:00"}')
    network = network.replace("{id: S2, kind: store}", '{id: S2, kind: store, open: "22:00-06:00"}')
    empty: dict[int, NDArray[np.bool_]] = {}

    def look(ran: Ran) -> None:  # the network lane stops at the counts of every hour
        empty[ran.now] = ran.on_hand <= 0

    ran = run(plan_of(network, scene), look)
    assert ran.result is not None
    ledger, hour = ran.result.ledger, np.arange(24)
    found = ledger.money[..., MONEY["missed"]]
    out = np.array([empty[max(time for time in empty if time <= h * HOUR)] for h in range(7 * 24)]).reshape(7, 24, -1)
    is_open = np.array([(hour >= 9) & (hour < 21), (hour >= 22) | (hour < 6), np.ones(24, bool)])[ledger.buckets.location]
    units = np.where(ledger.buckets.location < 2, np.where(ledger.buckets.sku == 0, 48, 8), 0)
    expected = (out & is_open.T).sum(axis=1) / is_open.sum(axis=1) * units
    assert 0 < expected.sum() < units.sum() * 7
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_opening_hours_follow_the_local_clock_through_a_change_of_time() -> None:
    head = "name: spring\ntime: {start: 2026-03-06, days: 4, timezone: America/New_York}"  # clocks change on the 8th
    network = ONE_STORE.replace("kind: store", 'kind: store, open: "08:00-22:00"')
    plan = plan_of("\n" + head, network, "demand: {pos: {sku: A, rate: 10/d}}")
    hours = plan.open_hours
    assert (hours[:, 0] / HOUR).tolist() == [[8, 14], [8, 14], [7, 14], [7, 14]]
    assert (hours[:, 1] == (0, DAY)).all()


def test_a_large_model_leaves_it_out_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = "demand: {pos: {sku: A, every: 1h}}\ninventory: {opening: {units: 40}}"
    said = "Availability is left out"
    assert not any(said in line for line in plan_of(ONE_STORE, scene).assumptions)
    monkeypatch.setattr(plan_building, "BY_CELL", 0)
    ran = run(plan_of(ONE_STORE, scene))
    assert frame_of(ran).get("availability") is None
    assert any(said in line for line in ran.plan.assumptions)
