"""What stands on the shelves at the start and what is on its way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scenarios import ScenarioError
from tests.twin.scenes import ONE_STORE, TWO_STORES, plan_of
from twin.clock import DAY, HOUR
from twin.simulate import Plan

RANGED = "assortment: {skus: [A, B]}"
DEMAND = "demand: {pos: {at: {kind: store}, sku: A, rate: 2.3/d, size: 2}}"
RULES = """
policies:
  reorder:
    - {where: {kind: store, sku: A}, use: base_stock, level: 12}
    - {where: {ids: [S1]}, use: s_S, s: 4, S: 20, review: 1d}
    - {where: {kind: fc}, use: r_Q, r: 30, Q: 25}
"""


def stock(plan: Plan) -> dict[str, list[int]]:
    return {
        place.id: plan.opening[plan.ranged.of(i)].tolist() for i, place in enumerate(plan.network.locations) if place.is_internal
    }


def test_without_rules_it_is_what_the_reorder_rule_aims_at() -> None:
    """A base-stock level, S, r + Q; and nothing where no rule orders."""
    assert stock(plan_of(TWO_STORES, RANGED, DEMAND, RULES)) == {"S1": [12, 20], "S2": [12, 0], "F1": [55, 55]}


def test_level_target_says_the_same() -> None:
    opening = "inventory: {opening: {level: target}}"
    assert stock(plan_of(TWO_STORES, RANGED, DEMAND, RULES, opening)) == stock(plan_of(TWO_STORES, RANGED, DEMAND, RULES))


MANY = """
catalog: {generate: {skus: 2000}}
network:
  locations: [STORES{id: V1, kind: supplier}]
  lanes: [{from: V1, to: S1, transit: 1d}, {from: V1, to: S2, transit: 1d, order: {pack: 12}}]
