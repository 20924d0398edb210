"""What an order is promised where nobody can fill it: which lines are reserved, wait or are refused, and where."""

from __future__ import annotations

from pathlib import Path

from policies.reservation.life import BACKORDERED
from tests.twin.orders.book_checks import live_lines, orders_of
from tests.twin.orders.recorded import planned, told
from twin.orders.state import Life

ONE_EACH = "3 10:00 o1 A 1\n3 10:00 o1 B 1"
A_AT_F2 = "F2 A 10"
STOLEN = "inventory: {opening: {file: STOCK}, shrink: [{where: {WHERE}, rate: 40/d}]}"


def policy(reservation: str) -> str:
    return f"policies: {{reservation: {{use: standard, {reservation}}}}}"


def test_a_location_takes_on_no_more_units_a_day_than_it_can(tmp_path: Path) -> None:
    orders = "3 10:00 o1 A 7\n3 11:00 o2 A 3\n3 12:00 o3 A 3\n3 13:00 o4 A 2\n4 09:00 o5 A 5\n4 10:00 o6 A 1"
    capacity = "operations: {capacity: [{at: {ids: [F1]}, units_per_day: 5}, {at: {ids: [F2]}, units_per_day: 0}]}"
    found = told(planned(tmp_path, orders, "F1 A 100\nF2 A 100", capacity, unmet="backorder"))
    assert found.shipped("F1") == [0, 5, 5, 0, 0, 0]  # 3 + 2, then 5
    assert found.counted("orders", "refused", "backordered", "units_filled") == {
        "orders": 6, "refused": 3, "backordered": 0, "units_filled": 10,
    }  # fmt: skip


def test_of_an_order_that_may_be_promised_in_part_what_somebody_has_is_sent(tmp_path: Path) -> None:
    found = told(planned(tmp_path, ONE_EACH, A_AT_F2, policy("partial: true")))
    assert found.counted("refused", "lines_filled", "units_filled", "orders_filled", "shipments", "delivered") == {
        "refused": 0, "lines_filled": 1, "units_filled": 1, "orders_filled": 0, "shipments": 1, "delivered": 0,
    }  # fmt: skip
    assert found.shipped("F2") == [0, 1, 0, 0, 0, 0]
    assert found.happened(Life.NOT_PROMISED) == [(1, None, "B")]
    whole = told(planned(tmp_path, ONE_EACH, A_AT_F2))
    assert whole.counted("refused", "lines_filled", "shipments") == {"refused": 1, "lines_filled": 0, "shipments": 0}
    assert whole.happened(Life.NOT_PROMISED) == []


def test_in_part_as_many_lines_as_its_shipments_can_carry(tmp_path: Path) -> None:
    stock = "F1 A 10\nF2 B 10"
    found = told(planned(tmp_path, ONE_EACH, stock, "policies: {reservation: {use: standard, partial: true}, "
                         "routing: {use: proximity, max_shipments: 1}}"))  # fmt: skip
    assert found.counted("refused", "lines_filled", "shipments") == {"refused": 0, "lines_filled": 1, "shipments": 1}


def test_what_somebody_has_is_sent_and_the_rest_waits_at_the_first_location(tmp_path: Path) -> None:
    found = told(planned(tmp_path, ONE_EACH, A_AT_F2, unmet="backorder"))
    assert found.counted("refused", "backordered", "lines_filled", "shipments") == {
        "refused": 0, "backordered": 1, "lines_filled": 1, "shipments": 1,
    }  # fmt: skip
    assert found.happened(Life.BACKORDERED) == [(1, "F1", "B")]
    assert found.shipped("F2") == [0, 1, 0, 0, 0, 0]
    together = told(planned(tmp_path, ONE_EACH, "F1 A 10", unmet="backorder"))  # one shipment of F1, which waits
    assert together.counted("backordered", "lines_filled", "shipments") == {"backordered": 1, "lines_filled": 1, "shipments": 0}
    assert together.happened(Life.ROUTED) == [(1, "F1", None)]


def test_each_location_has_its_own_limit_of_backorders_and_no_order_is_refused_by_half(tmp_path: Path) -> None:
    orders = "3 10:00 o1 B 1\n3 11:00 o2 B 1\n3 12:00 o3 B 1\n" + ONE_EACH.replace("o1", "o4").replace("10:00", "13:00")
    found = told(planned(tmp_path, orders, A_AT_F2, policy("backorder_limit: 1"), unmet="backorder"))
    assert found.happened(Life.BACKORDERED) == [(1, "F1", "B"), (2, "F2", "B")]
    assert found.counted("backordered", "refused", "lines_filled") == {"backordered": 2, "refused": 2, "lines_filled": 0}
    assert not found.ran.simulation.brain.record.cells["reserved"].any()
    partial = told(planned(tmp_path, orders, A_AT_F2, policy("backorder_limit: 1, partial: true"), unmet="backorder"))
    assert partial.counted("backordered", "refused", "lines_filled") == {"backordered": 2, "refused": 1, "lines_filled": 1}


