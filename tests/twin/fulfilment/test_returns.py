"""What comes back: each unit by draws of its own, and it is known whose it was."""

from __future__ import annotations

import numpy as np

from tests.twin.fulfilment.fed import ledger_of, web_of
from tests.twin.scenes import plan_of, run
from twin.kpis.orders import NODE
from twin.orders.state import Life

CENTER = """
name: test
time: {start: 2026-03-02, days: 2}
catalog: {items: [{sku: A}]}
network: {locations: [{id: F1, kind: fc}]}
inventory: {opening: {units: 1000000}}
demand: {web: [{orders_per_day: ORDERS, weekdays: [1, 0, 0, 0, 0, 0, 0]}]}
returns: {web: {rate: RATE, delay: 1h, saleable: .5}}
"""


def test_draws_of_returned_units_do_not_repeat() -> None:
    """Of 70,000 units half are saleable, give or take .0019: a sequence that repeats is off by as much as it is short."""
    plan = plan_of(CENTER.replace("ORDERS", "10000").replace("RATE", "1"))
    shares = []
    for replication in range(1, 7):
        nodes = ledger_of(run(plan, replication=replication)).nodes.sum(axis=(0, 1))
        returned = int(nodes[NODE["returned_units"]])
        assert returned > 60_000
        shares.append(nodes[NODE["restocked_units"]] / returned)
    assert float(np.std(shares)) < 0.005
    assert abs(float(np.mean(shares)) - 0.5) < 0.004


def test_it_is_known_which_order_a_unit_was_of() -> None:
    ran = run(plan_of(CENTER.replace("ORDERS", "20").replace("RATE", ".5")), logs=True)
    lives = np.concatenate(web_of(ran).lives)
    delivered, returned, restocked = (
        set(lives["number"][lives["kind"] == kind].tolist()) for kind in (Life.DELIVERED, Life.RETURNED, Life.RESTOCKED)
    )
    assert restocked < returned < delivered
    assert len(restocked) > 10