assortment: {top: TOP}
policies: {reorder: {use: s_S, s: 9, S: 29}}
inventory: {opening: {level: steady}}
"""


def many(stores: str = "{id: S1, kind: store}, {id: S2, kind: store}, ", top: int = 2000) -> Plan:
    return plan_of(MANY.replace("STORES", stores).replace("TOP", str(top)))


def test_level_steady_is_how_a_rule_long_at_work_leaves_it() -> None:
    """Evenly anywhere above the order point, up to what an order at that point brings, in whole packs."""
    found = stock(many())
    for store, highest in (("S1", 29), ("S2", 9 + 24)):
        levels = np.bincount(found[store])
        assert levels[:10].sum() == 0
        assert levels.size == highest + 1
        expected = 2000 / (highest - 9)
        assert ((levels[10:] - expected) ** 2 / expected).sum() < 60
    assert found["S1"] != found["S2"]


def test_level_steady_of_a_cell_does_not_depend_on_others() -> None:
    whole, part = stock(many()), stock(many("{id: S2, kind: store}, {id: S1, kind: store}, ", 700))
    assert part["S1"] == whole["S1"][:700]
    assert part["S2"] == whole["S2"][:700]


def test_level_steady_of_a_base_stock_rule_is_its_level() -> None:
    opening = "inventory: {opening: {level: steady}}"
    assert stock(plan_of(TWO_STORES, RANGED, DEMAND, RULES, opening))["S2"] == [12, 0]


def test_units() -> None:
    assert stock(plan_of(TWO_STORES, RANGED, "inventory: {opening: {units: 7}}")) == {"S1": [7, 7], "S2": [7, 7], "F1": [7, 7]}


def test_days_of_cover_are_rounded_up() -> None:
    opening = "inventory: {opening: {where: {kind: store}, days_of_cover: 3}}"
    assert stock(plan_of(TWO_STORES, RANGED, DEMAND, opening)) == {"S1": [14, 0], "S2": [14, 0], "F1": [0, 0]}
    whole = "demand: {pos: {at: {kind: store}, sku: A, rate: 2/d}}"
    assert stock(plan_of(TWO_STORES, RANGED, whole, opening))["S1"] == [6, 0]


def test_days_of_cover_of_a_center_are_those_of_the_locations_it_supplies() -> None:
    """Down the lanes that the rules chose: a store without a rule orders from nobody."""
    opening = "inventory: {opening: {days_of_cover: 3}}"
    rules = "policies: {reorder: [{where: {ids: [WHO], sku: A}, use: base_stock, level: 9}]}"
    both, one = rules.replace("WHO", "S1, S2"), rules.replace("WHO", "S2")
    assert stock(plan_of(TWO_STORES, RANGED, DEMAND, both, opening)) == {"S1": [14, 0], "S2": [14, 0], "F1": [28, 0]}
    assert stock(plan_of(TWO_STORES, RANGED, DEMAND, one, opening))["F1"] == [14, 0]


def test_days_of_cover_add_up_along_a_chain() -> None:
    chain = TWO_STORES.replace("{from: F1, to: S2,", "{from: S1, to: S2,")
    opening = "inventory: {opening: {days_of_cover: 10}}"
    rule = "policies: {reorder: {use: base_stock, level: 9, review: 1d}}"
    assert stock(plan_of(chain, RANGED, DEMAND, rule, opening)) == {"S1": [92, 0], "S2": [46, 0], "F1": [92, 0]}


def test_the_first_rule_that_matches_a_cell_decides() -> None:
    opening = """
    inventory:
      opening:
        - {where: {ids: [S1], sku: B}, units: 1}
        - {where: {kind: store}, units: 5}
        - {where: {sku: A}, level: target}
        - {units: 9}
    """
    assert stock(plan_of(TWO_STORES, RANGED, RULES, opening)) == {"S1": [5, 1], "S2": [5, 5], "F1": [55, 9]}


FILE = "store,item,n\nS1,A,41\nF1,B,0\nS1,A,42\n"


def from_file(folder: Path, text: str, *more: str) -> Plan:
    path = folder / "stock.csv"
    path.write_text(text)
    columns = "columns: {location: store, sku: item, units: n}"
    return plan_of(TWO_STORES, RANGED, f"inventory: {{opening: [{{file: {path}, {columns}}}{', '.join(['', *more])}]}}")


def test_from_a_file_and_what_it_does_not_name_from_the_rules(tmp_path: Path) -> None:
    plan = from_file(tmp_path, FILE.replace("S1,A,41\n", ""), "{units: 3}")
    assert stock(plan) == {"S1": [42, 3], "S2": [3, 3], "F1": [3, 0]}


def test_a_file_decides_where_no_rule_before_it_did(tmp_path: Path) -> None:
    """Among the cells that its selector means and its rows name."""
    path = tmp_path / "stock.csv"
    path.write_text("location,sku,units\nF1,A,50\nS1,A,40\nS1,B,41\nS2,B,42\n")
    opening = f"""
    inventory:
      opening:
        - {{where: {{ids: [S1], sku: A}}, units: 1}}
        - {{where: {{kind: store}}, file: {path}}}
        - {{units: 3}}
    """
    assert stock(plan_of(TWO_STORES, RANGED, opening)) == {"S1": [1, 41], "S2": [3, 42], "F1": [3, 3]}


def test_more_than_a_cell_can_hold_is_refused_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWIN_MEMORY_LIMIT", str(1 << 50))  # else a machine may refuse these for want of memory
    demand = "demand: {pos: {at: {kind: store}, sku: A, rate: 100000/d}}"
    with pytest.raises(ScenarioError, match=r"opening\.days_of_cover: more than can be kept.*200,000,000"):
        plan_of(TWO_STORES, RANGED, demand, "inventory: {opening: {days_of_cover: 2000}}")
    for rule in ("base_stock, level: 2000000000", "r_Q, r: 2000000000, Q: 1500000000", "r_Q, r: 90000000, Q: 90000000"):
        with pytest.raises(ScenarioError, match=r"policies\.reorder.*at most 100,000,000"):
            plan_of(TWO_STORES, RANGED, f"policies: {{reorder: {{use: {rule}}}}}")
    with pytest.raises(ScenarioError, match=r"policies\.reorder: an automatic level of .* at most 100,000,000"):
        plan_of(TWO_STORES, RANGED, demand.replace("100000/d", "100000000/d"), "policies: {reorder: {use: base_stock}}")
    packs = TWO_STORES.replace("to: F1, transit: 2d", "to: F1, transit: 2d, order: {pack: 2000000000}")
    with pytest.raises(ScenarioError, match=r"network\.lanes.*order\.pack: more than can be kept"):
        plan_of(packs)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("S9,A,4", "stock.csv:2: no such location"),
        ("S1,X,4", "stock.csv:2: no such item"),
        ("S1,A,-4", "stock.csv:2: not a stock"),
        ("S1,A,2.5", "stock.csv:2: not a stock"),
        ("S1,A,", "stock.csv:2: not a stock"),
        ("V1,A,4", "stock.csv:2: V1 does not range it"),
    ],
)
def test_rows_that_say_nothing_sensible_are_refused_by_line(tmp_path: Path, row: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=message) as caught:
        from_file(tmp_path, f"store,item,n\n{row}\n")
    assert "inventory.opening[0].file" in str(caught.value)


def orders(folder: Path, *rows: str) -> Plan:
    path = folder / "orders.csv"
    path.write_text("from,to,sku,units,due\n" + "".join(f"{row}\n" for row in rows))
    return plan_of(TWO_STORES, RANGED, f"inventory: {{open_orders: {{file: {path}}}}}")


def test_open_orders(tmp_path: Path) -> None:
    plan = orders(tmp_path, "F1,S2,B,4,2026-03-05T06:00", "V1,F1,A,30,2026-02-27")
    start, index = plan.scenario.start_us, plan.network.index
    first, second = plan.orders
    assert (first.origin, first.destination, first.units, first.due_us) == (index["V1"], index["F1"], 30, start)
    assert (second.destination, second.sku, second.due_us) == (index["S2"], 1, start + 3 * DAY + 6 * HOUR)


def test_open_orders_are_due_in_local_time(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("from,to,sku,units,due\nV1,S1,A,3,2026-03-08T12:00\n")
    plan = plan_of(
        ONE_STORE,
        "name: test\ntime: {start: 2026-03-07, days: 3, timezone: America/New_York}\nassortment: {skus: [A]}",
        f"inventory: {{open_orders: {{file: {path}}}}}",
    )
    assert plan.orders[0].due_us == plan.scenario.start_us + DAY + 11 * HOUR  # the clocks went forward in the night


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("V9,S1,A,3,2026-03-05", "orders.csv:2: no such location"),
        ("F1,S1,A,3,soon", "orders.csv:2: not a time"),
        ("F1,S1,A,-3,2026-03-05", "orders.csv:2: not a stock"),
        ("F1,V1,A,3,2026-03-05", "orders.csv:2: V1 does not range it"),
    ],
)
def test_open_orders_that_cannot_be_are_refused_by_line(tmp_path: Path, row: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        orders(tmp_path, row)


def test_a_column_that_a_table_does_not_have_names_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "stock.csv").write_text("store,item,pieces\nS1,A,3\n")
    columns = "columns: {location: store, sku: item, units: piece}"
    with pytest.raises(ScenarioError, match="no such column") as caught:
        plan_of(ONE_STORE, f"assortment: {{skus: [A]}}\ninventory: {{opening: {{file: {tmp_path}/stock.csv, {columns}}}}}")
    assert str(caught.value).startswith(f"{tmp_path}/stock.csv:1: columns.units") and "did you mean `pieces`?" in str(caught.value)
