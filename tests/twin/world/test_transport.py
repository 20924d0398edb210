"""Trucks, suppliers, docks and whoever waits for goods, worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.twin.scenes import ONE_STORE, Ran, plan_of, run
from twin.clock import DAY, HOUR
from twin.events import Kind
from twin.kpis.compute import compute

HOURS = 1 / 24  # days
NET = """
catalog: {items: [{sku: A, cost: 1, price: 2}, {sku: B, cost: 1, price: 2}]}
network:
  locations: [{id: S1, kind: store}, {id: S2, kind: store}, {id: F1, kind: fc}, {id: V1, kind: supplier}]
  lanes:
    - {from: V1, to: F1, transit: 1d}
    - {from: F1, to: S1, LANE}
    - {from: F1, to: S2, LANE}
assortment: {skus: [A, B]}
"""


def net(lane: str = "transit: 6h") -> str:
    return NET.replace("LANE", lane)


def receipts(ran: Ran, location: str) -> list[tuple[Any, int]]:
    """Days since the start, and units in all."""
    return [(pytest.approx(day), sum(units)) for day, units in ran.happened(Kind.RECEIPT, location)]


def demand(every: str, units: int, at: str = "ids: [S1]", sku: str = "A") -> str:
    return f"demand: {{pos: {{at: {{{at}}}, sku: {sku}, every: {every}, size: {units}}}}}"


STORES = "policies: {reorder: {where: {kind: store}, use: base_stock, level: 100, review: 1d}}"
FULL = "inventory: {opening: [{where: {kind: store}, units: 100}, {where: {kind: fc}, units: 1000}]}"


def test_without_departures_goods_leave_at_once() -> None:
    ran = run(plan_of(net(), demand("1d", 7), STORES, FULL))
    assert ran.placed("S1") == [(float(day), [7]) for day in range(7)]
    assert [day for day, _ in ran.happened(Kind.DISPATCH, "F1")] == [float(day) for day in range(7)]
    assert receipts(ran, "S1") == [(day + 0.25, 7) for day in range(7)]


def test_a_truck_leaves_on_time_with_what_waits() -> None:
    ran = run(plan_of(net("transit: 6h, departs: ['02:00', '14:00']"), demand("10h", 7), STORES, FULL))
    departures = [day for day, _ in ran.happened(Kind.DISPATCH, "F1")]
    assert departures == [pytest.approx(day + 2 * HOURS) for day in range(7)]
    assert receipts(ran, "S1")[:2] == [(8 * HOURS, 7), (1 + 8 * HOURS, 14)]


def test_what_is_ordered_when_the_truck_leaves_takes_the_next_one() -> None:
    """Reviews come after picks at one instant."""
    lane, policies = "transit: 1h, departs: '00:00'", STORES.replace("1d", "12h")
    ran = run(plan_of(net(lane), demand("12h", 5), policies, FULL))
    assert [units for _, units in ran.placed("S1")] == [[5]] * 14
    assert receipts(ran, "S1") == [(day + HOURS, 10) for day in range(1, 7)]


def test_departures_are_local_times_of_their_origin() -> None:
    places = net("transit: 0s, departs: '02:00'").replace("{id: F1, kind: fc}", "{id: F1, kind: fc, timezone: America/New_York}")
    ran = run(plan_of(places, demand("1d", 5), STORES, FULL, "time: {start: 2026-03-06, days: 4}\nname: test"))
    hours = [round(day * 24 % 24, 6) for day, _ in ran.happened(Kind.DISPATCH, "F1")]
    assert hours == [7, 7, 7, 6]  # in UTC; the clocks go forward on the eighth, at two: three o'clock it is


def test_a_truck_takes_no_more_than_its_capacity_and_the_rest_takes_the_next() -> None:
    ran = run(plan_of(net("transit: 1h, departs: '02:00', capacity_units: 6"), demand("4d", 20), STORES, FULL))
    assert ran.placed("S1")[0] == (0.0, [20])
    assert receipts(ran, "S1")[:4] == [(3 * HOURS, 6), (1 + 3 * HOURS, 6), (2 + 3 * HOURS, 6), (3 + 3 * HOURS, 2)]
    trips = ran.simulation.transport.trips
    assert [trip.units for trip in trips[:4]] == [6, 6, 6, 2]


def test_capacity_is_shared_line_by_line_in_order_of_asking() -> None:
    two = "demand: {pos: [{at: {ids: [S1]}, sku: A, every: 5d, size: 4}, {at: {ids: [S1]}, sku: B, every: 5d, size: 4}]}"
    ran = run(plan_of(net("transit: 1h, departs: '02:00', capacity_units: 6"), two, STORES, FULL))
    assert [units for _, units in ran.happened(Kind.RECEIPT, "S1")][:2] == [[4, 2], [2]]


def test_without_departures_a_load_above_capacity_goes_in_several_trips_at_once() -> None:
    ran = run(plan_of(net("transit: 1h, capacity_units: 6, cost_per_trip: 10, cost_per_unit: 1"), demand("7d", 14), STORES, FULL))
    assert ran.happened(Kind.DISPATCH, "F1") == [(0.0, [14])]
    assert receipts(ran, "S1") == [(HOURS, 6), (HOURS, 6), (HOURS, 2)]
    trips = ran.simulation.transport.trips
    assert [(trip.units, trip.lines, trip.cost) for trip in trips] == [(6, 1, 16), (6, 1, 16), (2, 1, 12)]
    assert ran.simulation.transport.in_transit == 0
    np.testing.assert_array_equal(ran.believed, ran.on_hand)


def test_each_store_has_trucks_of_its_own() -> None:
    """Both stores are served from one queue; the capacity of a lane is that of its trips."""
    ran = run(plan_of(net("transit: 1h, capacity_units: 5"), demand("7d", 8, "kind: store"), STORES, FULL))
    assert ran.happened(Kind.DISPATCH, "F1") == [(0.0, [8, 8])]
    assert receipts(ran, "S1") == receipts(ran, "S2") == [(HOURS, 5), (HOURS, 3)]


def test_trips_and_their_costs_are_noted() -> None:
    lane = "transit: 1h, departs: '02:00', cost_per_trip: 40, cost_per_unit: .5"
    ran = run(plan_of(net(lane), demand("1d", 7), STORES, FULL))
    first = ran.simulation.transport.trips[0]
    start = ran.plan.scenario.start_us
    assert (first.departed_us, first.arrived_us) == (start + 2 * HOUR, start + 3 * HOUR)
    assert (first.units, first.lines, first.cost) == (7, 1, 43.5)


SCARCE = "inventory: {opening: [{where: {kind: store}, units: 100}, {where: {kind: fc}, units: 10}]}"
BOTH = """
policies:
  reorder:
    - {where: {kind: store}, use: base_stock, level: 100, review: 1d}
    - {where: {kind: fc}, use: base_stock, level: 10, review: 1d}
