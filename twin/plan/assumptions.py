"""What a scenario leaves out, said in words, so that optimism is never silent; and what it asks that is not simulated yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenarios import Scenario
    from twin.plan.build import Plan

Path = tuple[str | int, ...]


def not_built(scenario: Scenario) -> Iterator[tuple[Path, str]]:
    """Parts of a valid scenario that would change its results and are not simulated yet."""
    if scenario.demand.web:
        yield ("demand", "web"), "web orders"
    if scenario.streams.rfid:
        yield ("streams", "rfid"), "RFID sweeps"
    for i, item in enumerate(scenario.catalog.items or ()):
        if item.shelf_life is not None and any(
            "perishable" in rule.use for rule in scenario.policies.reorder
        ):
            yield ("catalog", "items", i, "shelf_life"), "ageing of stock"


def assumptions_of(plan: Plan) -> list[str]:
    """The plain meanings that apply because the scenario says nothing else."""
    return [*_of_demand(plan), *_of_stock(plan), *_of_movement(plan), *_of_data(plan)]


def _of_demand(plan: Plan) -> Iterator[str]:
    demand = plan.scenario.demand
    if not demand.pos:
        yield "No demand: nothing is sold."
    generated = [given for given in demand.pos if given.replay is None and given.every is None]
    if any(given.hours == "flat" for given in generated):
        where = "opening hours" if any(p.open for p in plan.network.locations) else "the 24 hours of the day"
        yield f"Demand is spread evenly over {where}."
    if demand.unmet.pos == "lost":
        yield "What the shelf lacks is lost at the till; customers neither wait nor substitute."
    if plan.scenario.returns.web is not None:
        yield "Returns of web orders have no effect: there are no web orders."


def _of_stock(plan: Plan) -> Iterator[str]:
    inventory = plan.scenario.inventory
    if not inventory.opening:
        yield "Opening stock is what each reorder rule aims at; cells without a rule start empty."
    if not inventory.shrink:
        yield "Nothing is stolen, broken or miscounted."
    if not inventory.count:
        yield "Nobody counts: the record is corrected by nothing."
    if not plan.groups:
        yield "No reorder rule: nothing is replenished."
    if any(item.shelf_life is not None for item in plan.scenario.catalog.items or ()):
        yield "Shelf life is not simulated yet: stock does not age."


def _of_movement(plan: Plan) -> Iterator[str]:
    scenario, lanes = plan.scenario, plan.network.lanes
    if any(not plan.network.location(lane.origin).is_internal for lane in lanes):
        yield "Suppliers have endless stock and ship what is ordered."
    if any(lane.capacity_units is None for lane in lanes):
        yield "Lanes without capacity_units carry any number of units."
    if not scenario.operations.docks:
        yield "Unloading takes no time."
    for name, title in (("pos", "Sales"), ("warehouse", "Receipts and dispatches"), ("count", "Counts")):
        stream = getattr(scenario.streams, name)
        if stream.latency.constant == 0 and stream.late is None and not stream.loss and not stream.duplicates:
            yield f"{title} are known at once: of them the record is the truth."


def _of_data(plan: Plan) -> Iterator[str]:
    catalog, network = plan.scenario.catalog, plan.scenario.network
    if catalog.from_ is not None:
        yield "Items and prices are those of the Complete Journey data; costs are synthetic, 0.7 x price."
    if catalog.generate is not None:
        yield "Items, prices and categories are made up."
    if network.generate is not None:
        yield "Positions, centers, suppliers and lanes are synthetic: real cities, made-up sites."
        yield "Each item comes from one supplier, chosen by a hash of its name."
    if any(given.replay for given in plan.scenario.demand.pos):
        yield "Replayed sales are what was sold, not what was wanted; automatic levels come from the eight weeks before."
    yield from plan.demand.notes
