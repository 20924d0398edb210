"""Turns in the life of an order that went wrong once."""

from __future__ import annotations

from tests.twin.orders.book_checks import BookChecks, orders_of
from tests.twin.scenes import Ran, plan_of, run
from twin.kpis.orders import ORDER
from twin.orders.state import Control

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


def test_who_waits_is_served_whatever_the_record_has_of_who_waits_at_the_tills() -> None:
    """A backorder of a till that is met before it is heard of leaves one owed unit less than none for a while."""

    def one_less(ran: Ran) -> None:
        web, record = orders_of(ran), ran.simulation.brain.record
        if web.book.control[Control.WAITING] and record.cells["backordered"][0] > 0:
            record.cells["backordered"][0] = 0

    ran = run(plan_of(ONE_CENTER.replace("UNITS", "0").replace("WEB", "")), one_less)
    assert ran.result is not None
    assert ran.result.ledger.web is not None
    found = dict(zip(ORDER, ran.result.ledger.web.orders.sum(axis=0).tolist(), strict=True))
    assert found["delivered"] == found["backordered"] > 30


def test_a_cart_that_pays_after_its_hold_has_expired_is_counted_once() -> None:
    found = told(500, ", checkout: 1h")
    assert found["carts"] == found["checkouts"] == found["holds_expired"] == found["delivered"] > 30