def test_who_comes_later_does_not_overtake_who_waits(tmp_path: Path) -> None:
    orders = "3 10:00 o1 A 5\n3 11:00 o2 A 1\n3 12:00 o3 A 1\n3 13:00 o4 A 1"
    reorder = "policies: {reorder: [{where: {ids: [F1]}, use: base_stock, level: 0, review: 1d}]}"
    switched_off = "operations: {capacity: [{at: {ids: [F2]}, orders_per_day: 0}]}"
    found = told(planned(tmp_path, orders, "F1 A 3", reorder, switched_off, unmet="backorder"))
    assert found.counted("backordered", "units_filled", "delivered") == {"backordered": 4, "units_filled": 0, "delivered": 4}
    assert [number for number, *_ in found.happened(Life.ALLOCATED)] == [1, 2, 3, 4]
    assert found.shipped("F1") == [0, 0, 8, 0, 0, 0]


def test_carts_are_held_no_more_than_is_left_by_those_who_wait(tmp_path: Path) -> None:
    orders = "3 10:00 o1 A 5 S1\n3 12:00 o2 A 1 S1"
    more = "policies: {reservation: {use: standard, oversell: 0}}"
    found = told(planned(tmp_path, orders, "S1 A 3", more, web=", checkout: 10m", unmet="backorder"))
    assert found.counted("carts", "holds", "holds_limited") == {"carts": 2, "holds": 0, "holds_limited": 2}


def test_a_delivery_is_for_those_who_wait_at_the_till_as_well(tmp_path: Path) -> None:
    (tmp_path / "till.csv").write_text("time,location,sku,quantity\n2026-03-02T10:00:00,S1,A,4\n")
    (tmp_path / "open.csv").write_text("from,to,sku,units,due\nV1,S1,A,5,2026-03-04T09:00\nV1,S1,A,2,2026-03-05T09:00\n")
    demand = f"demand: {{pos: [{{replay: {tmp_path / 'till.csv'}}}], web: [{{replay: ORDERS}}], unmet: backorder}}"
    inventory = f"inventory: {{opening: {{file: STOCK}}, open_orders: {{file: {tmp_path / 'open.csv'}}}}}"
    found = told(planned(tmp_path, "3 10:00 o1 A 3 S1", "S1 B 1", demand, inventory))
    assert found.happened(Life.REJECTED) == []  # of the five units one is left, and the two of the next day make three
    assert found.shipped("S1") == [0, 0, 0, 3, 0, 0]


def test_a_failed_pick_waits_at_its_own_location_where_backorders_are_allowed(tmp_path: Path) -> None:
    stolen = STOLEN.replace("WHERE", "ids: [F1]")
    more = "policies: {reorder: [{where: {ids: [F1]}, use: base_stock, level: 1, review: 1d}]}"
    switched_off = "operations: {capacity: [{at: {ids: [F2]}, orders_per_day: 0}]}"
    waits = told(planned(tmp_path, "4 10:00 o1 A 1", "F1 A 2", stolen, more, switched_off, unmet="backorder"))
    fields = ("cancelled_retailer", "cancelled_stockout", "oversold_units", "lines_filled", "delivered")
    assert list(waits.counted(*fields).values()) == [0, 0, 1, 0, 1]
    assert waits.happened(Life.BACKORDERED) == [(1, "F1", "A")]
    ends = told(planned(tmp_path, "4 10:00 o1 A 1", "F1 A 2", stolen, more, switched_off, unmet="cancel"))
    assert list(ends.counted(*fields).values()) == [1, 1, 1, 0, 0]


def test_another_location_is_preferred_to_the_one_that_failed(tmp_path: Path) -> None:
    stolen = STOLEN.replace("WHERE", "ids: [F1]")
    found = told(planned(tmp_path, "4 10:00 o1 A 1", "F1 A 2", stolen, unmet="backorder"))
    assert found.happened(Life.BACKORDERED) == [(1, "F2", "A")]
    book = orders_of(found.ran).book
    assert book.lines["state"][live_lines(book)].tolist().count(BACKORDERED) == 1
