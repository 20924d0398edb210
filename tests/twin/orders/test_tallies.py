"""What is counted of orders: once an order, whatever befalls its lines and shipments."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.twin.orders.book_checks import live_lines, orders_of
from tests.twin.orders.recorded import Told, planned, told
from twin.body.replay import replay_events
from twin.body.replay_orders import HeardOrders
from twin.clock import HOUR
from twin.kpis.orders import ORDER
from twin.orders.state import Life
from twin.simulate import simulate

STOCK = "S1 A 9\nS1 B 9\nF1 A 9\nF1 B 9"
PICKUP = "promise: {pickup: {ready: 2h, hold: 1d, no_show: NO_SHOW}}"
STOLEN = "inventory: {opening: {file: STOCK}, shrink: [{where: {WHERE}, rate: 99/d}]}"
JUDGED = ("promised", "on_time", "perfect", "delivered", "no_shows", "pickups_cancelled")
CANCELLED = ("cancelled_customer", "cancelled_retailer", "cancelled_stockout", "pickups_cancelled")


def counts(found: Told, *fields: str) -> list[int]:
    return list(found.counted(*fields).values())


@pytest.mark.parametrize(
    ("no_show", "pick", "expected"),
    [(0, "1h", [1, 1, 1, 1, 0, 0]), (1, "1h", [1, 1, 0, 0, 1, 1]), (0, "3h", [1, 0, 0, 1, 0, 0])],
    ids=["collected", "not collected", "ready too late"],
)
def test_a_pickup_is_on_time_when_it_is_ready(tmp_path: Path, no_show: int, pick: str, expected: list[int]) -> None:
    stations = f"operations: {{stations: {{pick: {{time: {pick}}}}}}}"
    promise = PICKUP.replace("NO_SHOW", str(no_show))
    found = told(planned(tmp_path, "2 10:00 o1 A 1 S1\n2 10:00 o1 B 1 S1", STOCK, stations, promise))
    assert counts(found, *JUDGED) == expected


def test_a_pickup_is_ready_when_all_its_shipments_are(tmp_path: Path) -> None:
    stolen = STOLEN.replace("WHERE", "sku: B, ids: [S1]")
    more = "streams: {web: {latency: 30m}}", PICKUP.replace("NO_SHOW", "1")
    found = told(planned(tmp_path, "5 10:00 o1 A 1 S1\n5 10:00 o1 B 1 S1", STOCK, stolen, *more))
    assert found.happened(Life.READY) == [(1, "S1", None)]  # with A; that B is not in it is heard half an hour later
    assert counts(found, *JUDGED) == [1, 0, 0, 0, 1, 1]
    assert counts(found, *CANCELLED) == [0, 1, 1, 1]  # for want of B, then nobody comes: one order


def test_who_cancelled_is_not_waited_for(tmp_path: Path) -> None:
    more = "operations: {stations: {pick: {time: 2h}}}", "promise: {delivery: 1d}"
    cancelled = told(planned(tmp_path, "2 10:00 o1 A 1", STOCK, *more, web=", cancel: {share: 1, delay: 30m}"))
    assert counts(cancelled, *JUDGED) == [0, 0, 0, 0, 0, 0]
    assert counts(cancelled, *CANCELLED) == [1, 0, 0, 0]
    assert cancelled.happened(Life.TURNED_AWAY) == []  # it was called back
    waits = told(planned(tmp_path, "2 10:00 o1 A 1\n2 11:00 o2 A 99", STOCK, *more))
    assert counts(waits, "refused", *JUDGED) == [1, 1, 1, 1, 1, 0, 0]


def test_what_left_the_building_cannot_be_cancelled(tmp_path: Path) -> None:
    late_news = "streams: {web: {latency: 1h}}"
    found = told(planned(tmp_path, "2 10:00 o1 A 1", STOCK, late_news, web=", cancel: {share: 1, delay: 30m}"))
    assert counts(found, "cancelled_customer", "delivered") == [0, 1]
    assert found.happened(Life.CANCELLED) == []


def test_an_order_expires_once_and_an_expired_pickup_is_a_cancelled_one(tmp_path: Path) -> None:
    more = "operations: {stations: {pick: {time: 5d}}}", "policies: {reservation: {use: standard, hard_ttl: 1h}, "
    split = more[1] + "routing: {use: proximity, max_shipments: 2}}"
    two = told(planned(tmp_path, "2 10:00 o1 A 1\n2 10:00 o1 B 1", "F1 A 9\nF2 B 9", more[0], split))
    assert len(two.happened(Life.EXPIRED)) == 2
    assert counts(two, *CANCELLED) == [0, 1, 0, 0]
    collected = told(planned(tmp_path, "2 10:00 o1 A 1 S1", STOCK, more[0], more[1] + "routing: {use: cost}}"))
    assert counts(collected, *CANCELLED) == [0, 1, 0, 1]


def test_pieces_of_a_line_are_one_line(tmp_path: Path) -> None:
    routing = "policies: {routing: {use: cost, split_lines: true, max_shipments: 3}}"
    there = told(planned(tmp_path, "5 10:00 o1 A 2\n5 10:00 o1 B 1", "F1 A 1\nF2 A 1\nF2 B 1", routing))
    assert counts(there, "lines", "lines_filled", "units_filled", "orders_filled") == [2, 2, 3, 1]
    stolen = STOLEN.replace("WHERE", "sku: A")
    gone = told(planned(tmp_path, "5 10:00 o1 A 2\n5 10:00 o1 B 1", "F1 A 1\nF2 A 1\nF2 B 1", routing, stolen))
    assert counts(gone, "lines", "lines_filled", "units_filled", "orders_filled", "oversold_units") == [2, 1, 1, 0, 2]
    assert counts(gone, *CANCELLED) == [0, 1, 1, 0]


def test_pieces_do_not_go_back_to_where_the_line_failed(tmp_path: Path) -> None:
    routing = "policies: {routing: {use: proximity, split_lines: true, max_shipments: 3}}"
    network = "ship_from_store: [{}]", "operations: {stations: {pick: {at: {ids: [F2, S1]}, time: 9d}}}"
    stolen = STOLEN.replace("WHERE", "ids: [F1]")
    found = told(planned(tmp_path, "5 10:00 o1 A 2", "F1 A 3\nF2 A 1\nS1 A 1", routing, *network, stolen))
    book = orders_of(found.ran).book
    mine = book.lines[live_lines(book)]
    assert mine["units"].tolist() == [1, 1]
    assert mine["failed"].tolist() == [found.ran.plan.network.index["F1"]] * 2


def test_who_finds_no_room_is_not_cancelled_for_want_of_stock(tmp_path: Path) -> None:
    full = "operations: {stations: {pick: {at: {ids: [F1]}, time: 1h, buffer: 1}}}"
    switched_off = "policies: {safety: [{where: {ids: [F2]}, units: 99}]}"
    found = told(planned(tmp_path, "2 10:00 o1 A 1\n2 10:10 o2 A 1", STOCK, full, switched_off))
    assert found.happened(Life.TURNED_AWAY) == [(2, "F1", "A")]
    assert counts(found, *CANCELLED, "delivered") == [0, 1, 0, 0, 1]


def test_an_order_is_split_when_two_shipments_leave(tmp_path: Path) -> None:
    routing = "policies: {routing: {use: proximity, max_shipments: 2}}"
    shipped = ("shipments", "shipped", "split")
    two = told(planned(tmp_path, "5 10:00 o1 A 1\n5 10:00 o1 B 1", "F1 A 9\nF2 B 9", routing))
    assert counts(two, *shipped) == [2, 1, 1]
    stolen = STOLEN.replace("WHERE", "ids: [F1]")
    again = told(planned(tmp_path, "5 10:00 o1 A 1", "F1 A 9\nF2 A 9", routing, stolen))
    assert [place for _, place, _ in again.happened(Life.ROUTED)] == ["F1", "F2"]
    assert counts(again, *shipped) == [1, 1, 0]


def test_a_hold_that_was_none_does_not_expire(tmp_path: Path) -> None:
    slow = ", checkout: 1h"
    limited = told(planned(tmp_path, "2 10:00 o1 A 1\n2 12:00 o2 B 1", "F1 A 9", web=slow))
    assert limited.happened(Life.HOLD_EXPIRED) == [(1, None, None)]


def test_a_cart_that_pays_late_is_counted_once_in_a_replay_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    books: list[HeardOrders] = []
    made = HeardOrders.__init__

    def keep(self: HeardOrders, *arguments: object) -> None:
        made(self, *arguments)  # type: ignore[arg-type]
        books.append(self)

    monkeypatch.setattr(HeardOrders, "__init__", keep)
    plan = planned(tmp_path, "2 10:00 o1 A 1\n2 12:00 o2 A 1", STOCK, web=", checkout: 1h")
    ran = simulate(plan, 1, folder=tmp_path, keep_events=True)
    replayed = replay_events(plan, tmp_path / "events")
    assert replayed.decisions_digest == ran.decisions_digest
    assert books[0].book.tally.sum(axis=0)[[ORDER["carts"], ORDER["holds_expired"], ORDER["orders"]]].tolist() == [2, 2, 2]


def test_what_was_ordered_and_never_comes_is_lost(tmp_path: Path) -> None:
    refused = told(planned(tmp_path, "2 10:00 o1 A 1\n2 11:00 o2 A 3", "F1 A 1"))
    assert refused.counted("refused", "lost_units", "lost_value", "lost_margin", "backorder_us") == {
        "refused": 1, "lost_units": 3, "lost_value": 6_000_000, "lost_margin": 3_000_000, "backorder_us": 0,
    }  # fmt: skip


def test_what_waits_is_counted_as_long_as_it_waits(tmp_path: Path) -> None:
    waits = told(planned(tmp_path, "2 10:00 o1 A 2", "F1 B 1", unmet="backorder"))
    assert waits.counted("lost_units", "backorder_us") == {"lost_units": 0, "backorder_us": 2 * 134 * HOUR}  # to the end
