"""Parity with web orders: what the book of orders heard, heard again with no world, gives the same decisions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import scenarios
from policies.routing import Plan, Proximity, Question, RoutingFacts, RoutingPolicy
from twin.body.replay import replay_events
from twin.clock import DAY, HOUR
from twin.events import Kind
from twin.plan.build import build_plan
from twin.simulate import simulate

SCENARIO = """
name: orders
time: {start: 2026-11-02, days: 8}
seed: 5
catalog:
  items: [{sku: A, cost: 1, price: 2, weight_kg: 1}, {sku: B, cost: 1, price: 2, weight_kg: 3}, {sku: C, cost: 1, price: 9}]
network:
  locations:
    - {id: F1, kind: fc, at: [39.0, -84.6], cut_off: "18:00"}
    - {id: F2, kind: fc, at: [41.0, -81.6]}
    - {id: S1, kind: store, at: [39.1, -84.5], open: "08:00-22:00"}
    - {id: S2, kind: store, at: [41.2, -81.4], open: "09:00-21:00"}
    - {id: V1, kind: supplier}
  lanes:
    - {from: V1, to: F1, transit: 2d}
    - {from: V1, to: F2, transit: 2d}
    - {from: F1, to: S1, transit: 1d}
    - {from: F2, to: S2, transit: 1d}
  zones: [{id: Z1, at: [39.15, -84.45], share: .5}, {id: Z2, at: [41.1, -81.5], share: .5}]
assortment: [{where: {kind: [fc, store]}, skus: [A, B, C]}]
demand:
  pos: [{at: {kind: store}, lines_per_day: 60}]
  web:
    - {orders_per_day: 120, lines: {1: .5, 2: .3, 3: .2}, checkout: {dist: exponential, mean: 20m}, abandon: .5, pickup_share: .2,
       cancel: {share: .1, delay: 3h}}
  unmet: {pos: lost, web: backorder}
returns: {web: {rate: .1, delay: {dist: exponential, mean: 2d}, to: nearest_store, inspect: 1h, saleable: .8}}
inventory:
  opening: {days_of_cover: 2}
  shrink: {where: {kind: [fc, store]}, rate: 2/d}
  count: {where: {kind: [fc, store]}, every: 3d}
ship_from_store: [{where: {kind: store}, orders_per_day: 30}]
carriers: [{id: parcel, pickup: "17:00", transit: {dist: exponential, mean: 1d}, rates: {times: .3}}]
streams:
  pos: {latency: {dist: lognormal, median: 800ms, p95: 20s}, late: {share: .01, delay: 2h}, duplicates: .01}
  warehouse: {latency: 1h}
  web: {latency: {dist: exponential, mean: 5m}}
  returns: {latency: 10m}
operations:
  stations:
    pick: {at: {kind: fc}, time: {dist: exponential, mean: 10m}, next: pack, shifts: [{from: "06:00", to: "22:00", servers: 2}]}
    pack: {at: {kind: fc}, servers: 1, time: 5m, rework: {share: .05, to: pick}, buffer: 4}
policies:
  reservation: {use: standard, hard_ttl: 30h}
  routing: {use: cost, max_shipments: 3}
  safety: [{where: {kind: store}, units: 1}]
  reorder:
    - {where: {kind: store}, use: base_stock, level: auto, service: .9, review: 1d}
    - {where: {kind: fc}, use: base_stock, level: auto, service: .6, review: 1d}
