"""What cannot be held or is not simulated is refused where it stands, before anything overflows."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenarios import NotBuiltError, ScenarioError
from tests.twin.scenes import ONE_STORE, TWO_STORES, plan_of

CATALOG = "catalog: {items: [{sku: A, cost: 1, price: 2}]}"


def test_more_locations_than_can_be_numbered_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"network\.generate: too many locations; found 40,012; expected at most 32,767"):
        plan_of(CATALOG, "network: {generate: {stores: 40000}}")
    places = ", ".join(f"{{id: S{i}, kind: store}}" for i in range(32_768))
    with pytest.raises(ScenarioError, match=r"network\.locations: too many locations; found 32,768"):
        plan_of(CATALOG, f"network: {{locations: [{places}]}}")
    path = tmp_path / "places.csv"
    path.write_text("id,kind\n" + "".join(f"S{i},store\n" for i in range(33_000)))
    with pytest.raises(ScenarioError, match=r"network\.files\.locations: too many locations; found 33,000"):
        plan_of(CATALOG, f"network: {{files: {{locations: {path}}}}}")


def test_more_categories_than_can_be_numbered_are_refused(tmp_path: Path) -> None:
    network = "network: {locations: [{id: S1, kind: store}]}"
    with pytest.raises(ScenarioError, match=r"catalog\.generate: too many categories; found .*; expected at most 32,767"):
        plan_of("catalog: {generate: {skus: 120000, categories: 40000}}", network)
    items = ", ".join(f"{{sku: A{i}, category: c{i}}}" for i in range(32_768))
    with pytest.raises(ScenarioError, match=r"catalog\.items: too many categories; found 32,768"):
        plan_of(f"catalog: {{items: [{items}]}}", network)


def test_as_many_as_can_be_numbered_are_accepted() -> None:
    plan = plan_of("catalog: {generate: {skus: 20, categories: 40000}}", "network: {locations: [{id: S1, kind: store}]}")
    assert plan.items.category.max() == len(plan.items.categories) - 1


def test_the_capacity_of_a_suppliers_lane_is_refused(tmp_path: Path) -> None:
    """A supplier has everything and sends it at once: a capacity there would change nothing."""
    said = "capacity_units on a supplier's lane: part of the language but not simulated yet"
    with pytest.raises(NotBuiltError, match=rf"network\.lanes.*\.capacity_units: {said}") as caught:
        plan_of(TWO_STORES.replace("transit: 2d", "transit: 2d, capacity_units: 9"))
    assert "<text>:" in str(caught.value)
    with pytest.raises(NotBuiltError, match=rf"generate\.supplier_lane\.capacity_units: {said}"):
        plan_of(CATALOG, "network: {generate: {stores: 3, supplier_lane: {capacity_units: 9}}}")
    locations, lanes = tmp_path / "places.csv", tmp_path / "lanes.csv"
    locations.write_text("id,kind\nS1,store\nV1,supplier\n")
    lanes.write_text("from,to,transit,capacity_units\nV1,S1,1d,9\n")
    with pytest.raises(NotBuiltError, match=rf"network\.files\.lanes: {said}"):
        plan_of(CATALOG, f"network: {{files: {{locations: {locations}, lanes: {lanes}}}}}")


def test_the_capacity_of_a_lane_of_our_own_is_not() -> None:
    assert plan_of(TWO_STORES.replace("transit: 1d", "transit: 1d, capacity_units: 9")).network.lanes[1].capacity_units == 9


def test_days_more_even_than_chance_are_refused() -> None:
    with pytest.raises(ScenarioError, match=r"demand\.pos.*overdispersion: .*found 0\.5; expected 1 \(Poisson\) or more"):
        plan_of(ONE_STORE, "demand: {pos: [{sku: A, rate: 5/d, overdispersion: .5}]}")
