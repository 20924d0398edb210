"""Cut-offs, collections and doors go by the local clock, also on the days on which it jumps."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.twin.fulfilment.fed import fed, told, when
from twin.orders.state import Life

CENTER = "{id: F1, kind: fc, cut_off: '16:00'}"
CARRIER = "carriers: [{id: C, pickup: '18:00', transit: 10h}]"


def test_when_clocks_are_put_forward(tmp_path: Path) -> None:
    orders = ["2026-03-07T10:00", "2026-03-08T10:00", "2026-03-08T16:30", "2026-03-09T10:00"]
    ran = fed(tmp_path, "start: 2026-03-06, days: 6", CENTER, orders, CARRIER)
    assert when(ran, Life.SHIPPED) == {1: "07 18:00", 2: "08 18:00", 3: "09 18:00", 4: "09 18:00"}
    assert when(ran, Life.DELIVERED) == {1: "08 05:00", 2: "09 04:00", 3: "10 04:00", 4: "10 04:00"}


def test_when_clocks_are_put_back(tmp_path: Path) -> None:
    orders = ["2026-10-31T15:30", "2026-11-01T15:30", "2026-11-01T16:30", "2026-11-02T15:30"]
    ran = fed(tmp_path, "start: 2026-10-30, days: 6", CENTER, orders, CARRIER)
    assert when(ran, Life.SHIPPED) == {1: "31 18:00", 2: "01 18:00", 3: "02 18:00", 4: "02 18:00"}


def test_nobody_collects_while_the_doors_are_closed(tmp_path: Path) -> None:
    orders = ["2026-03-07T23:30,S1", "2026-03-09T19:00,S1", "2026-03-09T21:00,S1", "2026-03-10T07:00,S1", "2026-03-10T21:30,S2"]
    stores = "{id: S1, kind: store, open: '08:00-22:00'}, {id: S2, kind: store, open: '20:00-02:00'}"
    promise = "promise: {pickup: {ready: 2h, hold: 1d}}"
    ran = fed(tmp_path, "start: 2026-03-06, days: 6", stores, orders, promise, "operations: {stations: {pick: {time: 4h}}}")
    assert when(ran, Life.READY) == {1: "08 04:30", 2: "09 23:00", 3: "10 03:00", 4: "10 11:00", 5: "11 01:30"}
    assert when(ran, Life.COLLECTED) == {1: "08 08:00", 2: "10 08:00", 3: "10 08:00", 4: "10 11:00", 5: "11 01:30"}
    days, seen = ran.plan.local_days, []
    for order, ready in zip(orders, ("08 01:30", "09 21:00", "09 23:00", "10 09:00", "10 23:30"), strict=True):
        local = datetime.strptime(f"2026-03-{ready}", "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo("America/New_York"))
        place = ran.plan.network.location(order.split(",")[1])
        opened = days.open_from(0, place.open, int(local.timestamp()) * 1_000_000)
        seen.append(datetime.fromtimestamp(opened / 1e6, ZoneInfo("America/New_York")).strftime("%d %H:%M"))
    assert seen == ["08 08:00", "09 21:00", "10 08:00", "10 09:00", "10 23:30"]
    found = told(ran)  # promised for 08:00 of the 8th, 21:00, 08:00, 09:00 and 23:30
    assert (found["promised"], found["on_time"], found["delivered"]) == (5, 2, 5)
