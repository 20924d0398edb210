"""What the lane measures: integrals that are exact to the microsecond, whichever way they are kept."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.twin.scenes import ONE_STORE, TWO_STORES, Ran, plan_of, run
from twin.clock import DAY, HOUR
from twin.kpis.compute import compute
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
    assert one.buckets.expected.any() and not other.buckets.expected.any()  # what is expected is known of cells only
    one.money[..., MONEY["missed"]] = 0
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


@pytest.mark.parametrize(
    ("latency", "opening", "equal", "within"),
    [
        ("0s", 240, (1, 1, 1), (1, 1, 1)),  # a record that does not lag
        ("1h", 240, (0, 0, 0), (1, 1, 1)),  # the sale of eleven in the evening is not known yet: one unit
        ("10h", 240, (0, 0, 0), (1, 0, 0)),  # ten units, of 216, 192 and 168 on the shelf
        ("10h", 30, (0, 0, 0), (0, 0, 0)),  # ten of 6; then nothing is there, and four are not known; then nothing is compared
    ],
)
def test_a_record_may_be_off_by_a_unit_or_a_twentieth(
    latency: str, opening: int, equal: tuple[int, ...], within: tuple[int, ...]
) -> None:
    scene = f"demand: {{pos: {{sku: A, every: 1h}}}}\ninventory: {{opening: {{units: {opening}}}}}"
    found = ledger_of(run(plan_of(ONE_STORE, scene, f"streams: {{pos: {{latency: {latency}}}}}"))).snapshots[:3]
    assert tuple(int(snapshot.equal[0]) for snapshot in found) == equal
    assert tuple(int(snapshot.within[0]) for snapshot in found) == within


def test_the_record_sees_a_shelf_empty_when_it_hears_of_the_last_unit() -> None:
    """Forty units, one sold each hour: the shelf is empty from the sale of the 39th hour on."""
    for latency, seen in (("0s", 39), ("10h", 49)):
        scene = "demand: {pos: {sku: A, every: 1h}}\ninventory: {opening: {units: 40}}"
        ran = run(plan_of(ONE_STORE, scene, f"streams: {{pos: {{latency: {latency}}}}}"))
        ledger = ledger_of(ran)
        assert (ledger.counts[:, 0, COUNT["out_us"]] / HOUR).tolist() == [0, 9, 24, 24, 24, 24, 24]
        assert (ledger.out_seen_us[:, 0] / HOUR).tolist() == [0, 48 - min(seen, 48), 72 - max(seen, 48), 24, 24, 24, 24]
        frame = compute(ledger, ran.plan.labels, ran.plan.rates)
        assert frame.get("sku_out_share") == (168 - 39) / 168
        assert frame.get("sku_out_share_seen") == (168 - seen) / 168


@pytest.mark.parametrize("unmet", ["lost", "backorder"])
def test_a_record_that_does_not_lag_sees_what_is_out(unmet: str) -> None:
    text = BUSY.replace("UNMET", unmet).replace(", shrink: {rate: 1/d}", "")
    prompt, late = (ledger_of(run(plan_of(TWO_STORES, text, more))) for more in ("", "streams: {pos: {latency: 3h}}"))
    for ledger, same in ((prompt, True), (late, False)):
        out = np.array([ledger.counts[:, ledger.buckets.location == store, COUNT["out_us"]].sum(axis=1) for store in (0, 1)]).T
        assert out.sum() > 0
        assert np.array_equal(out, ledger.out_seen_us[:, :2]) is same
