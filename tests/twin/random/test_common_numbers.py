"""Common random numbers: whoever comes or goes, everybody else draws what they drew before."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.twin.scenes import Line, Ran, lines_of, plan_of, run
from twin.clock import SECOND
from twin.events import Kind
from twin.simulate import Plan

ITEMS = {name: f"{{sku: {name}, cost: 1, price: 2}}" for name in "ABC"}
PLACES = {
    "S1": "{id: S1, kind: store}",
    "S2": "{id: S2, kind: store}",
    "F1": "{id: F1, kind: fc}",
    "V1": "{id: V1, kind: supplier}",
}
LAW = "{dist: lognormal, mean: 2d, cv: 1}"
REST = """
demand:
  pos:
    - {at: {kind: store}, sku: A, rate: 6/d, size: {dist: geometric, mean: 2}, overdispersion: 2}
    - {at: {kind: store}, sku: A, every: 5h, size: {dist: poisson, mean: 2}}
  unmet: backorder
inventory:
  opening: [{where: {kind: fc}, units: 100000}, {units: 5}]
  shrink: {where: {sku: A}, rate: 1/d}
  count: {where: {kind: store}, every: 3d}
operations: {docks: {at: {kind: store}, unload: {dist: exponential, mean: 2h}}}
streams:
  pos: {latency: {dist: exponential, mean: 1h}, duplicates: .2, loss: .1}
  warehouse: {latency: {dist: exponential, mean: 1h}, late: {share: .2, delay: 9h}, duplicates: .2, loss: .1}
  count: {latency: {dist: exponential, mean: 1h}}
policies:
  reorder:
    - {where: {kind: store}, use: base_stock, level: 12, review: 8h, source: F1}
    - {where: {kind: fc}, use: base_stock, level: 100000, review: 1d}
"""


def scene(items: str, places: Sequence[str]) -> Plan:
    """A scenario with its items and locations in a given order; every store is supplied from F1."""
    stores = [place for place in places if place.startswith("S")]
    lanes = [f"{{from: V1, to: F1, transit: {LAW}}}"] + [f"{{from: F1, to: {s}, transit: {LAW}}}" for s in stores]
    return plan_of(
        f"catalog: {{items: [{', '.join(ITEMS[sku] for sku in items)}]}}",
        f"network: {{locations: [{', '.join(PLACES[p] for p in places)}], lanes: [{', '.join(lanes)}]}}",
        "assortment: {skus: [A]}" if items == "A" else "assortment: {skus: [A, C]}",
        REST,
        "time: {start: 2026-03-02, days: 21}\nname: test",
    )


SMALL = ("A", ("S2", "F1", "V1"))
LARGER = [
    pytest.param(("CA", ("S2", "F1", "V1")), id="another SKU"),
    pytest.param(("A", ("S1", "S2", "F1", "V1")), id="another store"),
    pytest.param(("BCA", ("V1", "F1", "S1", "S2")), id="all in another order"),
]


def mine(lines: list[Line]) -> list[tuple[float, str, str, int, int]]:
    return [(x.day, x.location, x.sku, x.units, x.luck) for x in lines if x.location == "S2" and x.sku == "A"]


@pytest.mark.parametrize("larger", LARGER)
def test_every_line_stays_as_it_was(larger: tuple[str, Sequence[str]]) -> None:
    before = mine(lines_of(scene(*SMALL)))
    assert sum(units == 0 for *_, units, _ in before) > 5  # shrink among them
    assert mine(lines_of(scene(*larger))) == before


def journeys(ran: Ran, location: str) -> list[tuple[str, float, list[int]]]:
    """What happened and what was heard of a location, in hours since the start, as far as SKU A is concerned."""
    plan, number = ran.plan, ran.plan.network.index[location]
    cell, start = ran.cell(location, "A"), ran.plan.scenario.start_us
    told = [(f"told {t.kind.name}", t.time, t.units[t.cells == cell]) for t in ran.told if t.location == number]
    heard = [(f"heard {m.kind.name}", at, m.units[m.cells == cell]) for m, at in ran.heard if m.location == number]
    assert plan.network.locations[number].id == location
    return [(what, round((time - start) / SECOND, 6), units.tolist()) for what, time, units in told + heard if units.size]


@pytest.mark.parametrize("larger", LARGER)
def test_every_journey_and_every_message_stays_as_it_was(larger: tuple[str, Sequence[str]]) -> None:
    """Transits, unloading and latencies of one store do not know of another store or SKU."""
    before, after = run(scene(*SMALL)), run(scene(*larger))
    expected = journeys(before, "S2")
    assert {what for what, *_ in expected} == {"told RECEIPT", "heard RECEIPT", "told COUNT", "heard COUNT"}
    assert sum(what == "heard RECEIPT" for what, *_ in expected) > 10
    assert journeys(after, "S2") == expected


def test_supplier_lead_times_do_not_depend_on_what_is_ordered() -> None:
    few, many = (
        plan_of(
            "catalog: {items: [{sku: A, cost: 1, price: 2}]}",
            "network: {locations: [{id: S1, kind: store}, {id: V1, kind: supplier}],"
            f" lanes: [{{from: V1, to: S1, transit: {LAW}}}]}}",
            f"demand: {{pos: {{sku: A, every: 1d, size: {units}}}}}",
            "policies: {reorder: {use: base_stock, level: 50, review: 1d}}",
            "time: {start: 2026-03-02, days: 60}\nname: test",
        )
        for units in (1, 3)
    )
    times = [[day for day, _ in run(plan).happened(Kind.RECEIPT, "S1")] for plan in (few, many)]
    assert len(times[0]) > 50
    assert times[0] == times[1]


def test_another_policy_leaves_demand_as_it_was() -> None:
    plans = [scene(*SMALL), scene(*SMALL)]
    assert lines_of(plans[0]) == lines_of(plans[1])
    other = plan_of(plans[0].resolved.to_yaml(), sets=("policies.reorder[0].level=3",))
    assert lines_of(other) == lines_of(plans[0])


def test_other_seeds_and_replications_draw_other_lines() -> None:
    plan = scene(*SMALL)
    base = mine(lines_of(plan))
    for other in (lines_of(plan, 2), lines_of(plan_of(plan.resolved.to_yaml(), sets=("seed=1",)))):
        assert not set(base) & set(mine(other))
