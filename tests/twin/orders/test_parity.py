"""The same seed gives the same orders, and so does a rule that decides the same in plain Python."""

from __future__ import annotations

import numpy as np

from tests.twin.scenes import plan_of, run
from twin.body.simulation import Replication
from twin.kpis.orders import ORDER

SCENE = """
name: test
time: {start: 2026-03-02, days: 5}
catalog: {generate: {skus: 60}}
network:
  locations:
    - {id: F1, kind: fc, at: [40, -80]}
    - {id: F2, kind: fc, at: [41, -84], cut_off: "15:00"}
    - {id: S1, kind: store, at: [40.5, -82], open: "09:00-20:00"}
    - {id: V1, kind: supplier}
  lanes: [{from: V1, to: F1, transit: 1d}, {from: V1, to: F2, transit: 2d}, {from: F1, to: S1, transit: 1d}]
  zones: [{id: Z1, at: [40, -80.5], share: .3}, {id: Z2, at: [41, -83], share: .7}]
demand:
  pos: [{at: {kind: store}, lines_per_day: 200}]
  web:
    - {orders_per_day: 400, lines: {1: .5, 2: .3, 4: .2}, checkout: {dist: exponential, mean: 9m}, abandon: .3, pickup_share: .2,
       cancel: {share: .1, delay: 1h}}
inventory: {opening: {units: 12}, shrink: {rate: .5/d}}
ship_from_store: [{}]
operations: {stations: {pick: {servers: 2, time: 2m}}, capacity: [{at: {ids: [F1]}, orders_per_day: 150}]}
returns: {web: {rate: .1, delay: 1d}}
policies:
  routing: {use: proximity, max_shipments: 3}
  reorder: [{use: base_stock, level: 12, review: 1d}]
"""


def _ran(*sets: str) -> Replication:
    result = run(plan_of(SCENE, sets=sets)).result
    assert result is not None
    return result


def _same(one: Replication, other: Replication) -> None:
    assert one.decisions_digest == other.decisions_digest
    assert one.events_digest == other.events_digest
    assert one.ledger.web is not None
    assert other.ledger.web is not None
    np.testing.assert_array_equal(one.ledger.web.orders, other.ledger.web.orders)
    np.testing.assert_array_equal(one.ledger.web.nodes, other.ledger.web.nodes)


def test_same_seed_same_orders_and_the_same_from_a_rule_in_python() -> None:
    compiled = _ran()
    assert compiled.ledger.web is not None
    told = compiled.ledger.web.orders.sum(axis=0)
    assert told[ORDER["split"]] > 20
    assert told[ORDER["backordered"]] > 20
    _same(compiled, _ran())
    _same(compiled, _ran("policies.routing.use=tests.twin.orders.own_routing:Nearest"))
    assert _ran("seed=2").decisions_digest != compiled.decisions_digest
