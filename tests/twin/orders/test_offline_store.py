"""Stores that lose their line on Black Friday: what the web sells meanwhile may be gone, unless some units are held back."""

from __future__ import annotations

import math

import numpy as np

from tests.twin.scenes import plan_of
from twin.kpis.compute import compute
from twin.simulate import simulate

SCENE = """
name: test
time: {start: 2026-11-26, days: 3, timezone: America/New_York}
catalog: {generate: {skus: 300}}
network:
  locations: [{id: S1, kind: store, open: "08:00-22:00"}, {id: S2, kind: store, open: "08:00-22:00"}, {id: V1, kind: supplier}]
  lanes: [{from: V1, to: S1, transit: 6h}, {from: V1, to: S2, transit: 6h}]
demand:
  pos: [{at: {kind: store}, lines_per_day: 150, hours: retail}]
  web: [{orders_per_day: 200, hours: retail, lines: {1: .7, 2: .3}, pickup_share: .5}]
  surges: [{name: black-friday, from: 2026-11-27, for: 1d, times: 4}]
  unmet: {pos: lost, web: cancel}
inventory: {opening: {units: 4}}
operations: {stations: {pick: {servers: 3, time: 5m}}}
policies:
  safety: [{where: {kind: store}, channel: web, units: UNITS}]
  reorder: [{use: base_stock, level: 4, review: 1d}]
disruptions: [{at: 2026-11-27T10:00, offline: {kind: store}, for: 10h}]
"""
FALLING = ("pickup_cancel_rate", "stockout_cancel_rate", "reject_rate")


def test_safety_units_spare_customers_a_cancellation() -> None:
    found: dict[int, list[list[float]]] = {}
    for units in (0, 2):
        plan = plan_of(SCENE.replace("UNITS", str(units)))
        found[units] = []
        for replication in range(1, 7):
            kpis = compute(simulate(plan, replication, folder=None).ledger, plan.labels, plan.rates)
            found[units].append([kpis.get(name) or 0.0 for name in FALLING])
    difference = np.array(found[0]) - np.array(found[2])
    mean, error = difference.mean(axis=0), difference.std(axis=0, ddof=1) / math.sqrt(len(difference))
    print(np.array(found[0]).mean(axis=0), np.array(found[2]).mean(axis=0), error)
    assert (np.array(found[0]).mean(axis=0) > 0.01).all()
    assert (mean > 4 * error).all()
