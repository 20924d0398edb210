"""What a scenario leaves out, said in words, so that optimism is never silent; and what it asks that is not simulated yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scenarios.schema.operations import PERFECT
from twin.plan.places import locations_of, skus_of
from twin.plan.web_assumptions import not_built_of_web, nothing_of_web, of_web

if TYPE_CHECKING:
    from scenarios import Scenario
    from scenarios.schema.selectors import Selector
    from twin.plan.build import Plan

Path = tuple[str | int, ...]


def not_built(scenario: Scenario) -> Iterator[tuple[Path, str]]:
    """Parts of a valid scenario that would change its results and are not simulated yet."""
    if scenario.streams.rfid:
        yield ("streams", "rfid"), "RFID sweeps"
    if scenario.streams.supplier != PERFECT:
        yield ("streams", "supplier"), "messages of suppliers"
    for i, item in enumerate(scenario.catalog.items or ()):
        if item.shelf_life is not None and any(
            "perishable" in rule.use for rule in scenario.policies.reorder
        ):
            yield ("catalog", "items", i, "shelf_life"), "ageing of stock"
    yield from not_built_of_web(scenario)


def assumptions_of(plan: Plan) -> list[str]:
    """The plain meanings that apply because the scenario says nothing else."""
    said = (_of_demand, of_web, _of_stock, _of_movement, _of_data, _of_measures, _without_effect, _of_nothing, nothing_of_web)
    return [line for part in said for line in part(plan)]


def of_open_loop(plan: Plan) -> list[str]:
    """What a replay of recorded events takes for granted: there is no world, only what the feed says."""
    return [
        "Open loop: what is decided is counted and has no effect; without a world there is no truth, and KPIs of it are left out.",
        "The record hears what the feed says and nothing else: demand, streams, shrink, counts, transit times and disruptions of "
        "the scenario have no effect.",
        "The record begins with the scenario's opening stock and open orders.",
        "Purchase orders and transfers are counted as they are decided.",
        *_of_order_feed(plan),
        *_of_opening(plan),
        *_of_catalog(plan),
    ]


def _of_order_feed(plan: Plan) -> Iterator[str]:
    if plan.web is not None:
        yield "Web orders are those of orders.parquet beside the feed, as --events leaves it; without it there are none."


def _of_demand(plan: Plan) -> Iterator[str]:
    demand = plan.scenario.demand
    if not demand.pos:
        yield "No demand at the tills." if demand.web else "No demand: nothing is sold."
    generated = [given for given in demand.pos if given.replay is None and given.every is None]
    if any(given.hours == "flat" for given in generated):
        where = "opening hours" if any(p.open for p in plan.network.locations) else "the 24 hours of the day"
        yield f"Demand is spread evenly over {where}."
    if demand.unmet.pos == "lost" and (demand.pos or not demand.web):
        yield "What the shelf lacks is lost at the till; customers neither wait nor substitute."
        if plan.scenario.costs.lost_sale is None:
            yield "A lost sale costs nothing: costs.lost_sale is absent."
    for i, given in enumerate(demand.pos):
        if given.replay is None and given.rounded:
            yield f"Sizes of lines are rounded to whole units, and below 0 to 0 (demand.pos[{i}])."


def _of_stock(plan: Plan) -> Iterator[str]:
    inventory = plan.scenario.inventory
    yield from _of_opening(plan)
    if not inventory.shrink:
        yield "Nothing is stolen, broken or miscounted."
    if not inventory.count:
        yield "Nobody counts: the record is corrected by nothing."
    elif all(given.every is None for given in inventory.count):
        yield "Nobody counts but where a pick found nothing."
    if not plan.groups:
        yield "No reorder rule: nothing is replenished."
    if any(item.shelf_life is not None for item in plan.scenario.catalog.items or ()):
        yield "Shelf life is not simulated yet: stock does not age."


def _of_opening(plan: Plan) -> Iterator[str]:
    rules = plan.scenario.inventory.opening
    if not rules:
        yield "Opening stock is what each reorder rule aims at; cells without a rule start empty."
    elif any(rule.level is not None for rule in rules) and (bare := _levels_of_nothing(plan)):
        yield f"An opening `level` is that of a reorder rule: {bare:,} cells without a rule start empty."


def _levels_of_nothing(plan: Plan) -> int:
    """Cells that start at the level of a reorder rule and have none."""
    meant = [
        (rule.level is not None, locations_of(rule.where, plan.network), skus_of(rule.where, plan.items))
        for rule in plan.scenario.inventory.opening
        if rule.file is None
    ]
    governed: dict[int, list[NDArray[np.int32]]] = {}
    for group in plan.groups:
        governed.setdefault(group.location, []).append(group.local)
    count = 0
    for location, ranged in enumerate(plan.ranged.skus):
        level, free = np.zeros(ranged.size, bool), np.ones(ranged.size, bool)
        for is_level, places, skus in meant:
            if places[location]:
                here = free if skus is None else free & skus[ranged]
                level |= here & is_level
                free = free & ~here
        for local in governed.get(location, ()):
            level[local] = False
        count += int(np.count_nonzero(level))
    return count


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
    yield from _of_catalog(plan)
    if any(given.replay for given in plan.scenario.demand.pos):
        yield "Replayed sales are what was sold, not what was wanted; automatic levels come from the eight weeks before."
    yield from plan.demand.notes


def _of_catalog(plan: Plan) -> Iterator[str]:
    catalog, network = plan.scenario.catalog, plan.scenario.network
    if catalog.from_ is not None:
        yield "Items and prices are those of the Complete Journey data; costs are synthetic, 0.7 x price."
    if catalog.generate is not None:
        yield "Items, prices and categories are made up."
    if network.generate is not None:
        yield "Positions, centers, suppliers and lanes are synthetic: real cities, made-up sites."
        yield "Each item comes from one supplier, chosen by a hash of its name."


def _of_measures(plan: Plan) -> Iterator[str]:
    if not plan.by_cell and plan.scenario.demand.pos:
        yield "Availability is left out: it needs each cell's hours without stock, which are kept up to 400,000 cells x days."


def _without_effect(plan: Plan) -> Iterator[str]:
    """Keys that a scenario without web orders may state and that change nothing in it."""
    scenario = plan.scenario
    if scenario.demand.web:
        return
    policies, streams = scenario.policies, scenario.streams
    stated = {
        "inventory.count[].after_empty_pick": any(given.after_empty_pick is not None for given in scenario.inventory.count),
        "policies.reservation": policies.reservation is not None,
        "policies.routing": policies.routing is not None,
        "policies.safety": bool(policies.safety),
        "promise": "promise" in scenario.model_fields_set,
        "operations.stations": bool(scenario.operations.stations),
        "operations.capacity": bool(scenario.operations.capacity),
        "carriers": bool(scenario.carriers),
        "ship_from_store": bool(scenario.ship_from_store),
        "network.zones": bool(scenario.network.zones),
        "locations[].cut_off": any(place.cut_off is not None for place in plan.network.locations),
        "returns.web": scenario.returns.web is not None,
        "streams.web": streams.web != PERFECT,
        "streams.returns": streams.returns != PERFECT,
        "costs.split": bool(scenario.costs.split),
    }
    for key in (key for key, given in stated.items() if given):
        yield f"{key} has no effect: there are no web orders."


def _of_nothing(plan: Plan) -> Iterator[str]:
    """What is stated and never happens: at a time outside the run, or of nothing that is there."""
    scenario = plan.scenario
    start, end = scenario.start_us, scenario.end_us
    for surge in scenario.demand.surges:
        if surge.from_ >= end or surge.from_ + surge.for_ <= start:
            yield f"The surge {surge.name} has no effect: it lies outside the run."
    for i, disruption in enumerate(scenario.disruptions):
        if disruption.at >= end or disruption.at + disruption.for_ <= start:
            yield f"disruptions[{i}] has no effect: it lies outside the run."
    ruling = {group.rule for group in plan.groups}
    for i in range(len(scenario.policies.reorder)):
        if i not in ruling:
            yield f"policies.reorder[{i}] has no effect: no cell is governed by it."
    selectors: dict[str, Sequence[Selector]] = {
        "demand.pos": [given.at for given in scenario.demand.pos],
        "demand.surges": [surge.where for surge in scenario.demand.surges],
        "inventory.opening": [rule.where for rule in scenario.inventory.opening],
        "inventory.shrink": [rule.where for rule in scenario.inventory.shrink],
        "policies.safety": [rule.where for rule in scenario.policies.safety],
        "inventory.count": [rule.where for rule in scenario.inventory.count],
        "assortment": [rule.where for rule in scenario.assortment],
    }
    for key, chosen in selectors.items():
        for i, selector in enumerate(chosen):
            if not _means_something(selector, plan):
                yield f"{key}[{i}] has no effect: nothing of ours meets its selector."


def _means_something(selector: Selector, plan: Plan) -> bool:
    internal = np.array([place.is_internal for place in plan.network.locations], bool)
    skus = skus_of(selector, plan.items)
    return bool((locations_of(selector, plan.network) & internal).any()) and (skus is None or bool(skus.any()))
