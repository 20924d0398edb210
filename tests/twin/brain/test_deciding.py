"""When the rules are asked and what becomes of their answers, in runs that can be followed by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from tests.twin.scenes import ONE_STORE, TWO_STORES, Ran, plan_of, run
from twin.clock import DAY, HOUR
from twin.events import Kind

HOURS = 1 / 24
RANGED = "assortment: {skus: [A, B]}"
HOURLY = "demand: {pos: {at: {kind: store}, sku: A, every: 1h}}"


def rule(text: str) -> str:
    return f"policies: {{reorder: {text}}}"


def times(ran: Ran, location: str = "S1") -> list[Any]:
    """Hours since the start at which something was ordered for a location."""
    return [pytest.approx(day * 24) for day, _ in ran.placed(location)]


def test_a_continuous_rule_orders_at_the_instant_its_point_is_reached() -> None:
    """Ten units, one sold each hour from the start on: five are left after the fifth sale, at four o'clock."""
    ran = run(plan_of(ONE_STORE, HOURLY, rule("{use: r_Q, r: 5, Q: 8}"), "inventory: {opening: {units: 10}}"))
    # The other five are sold by nine o'clock; the eight come at hour 52, and the third sale of them leaves five.
    assert times(ran)[:2] == [4, 54]
    assert ran.placed("S1")[0][1] == [8]
    assert [order.position.tolist() for order in ran.orders[:2]] == [[5], [5]]


def test_a_rule_below_its_point_at_the_start_orders_at_once() -> None:
    ran = run(plan_of(ONE_STORE, rule("{use: r_Q, r: 5, Q: 3}"), "inventory: {opening: {units: 1}}"))
    assert ran.placed("S1") == [(0.0, [6])]


def test_demand_of_the_first_instant_comes_before_the_first_look() -> None:
    ran = run(plan_of(ONE_STORE, HOURLY, rule("{use: base_stock, level: 50}"), "inventory: {opening: {units: 50}}"))
    assert ran.placed("S1")[0] == (0.0, [1])


