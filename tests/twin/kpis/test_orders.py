"""KPIs of web orders, of fabricated ledgers, against answers worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.twin.kpis.fabricate import LABELS, empty, put, put_node, put_orders, put_station, web
from twin.kpis.compute import compute
from twin.kpis.definitions import KPIS
from twin.kpis.frame import KpiFrame
from twin.kpis.ledger import DAY_US, CostRates, Ledger
from twin.kpis.orders import NODE_FIELDS, ORDER_FIELDS, STATION_FIELDS, WebLedger

HOUR = 3_600_000_000
RATES = CostRates(holding_per_day=0.001, order=50, pick=0.5, split=2)


@pytest.fixture
def worked() -> Ledger:
    """One day of warm-up, then two days: S1 sells at POS, the web orders from F1 and S2."""
    ledger = empty(days=3, warmup_days=1)
    put(ledger, 1, 0, lines=10, lines_filled=8, demanded=20, sold=15, lost=5, revenue=150, cost_of_goods=60,
        value_us=30.0 * DAY_US)
    put(ledger, 2, 2, picked=4, restocked=1)
    put(ledger, 1, 3, picked=36, dispatched=20, value_us=500.0 * DAY_US)
    found = web(ledger, ("pick", 2), ("pack", 2), ("pick", 1))
    found.orders[0] = 999  # the warm-up enters no KPI
    found.nodes[0] = 999
    found.node_money[0] = 999
    found.views = np.array([[999, 999], [300, 90], [40, 10]])
    put_orders(found, 1, carts=30, holds=16, holds_limited=1, holds_expired=2, hold_us=6 * DAY_US, checkouts=25,
               orders=20, refused=2, lines=30, lines_filled=24, units=40, units_filled=30, orders_filled=15, backordered=1,
               cancelled_customer=1, cancelled_retailer=2, cancelled_stockout=1, pickups=4, pickups_cancelled=1,
               shipments=22, split=3, delivered=12, delivered_24h=3, promised=16, on_time=12, perfect=8, no_shows=1,
               oversold_units=3, shipped=16, kept=4, delivered_judged=10, lost_units=4, lost_value=40_000_000,
               lost_margin=24_000_000, backorder_us=3 * DAY_US)
    put_orders(found, 2, holds=4, hold_us=2 * DAY_US, orders=5, lines=6, lines_filled=6, units=10, units_filled=10,
               orders_filled=5, pickups=1, shipments=4, split=0, shipped=4)
    put_node(found, 1, 2, assigned=16, picks=24, picked_units=36, rejects=6, shipments=20, shipped_units=34, delivered=11,
             wait_us=12 * HOUR, waits=24, revenue=400, cost_of_goods=160, shipping=80)
    put_node(found, 2, 1, assigned=4, picks=2, picked_units=4, rejects=0, shipments=4, shipped_units=4, collected=1,
             wait_us=8 * HOUR, waits=2, returned_units=3, restocked_units=2, revenue=50, cost_of_goods=20, shipping=12)
    put_station(found, 0, jobs=24, wait_us=12 * HOUR, busy_us=36 * HOUR, capacity_us=96 * HOUR, in_system_us=4 * DAY_US,
                blocked=1, arrivals=25)
    put_station(found, 1, jobs=10, wait_us=HOUR, busy_us=4 * HOUR, capacity_us=16 * HOUR, in_system_us=DAY_US, arrivals=15)
    put_station(found, 2, wait_us=0, busy_us=0, capacity_us=8 * HOUR, in_system_us=DAY_US)
    return ledger


OVERALL = {
    "fill_rate": (15 + 40) / (20 + 50),
    "line_fill_rate": (8 + 30) / (10 + 36),
    "demand_units": 70,
    "lost_units": 5 + 4,
    "lost_rate": (5 + 4) / (20 + 50),
    "lost_rate_seen": 4 / (20 - 5 + 50),  # of the web the record knows all
    "lost_sales_value": 40,
    "cost_lost": 24,
    "backorders_mean": 3 / 2,
    "orders": 25,
    "views": 340,
    "sessions": 100,
    "cart_rate": 30 / 100,
    "conversion_rate": 25 / 100,
    "order_fill_rate": 20 / 25,
    "refusal_rate": 2 / 25,
    "reject_rate": 6 / 32,
    "cancel_rate_customer": 1 / 25,
    "cancel_rate_retailer": 2 / 25,
    "stockout_cancel_rate": 1 / 25,
    "pickup_cancel_rate": 1 / 5,
    "no_show_rate": 1 / 4,
    "returned_units": 3,
    "split_rate": 3 / 20,
    "shipments_per_order": 26 / 20,
    "units_per_shipment": 38 / 24,
    "share_delivered_24h": 3 / 10,
    "on_time_rate": 12 / 16,
    "perfect_order_rate": 8 / 16,
    "hold_expiry_rate": 2 / 20,
    "open_holds_mean": 4,
    "oversold_units": 3,
    "pick_wait_mean": 20 / 26,
    "station_utilisation": 40 / 120,
    "jobs_in_system_mean": 3,
    "blocked_rate": 1 / 40,
    "labour_hours": 120,
    "revenue": 150 + 450,
    "turns": 240 * 365 / 2 / 265,
    "days_of_inventory": 365 / (240 * 365 / 2 / 265),
    "cost_fulfilment": 0.5 * (20 + 40),
    "cost_shipping": 92,
    "cost_split": 2 * (26 - 20),
    "cost_total": 0.53 + 24 + 30 + 92 + 12,
    "cost_per_order": (92 + 0.5 * 40 + 12) / 23,
    "profit": 600 - 240 - (0.53 + 30 + 92 + 12),
    "gmroi": 360 * 365 / 2 / 265,
}


@pytest.mark.parametrize("name", OVERALL)
def test_overall(worked: Ledger, name: str) -> None:
    assert compute(worked, LABELS, RATES).get(name) == pytest.approx(OVERALL[name], rel=1e-12)


def test_every_kpi_that_orders_made_possible_is_worked_out_by_hand(worked: Ledger) -> None:
    with_web, without = (compute(ledger, LABELS, RATES).overall() for ledger in (worked, replace(worked, web=None)))
    assert with_web.keys() - without.keys() <= OVERALL.keys()


def test_without_views_nothing_is_told_of_sessions(worked: Ledger) -> None:
    assert worked.web is not None
    worked.web.views = None
    told = compute(worked, LABELS, RATES).overall().keys()
    assert "orders" in told and not told & {"views", "sessions", "cart_rate", "conversion_rate"}


def test_by_channel(worked: Ledger) -> None:
    frame = compute(worked, LABELS, RATES)
    assert frame.by("channel", "fill_rate") == pytest.approx({"pos": 15 / 20, "web": 40 / 50})
    assert frame.by("channel", "line_fill_rate") == pytest.approx({"pos": 8 / 10, "web": 30 / 36})
    assert frame.by("channel", "demand_units") == {"pos": 20, "web": 50}
    assert frame.by("channel", "revenue") == {"pos": 150, "web": 450}
    assert frame.by("channel", "lost_rate") == {"pos": 0.25, "web": 4 / 50}
    assert frame.by("channel", "orders") == {"web": 25}
    assert frame.by("channel", "views") == {"web": 340} and frame.by("location", "views") == {}
    assert list(frame.by("day", "conversion_rate").values()) == [20 / 90, 5 / 10]
    assert frame.by("channel", "cost_per_order") == pytest.approx({"web": 124 / 23})
    assert frame.by("channel", "open_holds_mean") == {"web": 4}
    for name in ("cost_total", "profit", "turns", "gmroi", "days_of_inventory", "on_hand_mean", "labour_hours"):
        assert frame.by("channel", name) == {}


def test_by_place(worked: Ledger) -> None:
    frame = compute(worked, LABELS, RATES)
    assert frame.by("location", "fill_rate") == {"S1": 0.75}  # what the web ordered belongs to no place
    assert frame.by("location", "orders") == frame.by("kind", "split_rate") == frame.by("region", "cost_split") == {}
    assert frame.by("location", "reject_rate") == {"S2": 0, "F1": 0.2}
    assert frame.by("location", "units_per_shipment") == pytest.approx({"S2": 1, "F1": 34 / 20})
    assert frame.by("kind", "pick_wait_mean") == pytest.approx({"store": 4, "fc": 0.5})
    assert frame.by("location", "returned_units") == {"S1": 0, "S2": 3, "F1": 0}
    assert frame.by("region", "cost_shipping") == {"north": 0, "south": 92}
    assert frame.by("kind", "revenue") == {"store": 200, "fc": 400}
    assert frame.by("location", "cost_fulfilment") == {"S1": 0, "S2": 2, "F1": 28}
    assert frame.by("location", "turns")["F1"] == pytest.approx(160 * 365 / 2 / 250)
    assert frame.by("kind", "profit")["fc"] == pytest.approx(400 - 160 - (0.5 + 28 + 80))
    assert frame.by("kind", "labour_hours") == {"store": 8, "fc": 112}
    assert frame.by("location", "station_utilisation") == pytest.approx({"S2": 0, "F1": 40 / 112})
    assert frame.by("region", "jobs_in_system_mean") == {"north": 0, "south": 3}


def test_by_station(worked: Ledger) -> None:
    frame = compute(worked, LABELS, RATES)
    assert frame.by("station", "station_utilisation") == pytest.approx({"pick@F1": 36 / 96, "pack@F1": 0.25, "pick@S2": 0})
    assert frame.by("station", "pick_wait_mean") == pytest.approx({"pick@F1": 0.5, "pack@F1": 0.1})
    assert frame.by("station", "jobs_in_system_mean") == {"pick@F1": 2, "pack@F1": 0.5, "pick@S2": 0.5}
    assert frame.by("station", "blocked_rate") == {"pick@F1": 1 / 25, "pack@F1": 0}
    assert frame.by("station", "labour_hours") == {"pick@F1": 96, "pack@F1": 16, "pick@S2": 8}
    assert frame.by("station", "orders") == {}


def test_by_time(worked: Ledger) -> None:
    frame = compute(worked, LABELS, RATES)
    first, second = "1970-01-02", "1970-01-03"
    assert frame.by("day", "fill_rate") == pytest.approx({first: 45 / 60, second: 1.0})
    assert frame.by("day", "orders") == {first: 20, second: 5}
    assert frame.by("day", "on_time_rate") == {first: 0.75}  # of the second day, no promise fell due
    assert frame.by("day", "open_holds_mean") == {first: 6, second: 2}
    assert frame.by("day", "cost_shipping") == {first: 80, second: 12}
    assert frame.by("day", "cost_split") == {first: 12, second: 0}
    assert frame.by("day", "revenue") == {first: 550, second: 50}
    assert frame.by("day", "labour_hours") == {}  # stations are known over the horizon only
    assert frame.by("week", "cost_per_order") == pytest.approx({"1970-W01": 124 / 23})


def test_products_tell_no_turns_that_would_lack_the_web(worked: Ledger) -> None:
    frame = compute(worked, LABELS, RATES)
    for dimension in ("sku", "category", "abc"):
        assert frame.by(dimension, "fill_rate")
        assert frame.by(dimension, "cost_fulfilment")
        assert frame.by(dimension, "turns") == frame.by(dimension, "gmroi") == frame.by(dimension, "days_of_inventory") == {}


def rows(frame: KpiFrame) -> list[tuple[object, ...]]:
    return list(zip(*(column.tolist() for column in frame.columns().values()), strict=True))


def test_without_web_demand_nothing_is_told_of_orders(worked: Ledger) -> None:
    frame = compute(replace(worked, web=None), LABELS, RATES)
    assert not {kpi.name for kpi in KPIS.values() if kpi.group == "orders"} & set(frame.kpi.words)
    assert not {"cost_shipping", "cost_split", "cost_per_order"} & set(frame.kpi.words)
    assert "station" not in frame.dimension.words
    assert frame.get("fill_rate") == 0.75
    assert frame.get("turns") == pytest.approx(60 * 365 / 2 / 265)
    assert frame.by("category", "turns") != {}


def test_a_web_where_nobody_came_has_sums_but_no_ratios(worked: Ledger) -> None:
    worked.web = WebLedger.empty(3, 4)
    plain, found = (compute(ledger, LABELS, RATES) for ledger in (replace(worked, web=None), worked))
    added = found.overall().keys() - plain.overall().keys()
    assert added == {"orders", "returned_units", "open_holds_mean", "oversold_units", "cost_shipping", "cost_split"}
    assert {found.get(name) for name in added} == {0.0}
    assert {name: found.get(name) for name in plain.overall()} == plain.overall()
    assert list(found.by("channel", "fill_rate")) == ["pos"]
    assert found.by("location", "labour_hours") == {}


def test_a_web_alone_needs_no_pos() -> None:
    ledger = empty(days=1)
    put_orders(web(ledger), 0, orders=2, units=4, units_filled=3, lines=2, lines_filled=1)
    frame = compute(ledger, LABELS, RATES)
    assert frame.get("fill_rate") == 0.75
    assert frame.by("channel", "line_fill_rate") == {"web": 0.5}


def test_integrals_larger_than_an_int64_stay_exact() -> None:
    ledger = empty(days=4)
    found = web(ledger, ("pick", 2), ("pack", 2), ("sort", 2))
    for day in range(4):
        put_orders(found, day, orders=1, hold_us=4 * 10**18)
        put_node(found, day, 2, wait_us=4 * 10**18, waits=10**6)
    for station in range(3):
        put_station(found, station, in_system_us=8 * 10**18)
    frame = compute(ledger, LABELS, RATES)
    assert frame.get("open_holds_mean") == pytest.approx(4 * 10**18 / DAY_US)
    assert frame.get("pick_wait_mean") == pytest.approx(4 * 10**12 / HOUR)
    assert frame.get("jobs_in_system_mean") == pytest.approx(6 * 10**18 / DAY_US)


def test_fields_have_one_column_each() -> None:
    for fields in (ORDER_FIELDS, NODE_FIELDS, STATION_FIELDS):
        assert len(set(fields)) == len(fields)
