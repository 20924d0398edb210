"""Turns in the life of an order that went wrong once."""

from __future__ import annotations

from tests.twin.orders.book_checks import BookChecks
from tests.twin.scenes import plan_of, run
from twin.kpis.orders import ORDER

ONE_CENTER = """
name: test
time: {start: 2026-03-02, days: 6}
catalog: {items: [{sku: A}]}
network:
  locations: [{id: F1, kind: fc}, {id: V1, kind: supplier}]
  lanes: [{from: V1, to: F1, transit: 5h}]
inventory: {opening: {where: {kind: fc}, units: UNITS}}
policies: {reservation: {use: standard, soft_ttl: 15m}, reorder: [{use: base_stock, level: 0, review: 1d}]}
demand: {web: [{orders_per_day: 10, weekdays: [1, 0, 0, 0, 0, 0, 0]WEB}]}
"""


def told(units: int, web: str, *more: str) -> dict[str, int]:
    checks = BookChecks()
    ran = run(plan_of(ONE_CENTER.replace("UNITS", str(units)).replace("WEB", web), *more), checks)
    assert checks.at_the_end(ran) == 0
    assert ran.result is not None
    assert ran.result.ledger.web is not None
    return dict(zip(ORDER, ran.result.ledger.web.orders.sum(axis=0).tolist(), strict=True))


def test_a_cancellation_after_the_pick_comes_too_late() -> None:
    stations = "operations: {stations: {pick: {servers: 99, time: 1m, next: pack}, pack: {servers: 99, time: 1h}}}"
    late = told(500, ", cancel: {share: 1, delay: 30m}", stations)
    assert late["orders"] > 30
    assert (late["cancelled_customer"], late["delivered"]) == (0, late["orders"])
    early = told(500, ", cancel: {share: 1, delay: 10s}", stations)
    assert (early["cancelled_customer"], early["delivered"]) == (early["orders"], 0)


def test_backorders_of_the_only_cell_are_met() -> None:
    found = told(0, "")
    assert found["orders"] > 30
    assert found["backordered"] == found["orders"] == found["delivered"]


def test_a_cart_that_pays_after_its_hold_has_expired_is_counted_once() -> None:
    found = told(500, ", checkout: 1h")
    assert found["carts"] == found["checkouts"] == found["holds_expired"] == found["delivered"] > 30