"""


def test_scarce_stock_goes_to_whoever_asked_first() -> None:
    """S1 and S2 ask for eight each at once; the center has ten, and more the day after."""
    ran = run(plan_of(net(), demand("7d", 8, "kind: store"), BOTH, SCARCE))
    assert [units for _, units in ran.happened(Kind.DISPATCH, "F1")] == [[8, 2], [6]]
    assert receipts(ran, "S1") == [(0.25, 8)]
    assert receipts(ran, "S2") == [(0.25, 2), (1.25, 6)]


def test_who_waits_is_served_before_later_orders() -> None:
    """S2 waits for six; what comes the day after is his, and S1, who asks then, gets the rest."""
    ran = run(plan_of(net(), demand("1d", 8, "kind: store"), BOTH, SCARCE))
    served = [(day, units) for day, units in ran.happened(Kind.DISPATCH, "F1")][:3]
    assert served[0] == (0.0, [8, 2])
    assert served[1] == (1.0, [6])  # the receipt of day one, ordered on day zero, when sixteen were committed
    assert sum(sum(units) for _, units in served) <= 10 + 16
    assert receipts(ran, "S2")[1] == (1.25, 6)


def test_an_empty_center_serves_an_order_when_goods_come() -> None:
    ran = run(plan_of(net(), demand("7d", 8), BOTH, SCARCE.replace("units: 10}", "units: 0}")))
    assert ran.happened(Kind.DISPATCH, "F1") == [(1.0, [8])]
    assert ran.happened(Kind.RECEIPT, "F1") == [(1.0, [18, 10])]  # eight of A are committed, and ten are the aim


def test_a_supplier_takes_orders_only_on_its_days() -> None:
    """Ordered on Monday, Tuesday, ... and accepted on Wednesday and on Friday at midnight."""
    lane = ONE_STORE.replace("transit: 2d", "transit: 12h, order: {days: [wed, fri]}")
    policy = "policies: {reorder: {use: base_stock, level: 50, review: 1d}}"
    ran = run(plan_of(lane, demand("1d", 3), policy))
    assert [day for day, _ in ran.placed("S1")] == [0, 1, 2, 3, 4, 5, 6]
    assert [day for day, _ in ran.happened(Kind.RECEIPT, "S1")] == [2.5] * 3 + [4.5] * 2


def test_on_its_day_a_supplier_takes_an_order_at_any_hour() -> None:
    lane = ONE_STORE.replace("transit: 2d", "transit: 1h, order: {days: [mon]}")
    policy = "policies: {reorder: {use: base_stock, level: 50}}"
    ran = run(plan_of(lane, demand("10h", 3), policy))
    assert [pytest.approx(d) for d, _ in ran.happened(Kind.RECEIPT, "S1")][:3] == [HOURS, 11 * HOURS, 21 * HOURS]


def test_a_disruption_makes_a_supplier_slower_while_it_lasts() -> None:
    policy = "policies: {reorder: {use: base_stock, level: 50, review: 1d}}"
    late = "disruptions: [{at: 2026-03-04, for: 2d, supplier_delay: {ids: [V1], times: 2}}]"
    ran = run(plan_of(ONE_STORE, demand("1d", 3), policy, late))
    # Ordered on days 0 to 4 with two days on the way, those of days 2 and 3 with four.
    assert [day for day, _ in ran.happened(Kind.RECEIPT, "S1")] == [2, 3, 6, 6]
    orders = ran.simulation.transport.purchases
    start = ran.plan.scenario.start_us
    assert [(order.due_us - start) / DAY for order in orders[:4]] == [2, 3, 4, 5]  # what was promised
    assert [order.received_us >= 0 for order in orders] == [True, True, True, False, True, False, False]


def test_disruptions_multiply_and_spare_other_suppliers() -> None:
    policy = "policies: {reorder: {use: base_stock, level: 50, review: 1d}}"
    places = ONE_STORE.replace("{id: V1,", "{id: V2, kind: supplier}, {id: V1,")
    late = """
    disruptions:
      - {at: 2026-03-02, for: 7d, supplier_delay: {ids: [V1], times: 1.5}}
      - {at: 2026-03-03, for: 7d, supplier_delay: {ids: [V1], times: .5}}
      - {at: 2026-03-01, for: 9d, supplier_delay: {ids: [V2], times: 9}}
    """
    ran = run(plan_of(places, demand("1d", 3), policy, late))
    assert [day for day, _ in ran.happened(Kind.RECEIPT, "S1")][:3] == [2.5, 3, 3.5]


def test_purchases_are_noted_from_order_to_receipt() -> None:
    ran = run(plan_of(ONE_STORE, demand("1d", 3), "policies: {reorder: {use: base_stock, level: 50, review: 1d}}"))
    first, last = ran.simulation.transport.purchases[0], ran.simulation.transport.purchases[-1]
    start = ran.plan.scenario.start_us
    assert (first.placed_us, first.due_us, first.received_us) == (start, start + 2 * DAY, start + 2 * DAY)
    assert (first.lines, first.units, first.received_units) == (1, 3, 3)
    assert (last.received_us, last.received_units) == (-1, 0)


def test_what_a_supplier_promises_includes_the_wait_for_its_departure() -> None:
    """Ordered at midnight, sent at 20:00, a day and a half on the way."""
    lane = ONE_STORE.replace("transit: 2d", "transit: 36h, departs: '20:00'")
    ran = run(plan_of(lane, demand("1d", 3), "policies: {reorder: {use: base_stock, level: 50, review: 1d}}"))
    first, start = ran.simulation.transport.purchases[0], ran.plan.scenario.start_us
    assert (first.due_us - start, first.received_us - start) == (56 * HOUR, 56 * HOUR)


def test_docks_unload_in_order_of_arrival_door_by_door() -> None:
    """Three trucks arrive together at two doors; each takes an hour and a minute a unit."""
    three = """
    catalog: {items: [{sku: A, cost: 1, price: 2}]}
    network:
      locations: [{id: S1, kind: store}, {id: V1, kind: supplier}]
      lanes: [{from: V1, to: S1, transit: 2h}]
    """
    docks = "operations: {docks: {at: {kind: store}, doors: 2, unload: 1h, per_unit: 1m}}"
    policy = "policies: {reorder: {use: base_stock, level: 5000}}"
    units = "demand: {pos: {sku: A, every: 20m, size: 10}}"
    ran = run(plan_of(three, units, policy, docks, "time: {start: 2026-03-02, days: 1}\nname: test"))
    # They come every 20 minutes from 2:00 on and take 70: the doors are free at 3:10, 3:30, 4:20, 4:40, 5:30, ...
    minutes = [round(day * 24 * 60) for day, _ in ran.happened(Kind.RECEIPT, "S1")]
    assert minutes[:6] == [190, 210, 260, 280, 330, 350]


def test_a_supplier_is_on_time_when_it_is_at_the_gate() -> None:
    docks = "operations: {docks: {unload: 1h}}"
    policy = "policies: {reorder: {use: base_stock, level: 50, review: 1d}}"
    ran = run(plan_of(ONE_STORE, demand("1d", 3), policy, docks))
    first, start = ran.simulation.transport.purchases[0], ran.plan.scenario.start_us
    at = [(time - start) / HOUR for time in (first.due_us, first.arrived_us, first.received_us)]
    assert at == [48, 48, 49]
    assert ran.result is not None
    assert compute(ran.result.ledger, ran.plan.labels, ran.plan.rates).get("supplier_otif") == 1


def test_docks_are_for_the_locations_selected_and_the_first_rule_decides() -> None:
    docks = "operations: {docks: [{at: {ids: [S1]}, unload: 3h}, {at: {kind: store}, unload: 5h}]}"
    ran = run(plan_of(net("transit: 1h"), demand("7d", 5, "kind: store"), STORES, FULL, docks))
    assert receipts(ran, "S1") == [(4 * HOURS, 5)]
    assert receipts(ran, "S2") == [(6 * HOURS, 5)]


def test_backorders_wait_for_the_next_delivery_and_are_served_first() -> None:
    """Four a day from a stock of two: the delivery of day two serves who waits, then fills the shelf."""
    unmet = "demand: {pos: {sku: A, every: 1d, size: 4}, unmet: backorder}"
    policy = "policies: {reorder: {use: base_stock, level: 2, review: 1d}}"
    seen: list[tuple[float, int, int]] = []

    def look(ran: Ran) -> None:
        shelves = ran.simulation.shelves.shelves
        seen.append((ran.now / DAY, int(shelves.on_hand[0]), int(shelves.backorders[0])))

    ran = run(plan_of(ONE_STORE, unmet, policy, "inventory: {opening: {units: 2}}"), look)
    assert ran.placed("S1")[0] == (0.0, [4])
    assert (0.0, 0, 2) in seen  # two sold, two owed
    assert (1.0, 0, 6) in seen
    # Day two: four come before demand asks for four more.
    assert min(owed for day, _, owed in seen if day == 2.0) == 2
    assert ran.total("sold") == 2
    assert ran.total("backordered") == 4 * 7 - 2
    assert ran.total("backfilled") == 4 * 5
    assert int(ran.simulation.brain.record.backordered[0]) == 4 * 7 - 2 - 4 * 5


def test_lost_sales_are_lost_and_a_sale_may_be_filled_in_part() -> None:
    ran = run(plan_of(ONE_STORE, demand("1d", 4), "inventory: {opening: {units: 10}}"))
    assert [ran.total(name) for name in ("lines", "sold", "lost", "lines_short")] == [7, 10, 18, 5]
    assert ran.total("backordered") == 0


def test_goods_under_way_inside_at_the_start_arrive(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("from,to,sku,units,due\nF1,S1,A,9,2026-03-03T12:00\nV1,F1,B,20,2026-03-04\n")
    ran = run(plan_of(net(), demand("7d", 1), f"inventory: {{opening: {{units: 5}}, open_orders: {{file: {path}}}}}"))
    assert receipts(ran, "S1") == [(1.5, 9)]
    assert receipts(ran, "F1") == [(2.0, 20)]
    assert ran.simulation.transport.in_transit == 0
    assert int(ran.simulation.brain.record.inbound.sum()) == 0
    np.testing.assert_array_equal(ran.believed, ran.on_hand)
