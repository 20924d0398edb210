"""Who is counted: jobs without room, customers who never come, what arrives within a day, and all who waited for one receipt."""

from __future__ import annotations

from pathlib import Path

from tests.twin.fulfilment.fed import fed, ledger_of, told
from tests.twin.orders.book_checks import BookChecks
from tests.twin.scenes import plan_of, run
from twin.kpis.orders import STATION

WEEK = "start: 2026-03-02, days: 4"


def test_a_job_that_finds_no_room_at_an_inner_station_is_counted(tmp_path: Path) -> None:
    """Picked at 10 s, 20 s and, once the second has left its picker, 370 s; the packer has room for one and takes 6 minutes."""
    stations = "operations: {stations: {pick: {time: 10s, next: pack}, pack: {time: 6m, buffer: 1}}}"
    ran = fed(tmp_path, WEEK, "{id: F1, kind: fc}", ["2026-03-03T10:00"] * 3, stations)
    found = dict(zip((name for name, _ in ledger_of(ran).station_names), ledger_of(ran).stations, strict=True))
    columns = [STATION[name] for name in ("arrivals", "blocked", "jobs")]
    assert found["pick"][columns].tolist() == [3, 0, 3]
    assert found["pack"][columns].tolist() == [3, 2, 3]


def test_only_orders_that_can_be_judged_by_the_end_are(tmp_path: Path) -> None:
    orders = ["2026-03-02T10:00", "2026-03-03T10:00", "2026-03-05T10:00"]
    promise = "promise: {pickup: {ready: 2h, hold: 1d, no_show: 1}}"
    never = told(fed(tmp_path, WEEK, "{id: S1, kind: store}", [f"{order},S1" for order in orders], promise))
    assert (never["pickups"], never["kept"], never["no_shows"], never["delivered"]) == (3, 2, 2, 0)
    at_once = told(fed(tmp_path, WEEK, "{id: F1, kind: fc}", orders))
    assert (at_once["delivered"], at_once["delivered_judged"], at_once["delivered_24h"]) == (3, 2, 2)
    late = told(fed(tmp_path, WEEK, "{id: F1, kind: fc}", orders[:2], "carriers: [{id: C, transit: 25h}]"))
    assert (late["delivered"], late["delivered_judged"], late["delivered_24h"]) == (2, 2, 0)


WAITING = """
name: test
time: {start: 2026-03-02, days: 4}
catalog: {items: [{sku: A}, {sku: B}, {sku: C}, {sku: D}, {sku: E}, {sku: F}, {sku: G}, {sku: H}]}
network: {locations: [{id: F1, kind: fc}, {id: V1, kind: supplier}], lanes: [{from: V1, to: F1, transit: 5h}]}
inventory: {opening: [{where: {kind: fc, sku: H}, units: 0}, {where: {kind: fc}, units: 3000}]}
demand: {web: [{replay: FEED}]}
policies: {reorder: [{use: base_stock, level: 0, review: 1d}]}
"""


def test_there_is_room_for_all_who_waited_for_one_receipt(tmp_path: Path) -> None:
    """Three thousand shipments of eight lines each, of which one waited, are sent at one instant: 24,000 lines to pick."""
    rows = [f"2026-03-02T10:{n // 60:02}:{n % 60:02},{n},{sku},1" for n in range(3000) for sku in "ABCDEFGH"]
    (tmp_path / "orders.csv").write_text("\n".join(["time,order,sku,quantity", *rows]) + "\n")
    checks = BookChecks()
    ran = run(plan_of(WAITING.replace("FEED", str(tmp_path / "orders.csv"))), checks)
    assert checks.at_the_end(ran) == 0
    found = told(ran)
    assert (found["orders"], found["backordered"], found["delivered"], found["shipments"]) == (3000, 3000, 3000, 3000)
