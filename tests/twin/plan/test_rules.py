"""Who orders from where by which rule: what is shared, what is passed upstream, what the costs of a scenario stand in for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from policies.reorder import RQ
from policies.reorder.eoq import whole_eoq
from scenarios import ScenarioError
from tests.twin.scenes import ONE_STORE, TWO_STORES, plan_of
from twin.brain.groups import Group
from twin.simulate import Plan

RANGED = "assortment: {skus: [A, B]}"
AUTO = "policies: {reorder: {where: {kind: store}, use: r_Q, r: 3PARAMETERS}}"
DEMAND = "demand: {pos: [{at: {kind: store}, sku: A, rate: 2/d}, {at: {kind: store}, sku: B, rate: 5/d}]}"


def groups_of(plan: Plan, location: str) -> list[Group]:
    return [group for group in plan.groups if group.location == plan.network.index[location]]


def lots(*parts: str, parameters: str = "") -> list[int]:
    plan = plan_of(TWO_STORES, RANGED, DEMAND, AUTO.replace("PARAMETERS", parameters), *parts)
    rule = groups_of(plan, "S1")[0].policy
    assert isinstance(rule, RQ)
    return [int(lot) for lot in rule.lots]


def economic(order: float, holding: float) -> list[int]:
    return [int(lot) for lot in whole_eoq(order, holding * np.array([1.0, 3.0]), [2.0, 5.0])]  # costs and rates of A and B


def test_an_automatic_lot_goes_by_the_costs_of_the_scenario() -> None:
    assert lots("costs: {order: 20, holding_per_day: .01}") == economic(20, 0.01)


def test_what_the_rule_says_itself_goes_first() -> None:
    costs = "costs: {order: 20, holding_per_day: .01}"
    assert lots(costs, parameters=", order_cost: 5") == economic(5, 0.01)
    assert lots(costs, parameters=", order_cost: 5, holding_per_day: .2") == economic(5, 0.2)
    assert lots(parameters=", order_cost: 5, holding_per_day: .2") == economic(5, 0.2)
    assert lots(costs, parameters=", Q: 12") == [12, 12]


@pytest.mark.parametrize(
    ("costs", "missing"),
    [
        ("", ["order_cost (or costs.order)", "holding_per_day (or costs.holding_per_day)"]),
        ("costs: {order: 20}", ["holding_per_day (or costs.holding_per_day)"]),
        ("costs: {holding_per_day: .01}", ["order_cost (or costs.order)"]),
    ],
)
def test_an_automatic_lot_without_costs_is_refused_where_it_stands(costs: str, missing: Sequence[str]) -> None:
    with pytest.raises(ScenarioError, match="Q: auto needs order_cost and holding_per_day") as caught:
        lots(costs)
    text = str(caught.value)
    assert text.startswith("<text>:")
    assert "policies.reorder: " in text
    assert f"expected {' and '.join(missing)}, above 0" in text


ALIKE = """
catalog: {generate: {skus: 60}}
network: {generate: {stores: 8, fcs: 2, suppliers: 3}}
assortment: {top: 40}
demand: {pos: {at: {kind: store}, lines_per_day: 100}}
policies:
  reorder:
    - {where: {kind: store}, use: base_stock, level: auto, review: 1d}
    - {where: {kind: fc}, use: base_stock, level: auto, review: 1d}
"""


def test_what_is_alike_is_kept_once() -> None:
    """Stores of one assortment and demand share facts, places and policy: a nation of them costs little more than one."""
    plan = plan_of(ALIKE)
    stores = [group for group in plan.groups if plan.network.locations[group.location].kind == "store"]
    assert len(stores) == 8
    assert len({id(group.policy) for group in stores}) == 1
    assert len({id(group.local) for group in stores}) == 1
    assert all(group.lane.strides == (0,) for group in stores)
    means = [plan.demand.moments(group.location, group.local.size)[0] for group in stores]
    assert len({id(mean) for mean in means}) == 1
    assert not means[0].flags.writeable


def test_a_location_that_buys_itself_has_each_sku_from_its_own_supplier() -> None:
    plan = plan_of(ALIKE)
    for group in plan.groups:
        if plan.network.locations[group.location].kind == "fc":
            origins = [plan.network.lanes[lane].origin for lane in group.lane.tolist()]
            assert origins == [plan.items.supplier[sku] for sku in plan.ranged.skus[group.location][group.local].tolist()]
            assert len(set(origins)) == 3


def test_a_supplier_that_is_not_known_leaves_the_cheapest_lane() -> None:
    text = ONE_STORE.replace("items: [", "items: [{sku: B, cost: 1, price: 2, supplier: V2}, ")
    text = text.replace("locations: [", "locations: [{id: V2, kind: supplier}, ")
    text = text.replace("lanes: [", "lanes: [{from: V2, to: S1, transit: 3d, cost_per_unit: 9}, ")
    plan = plan_of(text, RANGED, "policies: {reorder: {use: base_stock, level: 4}}")
    group = plan.groups[0]
    assert [plan.network.lanes[lane].origin for lane in group.lane.tolist()] == ["V2", "V1"]
