"""Where web demand is expected, and what that makes its locations range."""

from __future__ import annotations

import numpy as np

from tests.twin.scenes import plan_of
from twin.simulate import Plan

PLACES = """
catalog: {items: [{sku: A}, {sku: B}, {sku: C}]}
network:
  locations: [{id: S1, kind: store, at: [40, -80]}, {id: F1, kind: fc, at: [41, -80]}, {id: F2, kind: fc, at: [45, -80]}]
  zones: [{id: near, at: [40, -80], share: .75}, {id: far, at: [45, -80], share: .25}]
"""
WEB = "demand: {web: [{orders_per_day: 120}]}"  # a unit of each SKU in 40 orders: 30 a day near, 10 far
SHIPS = "ship_from_store: [{where: {kind: store}, from: 2026-03-05}]"


def expected(plan: Plan) -> dict[str, list[float]]:
    """Units a day by location and SKU."""
    found = {}
    for i, place in enumerate(plan.network.locations):
        units = np.zeros(len(plan.items.skus))
        units[plan.ranged.skus[i]] = plan.demand.moments(i, plan.ranged.skus[i].size)[0]
        found[place.id] = np.round(units, 9).tolist()
    return found


def test_each_sku_is_expected_where_it_is_ranged() -> None:
    ranges = "assortment: [{where: {ids: F1}, skus: [A]}, {where: {ids: F2}, skus: [A, B]}]"
    plan = plan_of(PLACES, WEB.replace("}]", ", size: 1}]"), ranges)
    assert expected(plan) == {"S1": [0, 0, 0], "F1": [30, 0, 0], "F2": [10, 40, 0]}
    assert "Web customers ask in vain, somewhere, for what nobody ranges who serves them: C." in plan.assumptions


def test_a_store_whose_wave_has_not_begun_is_expected_of_what_no_center_has() -> None:
    ranges = "assortment: [{where: {kind: fc}, skus: [A]}, {where: {kind: store}, skus: [A, B, C]}]"
    web = WEB.replace("}]", ", size: 1}]")
    late = plan_of(PLACES, web, ranges, SHIPS)
    assert expected(late) == {"S1": [0, 40, 40], "F1": [30, 0, 0], "F2": [10, 0, 0]}
    assert not any("in vain" in line for line in late.assumptions)
    assert expected(plan_of(PLACES, web, ranges, SHIPS.replace("03-05", "03-02")))["S1"] == [30, 40, 40]


def test_what_is_collected_is_expected_of_its_store_or_of_nobody() -> None:
    ranges = "assortment: [{where: {kind: fc}, skus: [A, B, C]}, {where: {kind: store}, skus: [A, B]}]"
    plan = plan_of(PLACES, WEB.replace("}]", ", size: 1, pickup_share: .5}]"), ranges)
    assert expected(plan) == {"S1": [20, 20, 0], "F1": [15, 15, 15], "F2": [5, 5, 5]}
    assert "Web customers ask in vain, somewhere, for what nobody ranges who serves them: C." in plan.assumptions


def test_who_serves_the_web_ranges_what_it_wants() -> None:
    def ranged(*parts: str) -> list[str]:
        plan = plan_of(PLACES, *parts)
        return ["".join(plan.items.skus[sku] for sku in skus) for skus in plan.ranged.skus]

    assert ranged(WEB) == ["", "ABC", "ABC"]
    assert ranged("demand: {web: [{orders_per_day: 9, where: {sku: B}, pickup_share: .5}]}") == ["B", "B", "B"]
    assert ranged(WEB, SHIPS) == ["ABC", "ABC", "ABC"]
    assert ranged(WEB, SHIPS.replace("03-05", "03-09")) == ["", "ABC", "ABC"]  # after the run
    assert ranged("demand: {web: [{flash: {at: 2026-03-03, for: 1m, orders: 5, sku: C}}]}") == ["", "C", "C"]
    assert ranged(WEB, "assortment: [{where: {ids: F2}, skus: [A]}]") == ["", "ABC", "A"]