@pytest.mark.parametrize("review", ["7h", "1d", "90m"])
def test_a_periodic_rule_is_asked_from_the_start_on_in_its_rhythm(review: str) -> None:
    ran = run(plan_of(ONE_STORE, HOURLY, rule(f"{{use: base_stock, level: 300, review: {review}}}")))
    step = {"7h": 7.0, "1d": 24.0, "90m": 1.5}[review]
    assert times(ran) == [i * step for i in range(len(ran.orders))]
    assert len(ran.orders) == -(-7 * 24 // step)
    assert ran.orders[0].units.tolist() == [1]


def test_between_reviews_nothing_is_ordered_however_low_it_gets() -> None:
    ran = run(plan_of(ONE_STORE, HOURLY, rule("{use: s_S, s: 5, S: 20, review: 3d}"), "inventory: {opening: {units: 8}}"))
    assert [round(hour) for hour in (day * 24 for day, _ in ran.placed("S1"))] == [72, 144]


def test_packs_and_minimum_quantities() -> None:
    lane = ONE_STORE.replace("transit: 2d", "transit: 0s, order: {moq: 10, pack: 6}")
    ran = run(plan_of(lane, HOURLY, rule("{use: base_stock, level: 20, review: 4h}")))
    assert {units for order in ran.orders for units in order.units.tolist()} == {12}
    many = run(plan_of(lane, HOURLY, rule("{use: base_stock, level: 20, review: 1d}")))
    assert [units for _, units in many.placed("S1")][:2] == [[12], [18]]  # one sold, then thirteen or so


def test_the_first_rule_that_matches_decides() -> None:
    rules = """[{where: {sku: B}, use: r_Q, r: 0, Q: 2}, {where: {ids: [S1]}, use: base_stock, level: 9},
        {use: base_stock, level: 30}]"""
    ran = run(plan_of(TWO_STORES, rule(rules), "inventory: {opening: {units: 0}}"))
    assert ran.placed("S1") == [(0.0, [9]), (0.0, [2])] or ran.placed("S1") == [(0.0, [2]), (0.0, [9])]
    assert sorted(units for _, units in ran.placed("S2")) == [[2], [30]]
    assert {order.rule for order in ran.orders} == {0, 1, 2}


def test_rules_of_one_location_may_look_at_different_times() -> None:
    selling = "demand: {pos: [{at: {ids: [S1]}, sku: A, every: 1h}, {at: {ids: [S1]}, sku: B, every: 1h}]}"
    rules = """[{where: {kind: store, sku: A}, use: base_stock, level: 50},
        {where: {kind: store}, use: base_stock, level: 50, review: 1d}]"""
    ran = run(plan_of(TWO_STORES, selling, rule(rules), RANGED, "inventory: {opening: {units: 500}}"))
    assert ran.orders == []
    ran = run(plan_of(TWO_STORES, selling, rule(rules), RANGED, "inventory: {opening: {units: 50}}"))
    assert [order.rule for order in ran.orders].count(0) == 100  # one for each that is sold: fifty here, fifty at the center
    assert {order.time for order in ran.orders if order.rule == 1} <= {ran.plan.scenario.start_us + day * DAY for day in range(7)}


def test_cells_that_fall_at_one_instant_are_one_order_a_location() -> None:
    selling = "demand: {pos: [{at: {kind: store}, sku: B, every: 5h}, {at: {kind: store}, sku: A, every: 5h}]}"
    ran = run(plan_of(TWO_STORES, selling, rule("{where: {kind: store}, use: base_stock, level: 9}"), RANGED))
    assert ran.placed("S1")[:2] == [(0.0, [1, 1]), (pytest.approx(5 * HOURS), [1, 1])]
    assert [order.skus.tolist() for order in ran.orders[:2]] == [[0, 1], [0, 1]]
    assert [order.destination for order in ran.orders[:4]] == [0, 1, 0, 1]


def test_each_supplier_gets_an_order_of_its_own() -> None:
    net = """
    catalog: {items: [{sku: A, price: 2, supplier: V2}, {sku: B, price: 2}, {sku: C, price: 2, supplier: V2}]}
    network:
      locations: [{id: S1, kind: store}, {id: V1, kind: supplier}, {id: V2, kind: supplier}]
      lanes: [{from: V1, to: S1, transit: 1d, order: {pack: 5}}, {from: V2, to: S1, transit: 3d, cost_per_unit: 1}]
    """
    ran = run(plan_of(net, rule("{use: base_stock, level: 7}"), "inventory: {opening: {units: 0}}"))
    names = [place.id for place in ran.plan.network.locations]
    assert [(names[o.origin], o.skus.tolist(), o.units.tolist()) for o in ran.orders] == [
        ("V1", [1], [10]),
        ("V2", [0, 2], [7, 7]),
    ]


def test_a_center_counts_what_its_stores_have_asked_for() -> None:
    """Twenty at the center, fifteen committed: its position is five, and it orders on that before a truck has left."""
    rules = "[{where: {kind: store}, use: base_stock, level: 15}, {where: {kind: fc}, use: r_Q, r: 10, Q: 50}]"
    opening = "inventory: {opening: [{where: {kind: fc}, units: 20}, {units: 0}]}\nassortment: {skus: [A]}"
    net = TWO_STORES.replace("transit: 1d}", "transit: 1d, departs: '23:00'}")
    ran = run(plan_of(net, rule(rules), opening))
    center = [order for order in ran.orders if order.destination == ran.plan.network.index["F1"]]
    assert [(order.time - ran.plan.scenario.start_us, order.position.tolist()) for order in center] == [(0, [-10])]
    assert center[0].units.tolist() == [50]


def test_a_continuous_center_is_asked_when_its_last_unit_is_committed() -> None:
    rules = "[{where: {kind: store}, use: base_stock, level: 5, review: 1d}, {where: {kind: fc}, use: r_Q, r: 10, Q: 50}]"
    opening = "inventory: {opening: [{where: {kind: fc}, units: 12}, {units: 5}]}\nassortment: {skus: [A]}"
    ran = run(plan_of(TWO_STORES, HOURLY, rule(rules), opening))
    center = [order for order in ran.orders if order.destination == ran.plan.network.index["F1"]]
    # One unit each is asked for at the start: the center stands at ten in the next round of that instant.
    assert center[0].time == ran.plan.scenario.start_us
    assert center[0].position.tolist() == [10]


def test_an_order_without_lead_time_is_there_in_the_next_round_of_its_instant() -> None:
    """What is sold at an hour is replaced at that hour: whoever comes an hour later finds a full shelf."""
    ran = run(plan_of(ONE_STORE.replace("2d", "0s"), HOURLY, rule("{use: base_stock, level: 1}")))
    assert ran.total("sold") == 7 * 24
    assert ran.total("lost") == 0
    assert [day for day, _ in ran.happened(Kind.RECEIPT, "S1")] == [day for day, _ in ran.placed("S1")]
    assert len(ran.orders) == 7 * 24


def test_a_chain_without_any_delay_passes_orders_on_within_an_instant() -> None:
    net = TWO_STORES.replace("transit: 2d", "transit: 0s").replace("transit: 1d", "transit: 0s")
    rules = "[{where: {kind: store}, use: base_stock, level: 1}, {where: {kind: fc}, use: base_stock, level: 0}]"
    ran = run(plan_of(net, HOURLY, rule(rules), "assortment: {skus: [A]}"))
    assert ran.total("sold") == 2 * 7 * 24  # the center keeps nothing and gets everything in time
    assert ran.total("lost") == 0
    assert int(ran.on_hand.sum()) == 2


OWN = "tests.twin.brain.own_policies"


def test_a_rule_of_ones_own_by_its_import_path() -> None:
    own = run(plan_of(ONE_STORE, HOURLY, rule(f"{{use: '{OWN}:KeepTen', level: 12}}"), "inventory: {opening: {units: 12}}"))
    built_in = run(plan_of(ONE_STORE, HOURLY, rule("{use: base_stock, level: 12}"), "inventory: {opening: {units: 12}}"))
    assert own.placed("S1") == built_in.placed("S1")
    assert len(own.orders) > 10
    assert own.result is not None and built_in.result is not None
    assert own.result.events_digest == built_in.result.events_digest


def test_a_class_that_only_looks_like_a_rule_will_do() -> None:
    ran = run(plan_of(ONE_STORE, HOURLY, rule(f"{{use: '{OWN}:Duck', review: 1d}}"), "inventory: {opening: {units: 30}}"))
    assert times(ran)[0] == 24  # six are left of thirty, and twenty-four are sold a day
    assert {units for order in ran.orders for units in order.units.tolist()} == {3}


@pytest.mark.parametrize("review", ["", ", review: 1d"])
def test_a_rule_that_wants_nothing_gets_nothing(review: str) -> None:
    ran = run(plan_of(TWO_STORES, HOURLY, rule(f"{{where: {{kind: store}}, use: '{OWN}:Stubborn'{review}}}"), RANGED))
    assert ran.orders == []


def test_a_rule_that_stays_below_its_point_is_asked_at_the_next_event() -> None:
    """Its signal is answered once; the next sale of the cell signals again."""
    timid = rule(f"{{use: '{OWN}:Timid'}}")
    ran = run(plan_of(ONE_STORE, HOURLY, timid, "inventory: {opening: {units: 8}}"))
    assert times(ran)[:7] == [2, 3, 4, 5, 6, 7, 50]  # five are left at two o'clock, none at seven; the first comes after two days
    assert all(order.units.tolist() == [1] for order in ran.orders)
    assert len(run(plan_of(ONE_STORE, timid, "inventory: {opening: {units: 3}}")).orders) == 3  # each receipt asks again


def test_a_decision_says_up_to_when_the_record_was_complete() -> None:
    """Sales are known after two hours at the latest; a rule knows that it is told of all until then."""
    streams = "streams: {pos: {latency: {dist: uniform, low: 1h, high: 2h}}}"
    ran = run(plan_of(ONE_STORE, HOURLY, rule("{use: base_stock, level: 300, review: 6h}"), streams))
    start = ran.plan.scenario.start_us
    for order in ran.orders:
        assert order.time - 4.1 * HOUR <= order.complete_to <= order.time
        assert order.complete_to >= start
    assert len(ran.orders) > 8


def test_the_log_of_decisions(tmp_path: Path) -> None:
    rules = "[{where: {kind: store}, use: base_stock, level: 9, review: 1d}, {where: {kind: fc}, use: r_Q, r: 8, Q: 20}]"
    ran = run(plan_of(TWO_STORES, HOURLY, rule(rules)), folder=tmp_path, variant="dear", replication=3)
    rows = pq.read_table(tmp_path / "decisions.parquet").to_pylist()
    assert len(rows) == sum(order.cells.size for order in ran.orders)
    assert {(row["variant"], row["replication"]) for row in rows} == {("dear", 3)}
    assert [row["order"] for row in rows] == sorted(row["order"] for row in rows)
    store = next(row for row in rows if row["destination"] == "S1")
    assert (store["policy"], store["kind"], store["origin"], store["sku"]) == ("base_stock", "transfer", "F1", "A")
    center = next(row for row in rows if row["destination"] == "F1")
    assert (center["policy"], center["kind"], center["origin"], center["units"]) == ("r_Q", "purchase", "V1", 20)
    for order in ran.orders:
        np.testing.assert_array_equal(order.units, [row["units"] for row in rows if row["order"] == order.number])


def test_a_log_without_decisions_is_a_table_too(tmp_path: Path) -> None:
    ran = run(plan_of(ONE_STORE, HOURLY), folder=tmp_path)
    assert ran.orders == []
    assert pq.read_table(tmp_path / "decisions.parquet").num_rows == 0


def test_reviews_of_one_instant_are_one_review_the_customers_end_first() -> None:
    """Each week's review of the center sees what the stores ask for that day, whichever of them was put on the agenda first."""
    rules = """[{where: {kind: fc}, use: base_stock, level: 100, review: 2d},
        {where: {ids: [S1]}, use: base_stock, level: 80, review: 1d}, {where: {ids: [S2]}, use: base_stock, level: 80}]"""
    ran = run(plan_of(TWO_STORES, HOURLY, rule(rules), "assortment: {skus: [A]}"))
    center = [order for order in ran.orders if order.destination == ran.plan.network.index["F1"]]
    assert [(order.time - ran.plan.scenario.start_us) / DAY for order in center] == [0, 2, 4, 6]
    for order in center:
        asked = [o for o in ran.orders if o.time == order.time and o.destination == ran.plan.network.index["S1"]]
        assert asked and asked[0].number < order.number
    # All that S1 and S2 sold until then was asked for, and is on order at the center but for S2's sale of this very instant.
    sold = [2 * (24 * day + 1) for day in (0, 2, 4, 6)]
    ordered = np.cumsum([int(order.units.sum()) for order in center])
    assert np.abs(ordered - sold).max() <= 1
