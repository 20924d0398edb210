"""KPIs of fabricated ledgers against answers worked out by hand, and properties of any ledger."""

from __future__ import annotations

import copy
import math
import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twin.kpis.fabricate import LABELS, days_of, empty, ledgers, order, put, snapshot, trip
from twin.kpis.compute import compute
from twin.kpis.definitions import DIMENSIONS, KPIS
from twin.kpis.ledger import COUNT, DAY_US, CostRates, Ledger, lag_edge_us

RATES = CostRates(holding_per_day=0.001, order=50, lost_sale=None, backorder_per_day=2, pick=0.35)


@pytest.fixture
def worked() -> Ledger:
    """One day of warm-up, then two days: S1 sells A and B, S2 sells A, F1 feeds them."""
    ledger = empty(days=3, warmup_days=1)
    put(ledger, 0, 0, demanded=999, sold=1, lost=998, lines=999, revenue=1e6, on_hand_us=77 * DAY_US)
    put(ledger, 1, 0, lines=8, lines_filled=6, demanded=10, sold=8, lost=2, on_hand_us=6 * DAY_US,
        out_us=DAY_US // 4, revenue=200, cost_of_goods=80, lost_value=50, lost_margin=30,
        value_us=60.0 * DAY_US)
    put(ledger, 2, 0, lines=10, lines_filled=10, demanded=10, sold=10, on_hand_us=4 * DAY_US,
        revenue=250, cost_of_goods=100, value_us=40.0 * DAY_US)
    put(ledger, 1, 1, lines=5, lines_filled=4, demanded=5, sold=4, backordered=1, backorder_us=DAY_US // 2,
        on_hand_us=2 * DAY_US, out_us=DAY_US // 2, revenue=76, cost_of_goods=24, value_us=12.0 * DAY_US)
    put(ledger, 2, 2, lines=5, lines_filled=5, demanded=5, sold=5, on_hand_us=3 * DAY_US,
        revenue=125, cost_of_goods=50, value_us=30.0 * DAY_US)
    put(ledger, 1, 3, dispatched=20, on_hand_us=100 * DAY_US, value_us=1000.0 * DAY_US)
    put(ledger, 2, 3, dispatched=10, on_hand_us=85 * DAY_US, value_us=850.0 * DAY_US)
    ledger.inbound_us[0] = 500 * DAY_US
    ledger.buckets.expected[:] = [10, 5, 5, 0]
    put(ledger, 1, 0, missed=2)
    put(ledger, 1, 1, missed=1)
    ledger.out_seen_us[:, 0] = [99, DAY_US // 2, DAY_US // 4]
    ledger.out_seen_us[2, 2] = DAY_US // 4
    ledger.inbound_us[1:, 0] = [10 * DAY_US, 4 * DAY_US]
    ledger.inbound_us[1:, 2] = [0, 24 * DAY_US]
    ledger.purchase_orders += [order(0.5, 1.5, 1.4), order(1.0, 2.5, 2.5)]
    ledger.purchase_orders += [order(2.0, 2.9, None), order(2.9, 5, 2.95)]
    ledger.trips += [trip(0.9, cost=1000), trip(1.1), trip(2.1, cost=41), trip(3.0, cost=1000)]
    return ledger


def test_overall_figures_worked_out_by_hand(worked: Ledger) -> None:
    got = compute(worked, LABELS, RATES).overall()
    expected = {
        "fill_rate": 27 / 30,
        "line_fill_rate": 25 / 28,
        "demand_units": 30,
        "lost_units": 2,
        "lost_rate": 2 / 30,
        "lost_rate_seen": 0,
        "lost_sales_value": 50,
        "backorders_mean": 0.25,
        "on_hand_mean": (6 + 4 + 2 + 3 + 100 + 85) / 2,
        "inbound_mean": (10 + 4 + 24) / 2,
        "inventory_value_mean": (60 + 40 + 12 + 30 + 1000 + 850) / 2,
        "turns": 254 * 365 / 2 / 996,
        "days_of_inventory": 365 / (254 * 365 / 2 / 996),
        "availability": 37 / 40,
        "sku_out_share": 0.75 / (4 * 2),
        "sku_out_share_seen": 1 / (4 * 2),
        "purchase_orders": 3,  # the first was placed in the warm-up
        "supplier_otif": 1 / 2,  # one in time, one never came, one due after the end
        "transfers": 2,  # one left in the warm-up, one at the very end
        "transfer_units": 30,
        "revenue": 651,
        "cost_holding": 0.001 * 1992,
        "cost_ordering": 150,
        "cost_backorder": 2 * 0.5,
        "cost_lost": 30,
        "cost_fulfilment": 0.35 * 30,
        "cost_transfer": 81,
        "cost_total": 1.992 + 150 + 1 + 30 + 10.5 + 81,
        "profit": 651 - 254 - (1.992 + 150 + 1 + 10.5 + 81),
        "gmroi": (651 - 254) * 365 / 2 / 996,
    }
    assert got.keys() == expected.keys()
    assert got == pytest.approx(expected, rel=1e-12)


def test_dimensions_worked_out_by_hand(worked: Ledger) -> None:
    frame = compute(worked, LABELS, RATES)
    assert frame.by("location", "fill_rate") == pytest.approx({"S1": 22 / 25, "S2": 1.0})
    assert frame.by("kind", "on_hand_mean") == pytest.approx({"store": 7.5, "fc": 92.5})
    assert frame.by("region", "demand_units") == {"north": 25, "south": 5}
    assert frame.by("category", "fill_rate") == pytest.approx({"grocery": 23 / 25, "toys": 4 / 5})
    assert frame.by("sku", "lost_units") == {"A": 2, "B": 0}
    assert frame.by("abc", "revenue") == {"A": 575, "C": 76}
    assert frame.by("channel", "fill_rate") == pytest.approx({"pos": 0.9})
    assert frame.by("channel", "on_hand_mean") == {}  # channels share the stock
    assert frame.by("supplier", "purchase_orders") == {"V1": 3}
    assert frame.by("supplier", "cost_ordering") == {"V1": 150}
    assert frame.by("location", "cost_transfer") == {"S1": 0, "S2": 0, "F1": 81}
    assert frame.by("location", "inbound_mean") == {"S1": 7, "S2": 0, "F1": 12}
    assert frame.by("location", "availability") == pytest.approx({"S1": 27 / 30, "S2": 1.0})  # nobody wants anything of F1
    assert frame.by("sku", "availability") == pytest.approx({"A": 28 / 30, "B": 9 / 10})
    assert frame.by("day", "availability") == pytest.approx({"1970-01-02": 17 / 20, "1970-01-03": 1.0})
    assert frame.by("location", "sku_out_share_seen") == {"S1": 0.75 / 4, "S2": 0, "F1": 0.25 / 2}
    assert frame.by("day", "sku_out_share_seen") == {"1970-01-02": 0.5 / 4, "1970-01-03": 0.5 / 4}
    assert frame.by("category", "inbound_mean") == {}  # inbound is known by location only
    assert frame.by("sku", "sku_out_share_seen") == {}  # so is this
    assert frame.by("day", "fill_rate") == pytest.approx({"1970-01-02": 12 / 15, "1970-01-03": 1.0})
    assert frame.by("day", "on_hand_mean") == {"1970-01-02": 108, "1970-01-03": 92}
    assert frame.by("day", "turns") == {}
    assert frame.by("week", "purchase_orders") == {"1970-W01": 3}
    assert frame.by("week", "turns") == pytest.approx({"1970-W01": 254 * 365 / 2 / 996})


def test_a_price_for_a_lost_unit_replaces_its_margin(worked: Ledger) -> None:
    assert compute(worked, LABELS, CostRates(lost_sale=7.0)).get("cost_lost") == 14
    assert compute(worked, LABELS, CostRates(lost_sale=0.0)).get("cost_lost") == 0


def test_lost_demand_that_the_record_knows_of() -> None:
    ledger = empty()
    put(ledger, 0, 0, demanded=100, sold=70, lost=30, record_lost=10)
    assert compute(ledger, LABELS, CostRates()).get("lost_rate_seen") == pytest.approx(10 / 80)


def test_what_cannot_be_told_has_no_row() -> None:
    frame = compute(empty(), LABELS, CostRates())
    ratios = {name for name, kpi in KPIS.items() if kpi.under}
    told = {
        "availability", "backorders_mean", "on_hand_mean", "inbound_mean", "inventory_value_mean", "sku_out_share",
        "sku_out_share_seen",
    }  # fmt: skip
    assert frame.overall().keys() & ratios == told
    assert "channel" not in frame.dimension.words
    assert np.isfinite(frame.value).all()


def test_coarse_buckets_tell_categories_but_no_skus() -> None:
    ledger = empty(buckets=[(0, -1, 0), (0, -1, 1), (1, -1, 0)])
    ledger.buckets.cells[:] = [100, 50, 10]
    put(ledger, 0, 0, demanded=4, sold=3, out_us=30 * DAY_US)
    frame = compute(ledger, LABELS, CostRates())
    assert frame.by("sku", "fill_rate") == frame.by("abc", "fill_rate") == {}
    assert frame.by("category", "fill_rate") == {"grocery": 0.75}
    assert frame.by("location", "sku_out_share") == {"S1": 30 / 300, "S2": 0.0}


def test_a_ledger_without_buckets_still_has_orders() -> None:
    ledger = empty(buckets=[])
    ledger.purchase_orders += [order(0.5, 1, 1)]
    frame = compute(ledger, LABELS, CostRates())
    assert frame.get("purchase_orders") == 1
    assert frame.get("on_hand_mean") == 0
    assert frame.by("category", "on_hand_mean") == {}


@pytest.mark.parametrize(
    ("received", "due", "got", "otif"),
    [
        (1.5, 1.5, 10, 1.0),
        (1.5 + 1e-6, 1.5, 10, 0.0),
        (1.0, 1.5, 9, 0.0),
        (None, 1.5, 0, 0.0),
        (1.0, 2.0, 10, None),
    ],
)
def test_on_time_and_in_full(received: float | None, due: float, got: int, otif: float | None) -> None:
    ledger = empty(days=2)
    ledger.purchase_orders += [order(0.0, due, received, got=got)]
    assert compute(ledger, LABELS, CostRates()).get("supplier_otif") == otif


def test_record_against_truth() -> None:
    ledger = empty(days=2)
    ledger.snapshots += [
        snapshot(DAY_US, cells=(10, 0, 10, 0), equal=(7, 0, 9, 0), within=(8, 0, 10, 0), abs_error=(6, 0, 2, 0),
                 in_flight=(2, 0, 0, 0), truth_units=(50, 0, 100, 0), record_above=(8, 0, 10, 0),
                 phantom=(2, 0, 0, 0), hidden=(1, 0, 0, 0)),
        snapshot(2 * DAY_US, cells=(10, 0, 10, 0), equal=(10, 0, 10, 0), within=(10, 0, 10, 0),
                 truth_units=(50, 0, 100, 0), record_above=(10, 0, 10, 0)),
    ]  # fmt: skip
    frame = compute(ledger, LABELS, CostRates())
    assert frame.get("record_accuracy") == 36 / 40
    assert frame.get("record_accuracy_within") == 38 / 40
    assert frame.by("day", "record_accuracy_within") == {"1970-01-01": 18 / 20, "1970-01-02": 1.0}
    assert frame.get("record_error_units") == 6 / 300
    assert frame.get("record_in_flight") == 2 / 300
    assert frame.get("phantom_rate") == 2 / 38
    assert frame.get("hidden_rate") == 1 / 38  # 40 cells less 2 phantoms have stock
    assert frame.by("location", "record_accuracy") == {"S1": 17 / 20, "F1": 19 / 20}
    assert frame.by("day", "record_accuracy") == {"1970-01-01": 16 / 20, "1970-01-02": 1.0}


def test_a_snapshot_at_midnight_closes_the_day_before() -> None:
    ledger = empty(days=2, warmup_days=1)
    ones = (1, 1, 1, 0)
    ledger.snapshots += [snapshot(day * DAY_US, cells=ones, equal=ones) for day in (1, 2)]
    ledger.snapshots[0].equal[:] = 0  # closes the warm-up: not measured
    assert compute(ledger, LABELS, CostRates()).get("record_accuracy") == 1.0


def test_integrals_beyond_int64_are_exact() -> None:
    """A year of 600 full locations: 4e21 unit-microseconds."""
    size, days = 600, 366
    ledger = empty(days=days, buckets=[(2, -1, 0)] * size)
    per_day = 1_000_003 * DAY_US - 1
    ledger.counts[:, :, COUNT["on_hand_us"]] = per_day
    frame = compute(ledger, LABELS, CostRates())
    expected = float(Fraction(per_day * size, DAY_US))
    assert frame.get("on_hand_mean") == pytest.approx(expected, rel=1e-15)
    by_location = {"S1": 0, "S2": 0, "F1": expected}
    assert frame.by("location", "on_hand_mean") == pytest.approx(by_location, rel=1e-15)
    assert all(v == pytest.approx(expected, rel=1e-15) for v in frame.by("day", "on_hand_mean").values())


def test_lag_is_reported_in_seconds() -> None:
    ledger = empty()
    ledger.lag_histogram[np.searchsorted([lag_edge_us(b) for b in range(400)], 2_000_000) - 1] = 10
    lag = compute(ledger, LABELS, CostRates()).get("record_lag_p95")
    assert lag == pytest.approx(2.0, rel=0.13)


def test_bad_input() -> None:
    with pytest.raises(ValueError, match=r"dimension\(='shop'\) must be one of all, channel"):
        compute(empty(), LABELS, CostRates(), dimensions=("shop",))
    with pytest.raises(ValueError, match=r"warmup_days\(=2\) must be less than days\(=2\)"):
        compute(empty(days=2, warmup_days=2), LABELS, CostRates())


def test_a_very_long_horizon_lists_no_days() -> None:
    ledger = empty(days=3661)
    assert compute(ledger, LABELS, CostRates()).dimension.words[-1] == "week"
    assert len(compute(ledger, LABELS, CostRates(), dimensions=("day",)).by("day", "on_hand_mean")) == 3661


def test_only_the_dimensions_asked_for(worked: Ledger) -> None:
    assert set(compute(worked, LABELS, RATES, dimensions=("all", "kind")).dimension.words) == {"all", "kind"}


PARTITIONS = [d for d in DIMENSIONS if d not in ("all", "channel", "supplier", "station")]


@given(ledgers())
@settings(deadline=None, max_examples=50)
def test_members_of_a_dimension_sum_to_the_whole(ledger: Ledger) -> None:
    frame = compute(ledger, LABELS, RATES)
    overall = frame.overall()
    for name, kpi in KPIS.items():
        # What the web ordered belongs to no place and no product.
        told_by = ("day", "week") if ledger.web is not None and kpi.over_web else PARTITIONS
        for dimension in told_by if kpi.additive else ():
            parts = frame.by(dimension, name)
            if parts:
                assert math.fsum(parts.values()) == pytest.approx(overall[name], rel=1e-12, abs=1e-9)
    assert {"demand_units", "lost_units", "revenue"} <= {n for n in KPIS if frame.by("sku", n)}
    assert {"purchase_orders", "cost_total", "profit"} <= {n for n in KPIS if frame.by("location", n)}


@given(ledgers())
@settings(deadline=None, max_examples=50)
def test_a_ratio_is_its_members_weighted_by_their_denominators(ledger: Ledger) -> None:
    frame = compute(ledger, LABELS, RATES)
    for dimension in PARTITIONS if ledger.web is None else ("day", "week"):
        demand, fill = frame.by(dimension, "demand_units"), frame.by(dimension, "fill_rate")
        assert fill.keys() == {member for member, units in demand.items() if units > 0}
        sold = math.fsum(demand[member] * rate for member, rate in fill.items())
        whole = (frame.get("fill_rate") or 0) * (frame.get("demand_units") or 0)
        assert sold == pytest.approx(whole, rel=1e-12)


@given(ledgers(least_days=2), st.data())
@settings(deadline=None, max_examples=50)
def test_two_ranges_of_days_add_up_to_both(ledger: Ledger, data: st.DataObject) -> None:
    first, last = ledger.warmup_days, ledger.days
    cut = data.draw(st.integers(first + 1, last - 1))
    whole = compute(ledger, LABELS, RATES)
    early, late = (compute(days_of(ledger, a, b), LABELS, RATES) for a, b in ((first, cut), (cut, last)))
    for name, kpi in KPIS.items():
        if any(figure.startswith("station_") for figure in kpi.figures):
            continue  # of the horizon alone, not of its days
        if kpi.additive and whole.get(name) is not None:
            both = (early.get(name) or 0) + (late.get(name) or 0)
            assert both == pytest.approx(whole.get(name), rel=1e-12, abs=1e-9)
        judged = name == "supplier_otif" or not kpi.over  # depend on where the horizon ends
        if not judged:
            assert whole.by("day", name) == early.by("day", name) | late.by("day", name)


@given(ledgers())
@settings(deadline=None, max_examples=20)
def test_computing_is_pure(ledger: Ledger) -> None:
    before = pickle.dumps(copy.deepcopy(ledger))
    one, other = compute(ledger, LABELS, RATES), compute(ledger, LABELS, RATES)
    assert pickle.dumps(copy.deepcopy(ledger)) == before
    assert one.columns()["value"].tobytes() == other.columns()["value"].tobytes()
