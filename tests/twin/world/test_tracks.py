"""One track for all locations or one for each, whoever looks in between: the same run, bit for bit."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.twin.logged import rows_of
from tests.twin.scenes import TWO_STORES, Ran, on_one_track, plan_of, run
from tests.twin.world.made_up import texts
from twin.plan import build as plan_building
from twin.simulate import Plan

BUSY = """
demand:
  pos:
    - {at: {kind: store}, sku: A, rate: 30/d, size: {dist: geometric, mean: 2}, overdispersion: 3}
    - {at: {kind: store}, sku: B, every: 1h}
inventory:
  opening: [{where: {kind: fc}, units: 60}, {units: 25}]
  shrink: {rate: 1/d}
COUNT
operations: {docks: [{at: {kind: store}, doors: 1, unload: {dist: exponential, mean: 3h}, per_unit: 1m}]}
STREAMS
disruptions:
  - {at: 2026-03-04T10:00, for: 7h, offline: {ids: [S1]}}
  - {at: 2026-03-03, for: 2d, supplier_delay: {times: 2}}
policies:
  reorder:
    - {where: {kind: store, sku: A}, use: base_stock, level: 40, review: 9h}
    - {where: {kind: store}, use: s_S, s: 20, S: 35, review: 1d}
    - {where: {kind: fc}, use: r_Q, r: 60, Q: 50, review: 6h}
"""
COUNTED = "  count: [{where: {kind: store}, every: 31h}, {where: {kind: fc}, every: 2d, at: '03:00'}]"
WORST = """
streams:
  pos: {latency: {dist: lognormal, mean: 20m, cv: 2}, late: {share: .2, delay: {dist: exponential, mean: 1d}}, duplicates: .2,
        loss: .05, catch_up: 2h}
  warehouse: {latency: {dist: uniform, low: 1h, high: 9h}, late: {share: .1, delay: 1d}, duplicates: .3, loss: .05}
  count: {latency: 5h, duplicates: .5}
"""
CHAIN = """
catalog: {items: [{sku: A, category: food, cost: 1, price: 2}, {sku: B, category: toys, cost: 3, price: 5}]}
network:
  locations:
    - {id: F2, kind: fc}
    - {id: S1, kind: store}
    - {id: V1, kind: supplier}
    - {id: S2, kind: store}
    - {id: H1, kind: fc}
    - {id: S3, kind: store}
    - {id: F1, kind: fc}
  lanes:
    - {from: V1, to: H1, transit: {dist: lognormal, mean: 1d, cv: 1}}
    - {from: H1, to: F1, transit: 6h, departs: ["02:00", "14:00"], capacity_units: 40}
    - {from: H1, to: F2, transit: {dist: uniform, low: 0s, high: 1d}}
    - {from: F1, to: S1, transit: 0s}
    - {from: F1, to: S2, transit: 5h, departs: "06:00", capacity_units: 30}
    - {from: F2, to: S3, transit: 1d}
    - {from: F1, to: S3, transit: 2d, cost_per_unit: 9}
