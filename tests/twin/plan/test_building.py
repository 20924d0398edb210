"""What a plan refuses, what it says it takes for granted, and how much memory it asks for."""

from __future__ import annotations

import numpy as np
import pytest

from network import Network
from scenarios import NotBuiltError, ScenarioError
from tests.twin.scenes import ONE_STORE, TWO_STORES, plan_of, resolved_of
from twin.channel.stream import sent_at
from twin.clock import DAY, HOUR
from twin.kpis.ledger import CostRates
from twin.plan.items import slots_of
from twin.random.keyed import entity, mix
from twin.simulate import MemoryNeeded, build


@pytest.mark.parametrize(
    ("part", "what", "key"),
    [
        ("streams: {rfid: {sweep: '03:00'}}", "RFID sweeps", "streams.rfid"),
    ],
)
def test_parts_of_the_language_that_are_not_simulated_yet_are_refused(part: str, what: str, key: str) -> None:
    with pytest.raises(NotBuiltError, match=f"{what}: part of the language but not simulated yet") as caught:
        plan_of(TWO_STORES, part)
    assert key in str(caught.value)
    assert "<text>:" in str(caught.value)


def test_nothing_supplies_what_its_source_does_not_stock() -> None:
    with pytest.raises(ScenarioError, match="nothing supplies B at S1") as caught:
        plan_of(
            TWO_STORES,
            "assortment: [{where: {kind: fc}, skus: [A]}, {skus: [A, B]}]",
            "policies: {reorder: [{where: {kind: store}, use: base_stock, level: 5}]}",
        )
    assert "policies.reorder[0]" in str(caught.value)


def test_nothing_supplies_a_location_without_a_lane() -> None:
    lonely = ONE_STORE.replace("lanes: [{from: V1, to: S1, transit: 2d}]", "lanes: []")
    with pytest.raises(ScenarioError, match=r"policies\.reorder"):
        plan_of(lonely, "policies: {reorder: [{use: base_stock, level: 5}]}")


def test_locations_that_supply_one_another_are_refused() -> None:
    lanes = """
    catalog: {items: [{sku: A, cost: 1, price: 2}]}
    network:
      locations: [{id: S1, kind: store}, {id: S2, kind: store}]
      lanes: [{from: S1, to: S2}, {from: S2, to: S1}]
    """
    with pytest.raises(ScenarioError, match="supply one another"):
        plan_of(lanes, "policies: {reorder: [{use: base_stock, level: 5}]}")


def test_parameters_that_contradict_each_other_name_their_rule() -> None:
    with pytest.raises(ScenarioError, match=r"policies\.reorder") as caught:
        plan_of(ONE_STORE, "policies: {reorder: [{use: s_S, s: 9, S: 4}]}")
    assert "<text>:" in str(caught.value)


def test_a_line_too_large_to_keep_is_refused() -> None:
    with pytest.raises(ScenarioError, match=r"size: a line this large") as caught:
        plan_of(ONE_STORE, "demand: {pos: {sku: A, rate: 1/d, size: 40000}}")
    assert "32767" in str(caught.value)


def test_a_lull_of_part_of_an_assortment_is_refused() -> None:
    surge = "surges: {name: lull, from: 2026-03-03, for: 1d, times: .5, where: {category: food}}"
    with pytest.raises(ScenarioError, match=r"surges.*times"):
        plan_of(TWO_STORES, f"demand: {{pos: {{at: {{kind: store}}, lines_per_day: 9}}, {surge}}}")


LARGE = """
catalog: {generate: {skus: 50000}}
network: {generate: {stores: 500, fcs: 12, suppliers: 20}}
assortment: {top: 50000}
demand: {pos: {at: {kind: store}, lines_per_day: 5000, hours: retail}}
"""


def test_memory_is_estimated_before_it_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWIN_MEMORY_LIMIT", str(1 << 30))
    with pytest.raises(MemoryNeeded, match=r"a replication needs some \d+\.\d GiB") as caught:
        plan_of(LARGE)
    text = str(caught.value)
    assert "25,600,000 cells" in text
    assert "1.0 GiB available" in text
    assert "cut `assortment` (top)" in text


