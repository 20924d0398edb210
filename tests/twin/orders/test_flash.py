"""A flash sale: ten thousand checkouts within a minute for a thousand units at three places."""

from __future__ import annotations

import numpy as np
import pytest

from tests.twin.orders.book_checks import BookChecks
from tests.twin.scenes import Ran, plan_of, run
from tests.twin.world.test_conservation import Books
from twin.kpis.orders import NODE, ORDER

SCENE = """
name: test
time: {start: 2026-03-02, days: 8}
catalog: {items: [{sku: A, cost: 1, price: 2}]}
network:
  locations:
    - {id: F1, kind: fc, at: [40, -80]}
    - {id: F2, kind: fc, at: [41, -84]}
    - {id: F3, kind: fc, at: [35, -90]}
    - {id: V1, kind: supplier}
  lanes: [{from: V1, to: F1, transit: 1d}, {from: V1, to: F2, transit: 1d}, {from: V1, to: F3, transit: 1d}]
  zones: [{id: Z1, at: [40, -80.5], share: .3}, {id: Z2, at: [36, -89], share: .7}]
demand:
  web: [{flash: {at: 2026-03-02T10:00, for: 1m, orders: 10000, sku: A, limit_per_order: 1}CHECKOUT}]
  unmet: {web: UNMET}
inventory:
  opening: [{where: {ids: [F1]}, units: 500}, {where: {ids: [F2]}, units: 300}, {where: {ids: [F3]}, units: 200}]
  count: {every: 20m}
operations:
  stations:
    pick: {servers: 5, time: {dist: exponential, mean: 1m}, next: pack}
    pack: {servers: 3, time: 30s, rework: {share: .05, to: pick}}
policies:
  reservation: {use: standard, backorder_limit: LIMIT}
  reorder: [{use: base_stock, level: 0, review: 1d}]
"""
CARTS = ", checkout: {dist: exponential, mean: 10m}, abandon: .1"


@pytest.mark.parametrize("checkout", ["", CARTS], ids=["at once", "carts"])
@pytest.mark.parametrize("limit", [0, 50])
def test_a_thousand_units_are_promised_once(checkout: str, limit: int) -> None:
    unmet = "backorder" if limit else "lost"
    text = SCENE.replace("CHECKOUT", checkout).replace("UNMET", unmet).replace("LIMIT", str(limit))
    books, checks = Books(), BookChecks()

    def look(ran: Ran) -> None:
        books(ran)
        checks(ran)

    ran = run(plan_of(text), look)
    assert ran.result is not None
    assert ran.result.ledger.web is not None
    told = dict(zip(ORDER, ran.result.ledger.web.orders.sum(axis=0).tolist(), strict=True))
    nodes = dict(zip(NODE, ran.result.ledger.web.nodes.sum(axis=(0, 1)).tolist(), strict=True))
    owed = told["backordered"]
    assert told["carts"] == 10_000
    assert told["checkouts"] == told["orders"] == (10_000 if not checkout else pytest.approx(9_000, abs=150))
    assert told["units_filled"] == told["orders_filled"] == 1_000
    assert told["refused"] == told["orders"] - 1_000 - owed
    assert (owed > 0) == (limit > 0)
    assert owed <= 3 * limit
    assert told["delivered"] == nodes["delivered"] == nodes["picked_units"] == 1_000 + owed
    if checkout:
        assert told["holds"] > 1_000  # carts that were abandoned or slow made room for others
        assert told["holds_limited"] == 10_000 - told["holds"]
    else:
        assert told["holds"] == 0
    assert checks.at_the_end(ran) == 0
    record = ran.simulation.brain.record.cells
    assert not record["reserved"].any()
    assert not record["backordered"].any()
    np.testing.assert_array_equal(record["on_hand"], 0)
    np.testing.assert_array_equal(ran.on_hand, 0)