"""
SUMMER = "name: test\ntime: {start: 2026-03-03T05:00, days: 6, warmup_days: 1, timezone: America/New_York}"  # an hour is skipped
WEEK = "name: test\ntime: {start: 2026-03-02, days: 7}"

CASES = {
    "plain": (WEEK, TWO_STORES, "", ""),
    "worst": (WEEK, TWO_STORES, COUNTED, WORST),
    "counts of a perfect record": (WEEK, TWO_STORES, COUNTED, ""),
    "two centers behind a hub": (WEEK, CHAIN, COUNTED, WORST),
    "from five in the morning": (SUMMER, CHAIN, COUNTED, WORST),
    "no latency behind a hub": (SUMMER, CHAIN, COUNTED, "streams: {}"),
}


def plan(case: str) -> Plan:
    time, network, count, streams = CASES[case]
    found = plan_of(time, network, BUSY.replace("COUNT", count).replace("STREAMS", streams))
    assert found.tracks == len(found.network.locations)
    return found


def assert_same(one: Ran, other: Ran) -> None:
    """Truth, record, decisions and everything that was measured."""
    assert one.result is not None and other.result is not None
    for name in ("events_digest", "decisions_digest", "counters"):
        assert getattr(one.result, name) == getattr(other.result, name), name
    same(one.on_hand, other.on_hand)
    same(one.simulation.shelves.shelves.pages, other.simulation.shelves.shelves.pages)
    a, b = one.simulation.brain.record, other.simulation.brain.record
    for name in ("cells", "inbound", "committed", "backordered", "asks", "meters", "count_times"):
        same(getattr(a, name), getattr(b, name))
    for name in ("digest", "heard_to", "top", "recent_end"):
        same(a.senders[name], b.senders[name])
    a_ledger, b_ledger = one.result.ledger, other.result.ledger
    for name in ("counts", "money", "inbound_us", "lag_histogram"):
        same(getattr(a_ledger, name), getattr(b_ledger, name))
    assert a_ledger.purchase_orders == b_ledger.purchase_orders
    assert a_ledger.trips == b_ledger.trips
    assert len(a_ledger.snapshots) == len(b_ledger.snapshots)
    for mine, theirs in zip(a_ledger.snapshots, b_ledger.snapshots, strict=True):
        for each in fields(mine):
            same(np.asarray(getattr(mine, each.name)), np.asarray(getattr(theirs, each.name)))


def same(one: Any, other: Any) -> None:
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("days", [1, 3, 7])
@pytest.mark.parametrize("case", CASES)
def test_one_track_or_many(case: str, days: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many = run(plan(case), folder=tmp_path / "many", keep_events=True)
    same_stretches = days == many.plan.chunk_days
    monkeypatch.setattr(Plan, "chunk_days", days)
    one = run(on_one_track(many.plan), folder=tmp_path / "one", keep_events=True)
    assert one.simulation.shelves.shelves.tracks.size == 1
    assert_same(one, many)
    logs = [rows_of(tmp_path / name / "events" / "events.parquet") for name in ("one", "many")]
    assert len(logs[0]) > 300
    assert by_sender(logs[0]) == by_sender(logs[1])
    if same_stretches:
        assert logs[0] == logs[1]


def by_sender(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    names = ("record_time", "round", "source", "location", "sequence", "line", "event_time", "kind", "sku", "units", "other")
    return sorted(tuple(row[name] for name in names) for row in rows)


@pytest.mark.parametrize("case", CASES)
def test_a_ledger_by_category_is_the_same_on_one_track(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_building, "BY_CELL", 0)
    many = run(plan(case))
    assert not many.plan.by_cell
    assert_same(run(on_one_track(many.plan)), many)


@pytest.mark.parametrize("case", CASES)
def test_whoever_looks_changes_nothing(case: str) -> None:
    """All locations are visited at every step of the network, though nobody has to."""
    alone = run(plan(case))
    looks = 0

    def look(ran: Ran) -> None:
        nonlocal looks
        if ran.result is None:
            ran.catch_up()
            looks += 1

    assert_same(run(plan(case), look), alone)
    assert looks > 50


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(texts(apart=True), st.booleans())
def test_one_track_or_many_in_any_scenario(text: str, looking: bool) -> None:
    many = plan_of(text)
    assert many.tracks == len(many.network.locations)
    assert_same(run(on_one_track(many), Ran.catch_up if looking else None), run(many, Ran.catch_up if looking else None))


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(texts())
def test_rules_that_are_asked_at_once_and_backorders_share_a_track(text: str) -> None:
    found = plan_of(text)
    together = found.asks_at_once or found.scenario.demand.unmet.pos == "backorder"
    assert found.tracks == (1 if together else len(found.network.locations))
    assert found.asks_at_once == any(group.review_us == 0 for group in found.groups)
