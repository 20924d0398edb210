"""What a parcel costs, and whom a store that ships may turn down."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.twin.fulfilment.fed import fed, ledger_of, told
from twin.kpis.orders import NODE_MONEY

WEEK = "start: 2026-03-02, days: 4"


def test_each_carrier_bills_volume_by_its_own_divisor(tmp_path: Path) -> None:
    """Twelve litres are 2 kg at 6,000 cm³ a kg; at the 5,000 of the other they would be 3."""
    carriers = """
carriers:
  - {id: other, at: {kind: store}, rates: {base: 9}}
  - {id: own, at: {kind: fc}, divisor: 6000, handling: .5, rates: {base: 3, per_kg: 1}}
"""
    ran = fed(tmp_path, WEEK, "{id: F1, kind: fc}, {id: S1, kind: store}", ["2026-03-03T10:00"] * 2, carriers)
    assert ledger_of(ran).node_money[:, 0, NODE_MONEY["shipping"]].sum() == pytest.approx(2 * (0.5 + 3 + 2 * 1))


def test_what_is_collected_leaves_a_store_its_orders_to_ship(tmp_path: Path) -> None:
    orders = [f"2026-03-03T{hour}:00{place}" for hour, place in ((10, ",S1"), (11, ",S1"), (12, ""), (13, ""), (14, ",S1"))]
    waves = "ship_from_store: [{orders_per_day: 1}]"
    found = told(fed(tmp_path, WEEK, "{id: S1, kind: store}", orders, waves))
    assert (found["pickups"], found["delivered"], found["refused"]) == (3, 4, 1)
    capacity = "operations: {capacity: [{orders_per_day: 2}]}"
    found = told(fed(tmp_path, WEEK, "{id: S1, kind: store}", orders[:4], waves, capacity))
    assert (found["pickups"], found["delivered"], found["refused"]) == (2, 2, 2)
