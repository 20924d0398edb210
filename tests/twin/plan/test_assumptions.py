"""What a scenario states without effect is said; what it asks and is not simulated is refused by name."""

from __future__ import annotations

import pytest

from scenarios import NotBuiltError, ScenarioError
from tests.twin.scenes import ONE_STORE, TWO_STORES, plan_of

RULE = "policies: {reorder: [{where: {kind: store}, use: base_stock, level: 5}]}"


def said(*parts: str) -> str:
    return "\n".join(plan_of(*parts).assumptions)


def test_messages_of_suppliers_are_refused() -> None:
    with pytest.raises(NotBuiltError, match="messages of suppliers: part of the language but not simulated yet") as caught:
        plan_of(ONE_STORE, "streams: {supplier: {latency: 1h}}")
    assert "streams.supplier" in str(caught.value)


@pytest.mark.parametrize(
    ("part", "key"),
    [
        ("policies: {routing: {use: cost}}", "policies.routing"),
        ("policies: {reservation: {use: standard}}", "policies.reservation"),
        ("policies: {safety: [{units: 1}]}", "policies.safety"),
        ("promise: {delivery: 3d}", "promise"),
        ("operations: {stations: {pick: {servers: 2}}}", "operations.stations"),
        ("streams: {web: {latency: 1h}}", "streams.web"),
        ("returns: {web: {rate: .1}}", "returns.web"),
        ("costs: {split: 2}", "costs.split"),
    ],
)
def test_what_needs_web_orders_has_no_effect_and_says_so(part: str, key: str) -> None:
    line = f"{key} has no effect: there are no web orders."
    assert line in said(ONE_STORE, part)
    assert line not in said(ONE_STORE)


def test_a_cut_off_has_no_effect() -> None:
    places = ONE_STORE.replace("{id: S1, kind: store", '{id: S1, kind: store, cut_off: "18:00"')
    assert places != ONE_STORE and "locations[].cut_off has no effect" in said(places)


@pytest.mark.parametrize("at", ["{kind: supplier}", "{ids: [S1, V1]}", "{kind: [store, supplier]}"])
def test_demand_at_a_supplier_is_an_error(at: str) -> None:
    with pytest.raises(ScenarioError, match="demand at a supplier") as caught:
        plan_of(ONE_STORE, f"demand: {{pos: [{{at: {at}, sku: A, rate: 1/d}}]}}")
    assert "demand.pos[A].at." in str(caught.value)


@pytest.mark.parametrize("level", ["target", "steady"])
def test_a_level_without_a_rule_is_none(level: str) -> None:
    stock = f"inventory: {{opening: {{level: {level}}}}}\nassortment: {{skus: [A]}}"
    assert "1 cells without a rule start empty" in said(ONE_STORE, stock)
    assert "start empty" not in said(ONE_STORE, stock, RULE)
    before = stock.replace("{level", "[{where: {sku: A}, units: 3}, {level").replace("}}", "}]}", 1)
    assert "start empty" not in said(ONE_STORE, before)


def test_what_lies_outside_the_run_is_said() -> None:
    surge = "demand: {surges: {name: fair, from: 2036-01-01, for: 1d, times: 2}}"
    assert "The surge fair has no effect: it lies outside the run." in said(ONE_STORE, surge)
    offline = "disruptions: [{at: 1999-01-01, for: 1d, offline: {ids: [S1]}}]"
    assert "disruptions[0] has no effect: it lies outside the run." in said(ONE_STORE, offline)


def test_rules_that_mean_nothing_are_said() -> None:
    shadowed = RULE.replace("]}", ", {where: {kind: store}, use: base_stock, level: 7}]}")
    demand = "demand: {pos: [{sku: A, rate: 1/d}]}"
    assert "policies.reorder[1] has no effect: no cell is governed by it." in said(ONE_STORE, demand, shadowed)
    shrink = "inventory: {shrink: {where: {kind: hub}, rate: 1/d}}"
    assert "inventory.shrink[0] has no effect: nothing of ours meets its selector." in said(TWO_STORES, demand, shrink)


@pytest.mark.parametrize(
    ("size", "rounded"),
    [
        ("2", False),
        ("retail", False),
        ("{dist: geometric, mean: 2}", False),
        ("{dist: poisson, mean: .5}", False),
        ("{dist: empirical, values: [1, 2]}", False),
        ("{dist: empirical, values: [1, 2.5]}", True),
        ("{dist: gamma, mean: 2, cv: 1}", True),
        ("{dist: normal, mean: 2, sd: 1}", True),
    ],
)
def test_sizes_that_are_rounded_say_so(size: str, rounded: bool) -> None:
    text = said(ONE_STORE, f"demand: {{pos: [{{sku: A, rate: 1/d, size: {size}}}]}}")
    assert ("rounded to whole units, and below 0 to 0 (demand.pos[0])" in text) == rounded


def test_an_unreadable_limit_of_memory_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWIN_MEMORY_LIMIT", "1gb")
    with pytest.raises(ScenarioError, match=r'TWIN_MEMORY_LIMIT: not a number; found "1gb"; expected bytes'):
        plan_of(ONE_STORE)


def test_clockwork_counts_in_the_estimate_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWIN_MEMORY_LIMIT", str(1 << 30))
    with pytest.raises(ScenarioError, match="86,400,000 lines generated at once") as caught:
        plan_of(ONE_STORE, "demand: {pos: [{at: {kind: store}, sku: A, every: 1ms}]}")
    assert "demand.pos[A]" in str(caught.value) and "cut the lines a day" in str(caught.value)
