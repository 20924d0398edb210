"""What the lane measures: integrals that are exact to the microsecond, whichever way they are kept."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.twin.scenes import ONE_STORE, TWO_STORES, Ran, plan_of, run
from twin.clock import DAY, HOUR
from twin.kpis.ledger import COUNT, MONEY, Ledger, lag_edge_us
from twin.plan import build as plan_building

BUSY = """
demand:
  pos:
    - {at: {kind: store}, sku: A, rate: 20/d, size: {dist: geometric, mean: 2}}
    - {at: {kind: store}, sku: B, every: 3h}
  unmet: UNMET
inventory: {opening: {units: 15}, shrink: {rate: 1/d}}
policies:
  reorder:
    - {where: {kind: store}, use: base_stock, level: 20, review: 1d}
    - {where: {kind: fc}, use: r_Q, r: 30, Q: 40}
"""


def ledger_of(ran: Ran) -> Ledger:
    assert ran.result is not None
    return ran.result.ledger


@pytest.mark.parametrize("unmet", ["lost", "backorder"])
def test_integrals_are_exact(unmet: str) -> None:
    """Demand ticks on the hour, so that levels change only at whole hours and can be summed hour by hour."""
    ticking = BUSY.replace("UNMET", unmet).replace("rate: 20/d, size: {dist: geometric, mean: 2}", "every: 1h, size: 2")
    ticking = ticking.replace(", shrink: {rate: 1/d}", "")
    levels: dict[int, NDArray[np.int64]] = {}

    def look(ran: Ran) -> None:
        shelves = ran.simulation.shelves.shelves
        owed = shelves.backorders if unmet == "backorder" else np.zeros_like(shelves.on_hand)
        levels[ran.now] = np.array([shelves.on_hand, shelves.on_hand <= 0, owed], np.int64)

    # A count every hour makes the network lane stop at each hour, after all that happens then.
    ran = run(plan_of(TWO_STORES, ticking.replace("units: 15}", "units: 15}, count: {every: 1h}")), look)
    at = [levels[max(time for time in levels if time <= hour * HOUR)] for hour in range(7 * 24)]
    by_day = np.array(at).reshape(7, 24, 3, -1).sum(axis=1) * HOUR
    found = ledger_of(ran).counts
    for row, name in enumerate(("on_hand_us", "out_us", "backorder_us")):
        np.testing.assert_array_equal(found[..., COUNT[name]], by_day[:, row])


@pytest.mark.parametrize("unmet", ["lost", "backorder"])
def test_by_cell_and_by_category_measure_the_same(unmet: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = BUSY.replace("UNMET", unmet)
    fine = run(plan_of(TWO_STORES, text))
    assert fine.plan.by_cell
    monkeypatch.setattr(plan_building, "BY_CELL", 0)
    coarse = run(plan_of(TWO_STORES, text))
    assert not coarse.plan.by_cell
    one, other = ledger_of(fine), ledger_of(coarse)
    places, categories = len(fine.plan.network.locations), len(fine.plan.items.categories)
    bucket = one.buckets.location * categories + one.buckets.category
    for figures, sums in ((one.counts, other.counts), (one.money, other.money)):
        folded = np.zeros_like(sums)
        for i, b in enumerate(bucket.tolist()):
            folded[:, b] += figures[:, i]
        assert folded.shape[1] == places * categories
        np.testing.assert_allclose(folded, sums, rtol=1e-12, atol=1e-6)


def test_money_follows_units() -> None:
    ran = run(plan_of(TWO_STORES, BUSY.replace("UNMET", "lost")))
    ledger = ledger_of(ran)
    price, cost = ran.plan.items.price[ledger.buckets.sku], ran.plan.items.cost[ledger.buckets.sku]
    counts, money = ledger.counts, ledger.money
    np.testing.assert_allclose(money[..., MONEY["revenue"]], counts[..., COUNT["sold"]] * price)
    np.testing.assert_allclose(money[..., MONEY["cost_of_goods"]], counts[..., COUNT["sold"]] * cost)
    np.testing.assert_allclose(money[..., MONEY["lost_margin"]], counts[..., COUNT["lost"]] * (price - cost))
    np.testing.assert_allclose(money[..., MONEY["value_us"]], counts[..., COUNT["on_hand_us"]] * cost, rtol=1e-12)


def test_inbound_is_integrated_from_order_to_receipt() -> None:
    scene = "demand: {pos: {sku: A, every: 1d, size: 3}}\npolicies: {reorder: {use: base_stock, level: 9, review: 1d}}"
    ran = run(plan_of(ONE_STORE.replace("2d", "36h"), scene))
    # Three units ordered at midnight are on their way for a day and a half.
    assert (ledger_of(ran).inbound_us[:, 0] / DAY).tolist() == [3, 4.5, 4.5, 4.5, 4.5, 4.5, 4.5]


def test_lags_are_counted_in_the_bin_they_belong_to() -> None:
    scene = "demand: {pos: {sku: A, every: 1h}}\ninventory: {opening: {units: 999}}"
    for latency in ("0s", "5us", "800ms", "90m"):
        ran = run(plan_of(ONE_STORE, scene, f"streams: {{pos: {{latency: {latency}}}}}"))
        (bin_,) = np.flatnonzero(ledger_of(ran).lag_histogram).tolist()
        microseconds = {"0s": 0, "5us": 5, "800ms": 800_000, "90m": 5_400_000_000}[latency]
        assert lag_edge_us(bin_) <= microseconds < lag_edge_us(bin_ + 1)
        assert ledger_of(ran).lag_histogram.sum() == 7 * 24 - (latency == "90m")


def test_snapshots_compare_truth_and_record() -> None:
    """Forty units, one sold each hour and heard of ten hours later."""
    scene = "demand: {pos: {sku: A, every: 1h}}\ninventory: {opening: {units: 40}}\nstreams: {pos: {latency: 10h}}"
    snapshots = ledger_of(run(plan_of(ONE_STORE, scene))).snapshots
    assert len(snapshots) == 7
    first, second = snapshots[0], snapshots[1]
    # At the end of day one, before what midnight brings, 24 have been sold, and the 14 of before two o'clock are known.
    assert [int(a[0]) for a in (first.truth_units, first.abs_error, first.in_flight, first.cells)] == [16, 10, 10, 1]
    assert [int(a[0]) for a in (second.truth_units, second.abs_error, second.phantom, second.record_above)] == [0, 2, 1, 1]
    assert [int(a[0]) for a in (snapshots[2].cells, snapshots[2].abs_error)] == [0, 0]