@pytest.mark.parametrize(
    ("text", "largest"), [(LARGE.replace("5000,", "500000,"), "lines generated at once"), (LARGE, "25,600,000 cells")]
)
def test_what_most_memory_goes_to_is_said(text: str, largest: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWIN_MEMORY_LIMIT", str(1 << 30))
    with pytest.raises(MemoryNeeded, match=f"most goes to [0-9,]*.*{largest.split()[-1]}"):
        plan_of(text)


def test_enough_memory_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWIN_MEMORY_LIMIT", str(1 << 29))
    assert plan_of(ONE_STORE, "demand: {pos: {sku: A, rate: 5/d}}").cells == 1


def test_what_is_left_out_is_said() -> None:
    bare = "\n".join(plan_of(TWO_STORES, "demand: {pos: {at: {kind: store}, sku: A, rate: 1/d}}").assumptions)
    for phrase in (
        "evenly over the 24 hours",
        "lost at the till",
        "Nothing is stolen",
        "Nobody counts",
        "No reorder rule",
        "endless stock",
        "capacity_units carry any number",
        "Unloading takes no time",
        "Sales are known at once",
        "Counts are known at once",
    ):
        assert phrase in bare
    rich = plan_of(
        TWO_STORES.replace("1d}", "1d, capacity_units: 5, departs: '02:00'}"),
        "demand: {pos: {at: {kind: store}, sku: A, rate: 1/d, hours: retail}, unmet: backorder}",
        "inventory: {opening: {units: 5}, shrink: {rate: .1/d}, count: {every: 3d}}",
        "operations: {docks: {unload: 1h}}",
        "streams: {pos: {latency: 1s}, warehouse: {loss: .1}, count: {duplicates: .1}}",
        "policies: {reorder: {where: {kind: store}, use: base_stock, level: 1}}",
        "assortment: {skus: [A]}",
    ).assumptions
    assert rich == [
        "Suppliers have endless stock and ship what is ordered.",
        "Lanes without capacity_units carry any number of units.",
    ]


def test_outages_of_one_site_that_touch_are_one() -> None:
    disruptions = """
    disruptions:
      - {at: 2026-03-03T10:00, for: 2h, offline: {ids: [S1]}}
      - {at: 2026-03-03T11:00, for: 4h, offline: {kind: store}}
      - {at: 2026-03-03T15:00, for: 1h, offline: {ids: [S1]}}
      - {at: 2026-03-05, for: 1h, offline: {ids: [S1]}}
    """
    plan = plan_of(TWO_STORES, disruptions)
    start, pos = plan.scenario.start_us, plan.streams.pos
    assert np.diff(pos.outage_first).tolist() == [2, 1, 0, 0]
    assert ((pos.outage_start - start) / HOUR).tolist() == [34, 72, 35]
    assert ((pos.outage_end - start) / HOUR).tolist() == [40, 73, 39]
    assert sent_at(pos, 0, start + 38 * HOUR) == start + 40 * HOUR


def test_days_cover_the_run() -> None:
    for days, warmup, covered in (("7", "0", 7), ("2", "3", 5)):
        plan = plan_of(ONE_STORE, f"time: {{start: 2026-03-02T06:00, days: {days}, warmup_days: {warmup}}}\nname: test")
        assert plan.days == covered
        assert plan.scenario.end_us - plan.scenario.start_us == (float(days) + float(warmup)) * DAY


@pytest.mark.parametrize("key", ["days", "warmup_days"])
def test_a_part_of_a_day_is_refused(key: str) -> None:
    time = {"days": "7", "warmup_days": "0"} | {key: "1.5"}
    text = ", ".join(f"{name}: {value}" for name, value in time.items())
    with pytest.raises(ScenarioError, match=f"time.{key}: not whole days; found 1.5"):
        plan_of(ONE_STORE, f"time: {{start: 2026-03-02, {text}}}\nname: test")


def test_costs_reach_the_ledger() -> None:
    plan = plan_of(ONE_STORE, "costs: {holding_per_day: .1, order: 5, lost_sale: 7, backorder_per_day: 2, pick: .5}")
    assert plan.rates == CostRates(0.1, 5, 7, 2, 0.5)
    assert plan_of(ONE_STORE, "costs: {lost_sale: margin}").rates.lost_sale is None


def test_costs_that_are_left_out_are_none() -> None:
    assert plan_of(ONE_STORE).rates == CostRates(0, 0, 0, 0, 0)
    assert plan_of(ONE_STORE, "costs: {order: 5}").rates == CostRates(0, 5, 0, 0, 0)


def test_made_up_networks_are_the_same_each_time_and_give_each_item_a_supplier() -> None:
    text = """
    catalog: {generate: {skus: 60}}
    network: {generate: {stores: 5, fcs: 2, suppliers: 3}}
    assortment: {top: 60}
    policies: {reorder: {use: base_stock, level: 5}}
    """
    one, other = plan_of(text), plan_of(text)
    assert isinstance(one.network, Network)
    assert one.network.locations == other.network.locations
    assert set(one.items.supplier) == {place.id for place in one.network.of_kind("supplier")}
    assert one.items.supplier == other.items.supplier
    center = one.network.index[one.network.of_kind("fc")[0].id]
    lanes = [group.lane for group in one.groups if group.location == center]
    assert len({one.network.lanes[i].origin for i in np.concatenate(lanes)}) == 3


def test_abc_classes_follow_expected_sales() -> None:
    text = """
    catalog: {items: [{sku: A, price: 1}, {sku: B, price: 100}, {sku: C, price: 10}, {sku: D, price: 1, abc: A}]}
    network: {locations: [{id: S1, kind: store}]}
    demand: {pos: [{sku: A, rate: 4/d}, {sku: B, rate: 1/d}, {sku: C, rate: 1/d}]}
    """
    assert plan_of(text).labels.abc == ["C", "A", "B", "A"]  # B alone makes four fifths; the last is given


def test_auto_levels_know_what_the_stores_will_order() -> None:
    """Twenty a day at each of two stores are forty a day at the center that supplies them."""
    plan = plan_of(
        TWO_STORES,
        "demand: {pos: {at: {kind: store}, sku: A, rate: 20/d}}",
        "policies: {reorder: [{use: base_stock, level: auto, review: 1d}]}",
    )
    points = {group.location: group.policy.order_points().tolist() for group in plan.groups}
    store, center = points[plan.network.index["S1"]][0], points[plan.network.index["F1"]][0]
    assert 40 < store < 55  # two days of twenty, and safety
    assert 120 < center < 145  # three days of forty


def test_a_plan_can_be_built_from_its_resolved_text_again() -> None:
    resolved = resolved_of(TWO_STORES, "demand: {pos: {at: {kind: store}, sku: A, rate: 1/d}}")
    assert build(resolved).assumptions == plan_of(resolved.to_yaml()).assumptions


def test_slots_of_many_names_are_those_of_one_by_one() -> None:
    names = ["A", "K00001", "Zürich", ""]
    assert slots_of("sku", names).tolist() == [mix(entity("sku", name)) for name in names]
