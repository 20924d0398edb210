from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings

from tests.twin.kpis.fabricate import LABELS, empty, ledgers, order, put, put_node, trip, web
from twin.kpis.ledger import COUNT, DAY_US, MONEY, Ledger
from twin.kpis.orders import NODE_MONEY
from twin.kpis.timeline import MEASURES, Times, by_location, daily_totals, timeline


@pytest.fixture
def worked() -> Ledger:
    ledger = empty(days=3, warmup_days=1, start_us=10 * DAY_US)
    put(ledger, 0, 0, demanded=7, on_hand_us=5 * DAY_US)
    put(ledger, 2, 0, demanded=2, sold=2, revenue=50, on_hand_us=3 * DAY_US, value_us=30.0 * DAY_US)
    put(ledger, 2, 1, demanded=1, out_us=DAY_US // 4)
    ledger.inbound_us[1, 2] = DAY_US
    ledger.purchase_orders += [order(11.5, 13, None)]
    ledger.trips += [trip(12.0), trip(12.5), trip(13.0)]
    return ledger


def test_series_of_a_location(worked: Ledger) -> None:
    lines = timeline(worked, LABELS)
    assert lines.series("S1", "demanded").tolist() == [7, 0, 3]  # the warm-up is shown; A and B together
    assert lines.series("S1", "on_hand").tolist() == [5, 0, 3]
    assert lines.series("S1", "cells_out").tolist() == [0, 0, 0.25]
    assert lines.series("S1", "inventory_value").tolist() == [0, 0, 30]
    assert lines.series("F1", "inbound").tolist() == [0, 1, 0]
    assert lines.series("F1", "orders_placed").tolist() == [0, 1, 0]
    assert lines.series("F1", "trips").tolist() == [0, 0, 2]  # the third left when the horizon had ended
    assert len(lines.series("S2", "demanded")) == 0  # zero all the time
    assert len(lines.series("S9", "demanded")) == 0


def test_rows_say_when_where_and_what(worked: Ledger) -> None:
    lines = timeline(worked, LABELS)
    table = lines.to_arrow(variant="base", replication=2)
    assert table.schema.names == [
        "variant", "replication", "time", "interval_us", "kind", "location", "measure", "value",
    ]  # fmt: skip
    first = table.to_pylist()[0]
    assert first["time"] == dt.datetime(1970, 1, 11, tzinfo=dt.UTC)
    assert (first["interval_us"], first["kind"], first["location"]) == (DAY_US, "store", "S1")
    assert set(lines.measure.words) == set(MEASURES)
    assert len(lines) % 3 == 0


def test_web_orders_at_their_locations(worked: Ledger) -> None:
    found = web(worked)
    put(worked, 2, 0, picked=4, restocked=1)
    put_node(found, 0, 2, assigned=3, shipments=2, shipping=12, revenue=30)
    put_node(found, 2, 0, assigned=2, collected=1, delivered=1, rejects=1, returned_units=5, revenue=20)
    lines = timeline(worked, LABELS)
    assert lines.series("F1", "orders").tolist() == [3, 0, 0]
    assert lines.series("F1", "shipments").tolist() == [2, 0, 0]
    assert lines.series("F1", "shipping_cost").tolist() == [12, 0, 0]
    assert lines.series("F1", "revenue").tolist() == [30, 0, 0]
    assert lines.series("S1", "revenue").tolist() == [0, 0, 50 + 20]
    for measure, value in {"orders": 2, "picked": 4, "restocked": 1, "collected": 1, "rejected_lines": 1, "returned": 5}.items():
        assert lines.series("S1", measure).tolist() == [0, 0, value]
    assert lines.series("S2", "orders").tolist() == []


def test_many_days_are_laid_together() -> None:
    times = Times.of(7, most=3)
    assert times.first_days.tolist() == [0, 3, 6]
    assert (times.lengths_us // DAY_US).tolist() == [3, 3, 1]
    ledger = empty(days=7)
    ledger.counts[:, 0, COUNT["sold"]] = range(7)
    ledger.counts[:, 0, COUNT["on_hand_us"]] = np.arange(7) * DAY_US
    ledger.purchase_orders += [order(1.5, 9, None), order(6.5, 9, None)]
    table = by_location(ledger, 4, times)
    assert table["sold"][:, 0].tolist() == [0 + 1 + 2, 3 + 4 + 5, 6]
    assert table["on_hand"][:, 0].tolist() == [1, 4, 6]
    assert table["orders_placed"][:, 2].tolist() == [1, 0, 1]
    assert len(Times.of(3660)) == 3660
    assert len(Times.of(3661)) <= 3660


@given(ledgers())
@settings(deadline=None, max_examples=30)
def test_nothing_is_lost_on_the_way(ledger: Ledger) -> None:
    lines = timeline(ledger, LABELS)
    for measure in ("demanded", "lost", "revenue"):
        total = sum(lines.series(name, measure).sum() for name in LABELS.locations)
        column = ledger.counts[..., COUNT[measure]] if measure in COUNT else ledger.money[..., MONEY[measure]]
        sold_online = ledger.web.node_money[..., NODE_MONEY["revenue"]].sum() if ledger.web and measure == "revenue" else 0
        assert total == pytest.approx(column.sum() + sold_online)
    totals = daily_totals(ledger)
    found = [lines.series(name, "on_hand") for name in LABELS.locations]
    on_hand = sum((series for series in found if len(series)), np.zeros(ledger.days))
    assert totals["on_hand"] == pytest.approx(on_hand)
    assert {len(series) for series in totals.values()} == {ledger.days}


def test_a_ledger_without_buckets() -> None:
    ledger = empty(buckets=[])
    assert len(timeline(ledger, LABELS)) == 0
    ledger.purchase_orders += [order(0.5, 1, 1)]
    assert timeline(ledger, LABELS).series("F1", "orders_placed").tolist() == [1, 0]