promise: {delivery: 3d, pickup: {ready: 2h, hold: 1d, no_show: .1}}
costs: {split: 2}
"""

HARD = {
    "plain": [],
    "scarce, cancelled": ["inventory.opening=[{units: 3}]", "demand.unmet.web=cancel", "demand.web[0].cancel.share=.4"],
    "short reservations": ["policies.reservation.hard_ttl=4h", "policies.reservation.soft_ttl=5m"],
    "full buildings": ["operations.stations.pick.buffer=3", "streams.web="],
    "asked at once": ["policies.reorder[0].review=continuous", "demand.unmet.pos=backorder", "inventory.opening=[{units: 5}]"],
    "in parts and pieces": [
        "policies.reservation={use: standard, partial: true, backorder_limit: 2}", "inventory.opening=[{units: 3}]",
        "policies.routing={use: cost, max_shipments: 2, split_lines: true, reject_cooldown: 1h}",
        "operations.capacity=[{at: {ids: [F1]}, units_per_day: 40}]",
    ],
    "counted on request": [
        "inventory.count=[{where: {kind: store}, every: 3d}, {where: {kind: [fc, store]}, after_empty_pick: 5h}]",
        "streams.count={latency: {dist: exponential, mean: 2h}, loss: .1}", "inventory.shrink[0].rate=6/d",
    ],
    "counted on request, asked at once": [
        "inventory.count=[{where: {kind: [fc, store]}, after_empty_pick: 0s}]", "policies.reorder[0].review=continuous",
        "inventory.opening=[{units: 5}]", "streams.web={latency: {dist: exponential, mean: 1h}}", "inventory.shrink[0].rate=6/d",
    ],
    "nothing is late": ["streams=", "operations.stations=", "carriers="],
}


@pytest.mark.parametrize("case", HARD)
def test_replayed_orders_give_the_same_decisions(case: str, tmp_path: Path) -> None:
    plan = build_plan(scenarios.loads(SCENARIO, sets=HARD[case]))
    run = simulate(plan, 1, folder=tmp_path, keep_events=True)
    assert run.ledger.web is not None
    replayed = replay_events(plan, tmp_path / "events")
    assert replayed.decisions_digest == run.decisions_digest
    assert replayed.events_digest == run.events_digest
    np.testing.assert_array_equal(replayed.ledger.out_seen_us, run.ledger.out_seen_us)  # the same record, at the same times


def test_a_replay_decides_on_the_same_counts_and_takes_none(tmp_path: Path) -> None:
    """The requests are decisions of both; what was counted is in the feed."""
    plan = build_plan(scenarios.loads(SCENARIO, sets=HARD["counted on request"]))
    kept, again = tmp_path / "kept", tmp_path / "again"
    kept.mkdir()
    again.mkdir()
    simulate(plan, 1, folder=kept, keep_events=True)
    replay_events(plan, kept / "events", folder=again)
    requests, replayed = (requested(folder / "decisions.parquet") for folder in (kept, again))
    assert requests == replayed and len(requests) > 10
    counts = pq.read_table(kept / "events" / "events.parquet").filter(pc.field("kind") == int(Kind.COUNT))
    taken = {(row["event_time"], row["location"], row["sku"]) for row in counts.to_pylist()}
    latest = plan.scenario.end_us - DAY  # whose count is heard of before the end
    due = {(time + 5 * HOUR, location, sku) for time, location, sku in requests if time + 5 * HOUR < latest}
    assert len(due & taken) > 0.7 * len(due) > 7  # a tenth is lost


def requested(file: Path) -> list[tuple[int, str, str]]:
    """Time, location and SKU of all counts that were asked for."""
    rows = pq.read_table(file).to_pylist()
    return [(row["time"], row["destination"], row["sku"]) for row in rows if row["kind"] == "count"]


def test_what_is_kept_changes_no_digest(tmp_path: Path) -> None:
    plan = build_plan(scenarios.loads(SCENARIO))
    kept, plain = simulate(plan, 1, folder=tmp_path, keep_events=True), simulate(plan, 1, folder=None)
    assert (kept.events_digest, kept.decisions_digest) == (plain.events_digest, plain.decisions_digest)


class AsCompiled(RoutingPolicy):
    """A rule in plain Python that decides as `proximity` does."""

    def __init__(self, facts: RoutingFacts) -> None:
        super().__init__(facts)
        self._rule = Proximity(facts, max_shipments=3)

    def choose(self, question: Question) -> Plan:
        """Return what the built-in rule chooses."""
        return self._rule.choose(question)


def test_a_rule_in_python_decides_in_the_same_place_with_the_same_result(tmp_path: Path) -> None:
    built_in = scenarios.loads(SCENARIO, sets=["policies.routing={use: proximity, max_shipments: 3}"])
    compiled = simulate(build_plan(built_in), 1, folder=None)
    path = f"{__name__}:AsCompiled"
    plan = build_plan(scenarios.loads(SCENARIO, sets=[f"policies.routing={{use: '{path}', max_shipments: null}}"]))
    asked = simulate(plan, 1, folder=tmp_path, keep_events=True)
    assert asked.decisions_digest == compiled.decisions_digest
    assert replay_events(plan, tmp_path / "events").decisions_digest == asked.decisions_digest
