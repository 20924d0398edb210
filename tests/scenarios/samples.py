"""Scenarios that the tests change."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import scenarios
from scenarios import Edit, Resolved, ScenarioErrors

FOLDER = Path(__file__).parent
COMPLETE = (FOLDER / "complete.yaml").read_text("utf-8")  # the specification's own sample

TEXTBOOK = """\
name: textbook
time: {start: 2026-01-01, days: 10}
catalog: {items: [{sku: A}]}
network:
  locations: [{id: S1, kind: store}, {id: V1, kind: supplier}]
  lanes: [{from: V1, to: S1, transit: 5d}]
demand: {pos: [{at: {kind: store}, sku: A, rate: 2/d}], unmet: backorder}
policies: {reorder: [{where: {kind: store}, use: base_stock, level: 14}]}
"""

ORDERS = """\
name: orders
time: {start: 2026-11-23, days: 7, timezone: America/New_York}
catalog:
  items:
    - {sku: A, price: 20, weight_kg: .4, volume_l: 1.5}
    - {sku: B, price: 9}
network:
  locations:
    - {id: S1, kind: store, tags: [wave1]}
    - {id: S2, kind: store}
    - {id: F1, kind: fc}
demand:
  pos: [{at: {kind: store}, sku: A, rate: 20/d}]
  web:
    - {orders_per_day: 40, cancel: {share: .02, delay: {dist: exponential, mean: 4h}}, pickup_share: .1}
    - {pos_share: .10, lines: {1: .7, 2: .3}, hours: retail}
    - {flash: {at: "2026-11-27T10:00", for: 1m, orders: 10000, sku: A, limit_per_order: 1}, checkout: 1m}
ship_from_store:
  - {where: {tag: wave1}, from: 2026-11-24, to: 2026-11-27, orders_per_day: 150}
  - {where: {ids: [S2]}}
carriers:
  - {id: express, at: {kind: fc}, pickup: ["12:00", "17:00"], transit: by_distance, rates: {times: .3}, divisor: 6000}
  - {id: post, pickup: "17:00", transit: 2d, handling: .5, rates: {base: 4, per_kg: .5, per_zone: .2}, zones: usps}
operations:
  stations:
    pick:
      at: {kind: [store, fc]}
      first: pickup
      shifts:
        - {days: [mon, tue, wed, thu, fri], from: "06:00", to: "14:00", servers: 6}
        - {from: "22:00", to: "06:00", servers: 1}
      next: pack
    pack: {at: {kind: fc}, servers: 2, buffer: 12, rework: {share: .02, to: pick}, next: ship}
    ship: {at: {kind: fc}}
  capacity:
    - {at: {kind: store}, orders_per_day: 60}
    - {at: {kind: fc}, units_per_day: 9000}
"""


def changed(text: str, *edits: tuple[str, str]) -> str:
    """`text` with pieces of it replaced, each of which must be there."""
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def errors_of(text: str, sets: Sequence[str] = ()) -> ScenarioErrors:
    """What is wrong with a scenario that must be wrong."""
    try:
        scenarios.loads(text, name="s.yaml", sets=sets)
    except ScenarioErrors as errors:
        return errors
    raise AssertionError("nothing was found wrong")


def textbook(*edits: tuple[str, str], sets: Sequence[str | Edit] = ()) -> Resolved:
    """The textbook scenario, changed."""
    return scenarios.loads(changed(TEXTBOOK, *edits), sets=sets)
