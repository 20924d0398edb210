"""What a scenario with web orders leaves out, said in words; and what it says of them without effect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scenarios.schema.operations import PERFECT, Stream
from scenarios.schema.web import VIEWS_PER_CART
from twin.plan.places import locations_of
from twin.plan.serving import serves_at_all

if TYPE_CHECKING:
    from scenarios import Scenario
    from scenarios.schema.selectors import Selector
    from twin.plan.build import Plan

Path = tuple[str | int, ...]


def not_built_of_web(scenario: Scenario) -> Iterator[tuple[Path, str]]:
    """What of web orders would change results and is not simulated yet."""
    if not scenario.demand.web:
        return
    for name, what in (("web", "the life of web orders"), ("returns", "returns")):
        stream: Stream = getattr(scenario.streams, name)
        if stream.loss:
            yield ("streams", name, "loss"), f"lost events of {what}"
        if stream.duplicates:
            yield ("streams", name, "duplicates"), f"duplicate events of {what}"
        if stream.late is not None:
            yield ("streams", name, "late"), f"late events of {what}"


def of_web(plan: Plan) -> Iterator[str]:
    """The plain meanings of what is not said of web orders."""
    if plan.web is None:
        return
    yield from _of_customers(plan)
    yield from _of_shippers(plan)
    yield from _of_parcels(plan)
    yield from _of_service(plan)
    yield from _of_news(plan)


def _of_customers(plan: Plan) -> Iterator[str]:
    scenario = plan.scenario
    zones, web = scenario.network.zones, scenario.demand.web
    if not zones:
        yield "No zones: all web customers live in one zone, at distance 0 from every location."
    elif any(zone.at is None for zone in zones) or any(plan.network.locations[i].at is None for i in _serving(plan)):
        yield "Zones and locations without coordinates are at distance 0 from each other."
    if any(given.hours == "flat" and given.flash is None and given.replay is None for given in web):
        yield "Web demand is spread evenly over the 24 hours of the day."
    if all(given.cancel is None for given in web):
        yield "No customer cancels a web order."
    viewed = [given.views for given in web if given.views is not None]
    if viewed:
        yield "Views find every product, in stock or not; nobody views what is not sold on the web, and no view changes anything."
    if any("per_cart" not in views.model_fields_set for views in viewed):
        yield f"There are {VIEWS_PER_CART:g} views to a cart, as in a large shop's clicks and carts."
    if scenario.demand.unmet.web == "backorder":
        yield "Web orders that find no stock wait for it, as far as the reservation rule lets them."
    else:
        yield "Web orders that find no stock are refused."
    if any(given.pickup_share for given in web):
        yield "A customer collects at the promised time, or as soon as the order is ready and the doors are open."
    pickup = scenario.promise.pickup
    if pickup.no_show and pickup.hold is None:
        yield "What nobody collects stays staged to the end, and nobody is counted as a no-show: promise.pickup has no hold."
    comes_back = pickup.no_show or scenario.returns.web or _cancels(scenario)
    if scenario.demand.pos and scenario.demand.unmet.pos == "backorder" and comes_back:
        yield "What comes back from web orders does not serve customers who wait at the tills; the next receipt does."
    if scenario.returns.web is None:
        yield "No returns: nothing that was bought on the web comes back."


def _cancels(scenario: Scenario) -> bool:
    return any(given.cancel is not None for given in scenario.demand.web)


def _of_shippers(plan: Plan) -> Iterator[str]:
    scenario, kinds = plan.scenario, {place.kind for place in plan.network.locations}
    if "store" in kinds and not scenario.ship_from_store:
        if kinds & {"fc", "hub"}:
            yield "Stores do not ship: ship_from_store is absent."
        else:
            yield "Stores ship: there is no fc and no hub that could."
    if not scenario.operations.capacity and not any(rule.orders_per_day is not None for rule in scenario.ship_from_store):
        yield "No capacity: every location takes on any number of web orders a day."
    stations, serving = scenario.operations.stations, _serving(plan)
    if not stations:
        yield "No stations: picking takes no time."
    elif bare := serving - _at(plan, [station.at for station in stations.values()]):
        yield f"Picking takes no time where there is no station: {_few(plan, bare)}."


def _of_parcels(plan: Plan) -> Iterator[str]:
    scenario = plan.scenario
    carriers, senders = scenario.carriers, _senders(plan)
    if not carriers:
        yield "No carriers: a parcel leaves at once, takes no time and costs nothing."
        return
    if bare := senders - _at(plan, [carrier.at for carrier in carriers]):
        yield f"Parcels leave at once, take no time and cost nothing where no carrier collects: {_few(plan, bare)}."
    for carrier in carriers:
        if carrier.rates is None and not carrier.handling:
            yield f"The carrier {carrier.id} costs nothing: it has no rates."
    if any(carrier.transit == "by_distance" for carrier in carriers):
        yield "Transit `by_distance` has the medians of a Brazilian marketplace's orders of 2017."
    if any(carrier.rates is not None and carrier.rates.times is not None for carrier in carriers):
        yield "Rates given as `times` have the shape of a Brazilian marketplace's freight of 2017: not a price list."
    if len({carrier.divisor for carrier in carriers}) > 1:
        yield f"Routing reckons with the divisor of the first carrier, {carriers[0].id}, whoever carries; each bills by its own."


def _of_service(plan: Plan) -> Iterator[str]:
    scenario = plan.scenario
    delivery, ready = scenario.promise.delivery is not None, bool(scenario.promise.pickup.ready)
    collected = any(given.pickup_share for given in scenario.demand.web)
    if not delivery and not (ready and collected):
        yield "No promise: nobody judges whether web orders are on time."
    elif not delivery:
        yield "No promise of delivery: only orders that are collected are judged on time or late."
    elif collected and not ready:
        yield "No promise of pickup: only orders that are delivered are judged on time or late."


def _of_news(plan: Plan) -> Iterator[str]:
    scenario = plan.scenario
    if all(given.after_empty_pick is None for given in scenario.inventory.count):
        yield "A pick that finds nothing corrects the record; nobody is asked to count what is there."
    if scenario.streams.web == PERFECT:
        yield "Picks and shipments are known at once: of them the record is the truth."
    if scenario.returns.web is not None and scenario.streams.returns == PERFECT:
        yield "Returns are known at once."
    if any(disruption.offline is not None for disruption in scenario.disruptions):
        yield "An outage does not hold back what is heard of web orders."
    for surge in scenario.demand.surges:
        if any(getattr(surge.where, key) is not None for key in ("kind", "ids", "region", "tag", "share")):
            yield f"The surge {surge.name} is one of the tills alone, since it names locations."


def nothing_of_web(plan: Plan) -> Iterator[str]:
    """What is stated of web orders and never happens."""
    scenario = plan.scenario
    if plan.web is None:
        return
    start, end = scenario.start_us, scenario.end_us
    for i, given in enumerate(scenario.demand.web):
        if given.flash is not None and (given.flash.at >= end or given.flash.at + given.flash.for_ <= start):
            yield f"demand.web[{i}] has no effect: its flash sale lies outside the run."
    collected = any(given.pickup_share or given.replay for given in scenario.demand.web)
    if "pickup" in scenario.promise.model_fields_set and not collected:
        yield "promise.pickup has no effect: nobody collects."
    for i, rule in enumerate(scenario.ship_from_store):
        late, early = rule.from_ is not None and rule.from_ >= end, rule.to is not None and rule.to <= start
        if late or early:
            yield f"ship_from_store[{i}] has no effect: it lies outside the run."
    yield from _shadowed(plan)
    yield from _idle_stations(plan)


def _shadowed(plan: Plan) -> Iterator[str]:
    """Rules to which others above leave no location."""
    scenario = plan.scenario
    is_store = np.array([place.kind == "store" for place in plan.network.locations], bool)
    serving = _mask(plan, _serving(plan))
    for key, chosen, meant, who in (
        ("carriers", [carrier.at for carrier in scenario.carriers], _mask(plan, _senders(plan)), "location that ships"),
        ("operations.capacity", [rule.at for rule in scenario.operations.capacity], serving, "location that serves the web"),
        ("ship_from_store", [rule.where for rule in scenario.ship_from_store], is_store, "store"),
    ):
        left = meant.copy()
        for i, selector in enumerate(chosen):
            mine = left & locations_of(selector, plan.network)
            if not mine.any():
                yield f"{key}[{i}] has no effect: no {who} is left for it."
            left &= ~mine


def _idle_stations(plan: Plan) -> Iterator[str]:
    serving = _serving(plan)
    for name, station in plan.scenario.operations.stations.items():
        if not _at(plan, [station.at]) & serving:
            yield f"operations.stations.{name} has no effect: no web order is picked where it stands."


def _senders(plan: Plan) -> set[int]:
    """Locations that ship to customers at some time of the run."""
    if plan.web is None:
        return set()
    return set(np.flatnonzero(serves_at_all(plan.scenario, plan.network)).tolist())


def _serving(plan: Plan) -> set[int]:
    """Locations that web orders are picked at: those that ship, and the stores where customers collect."""
    serving = _senders(plan)
    if plan.web is not None and any(given.pickup_share or given.replay for given in plan.scenario.demand.web):
        serving |= {location for location in plan.web.nearest.tolist() if location >= 0}
    return serving


def _mask(plan: Plan, locations: set[int]) -> NDArray[np.bool_]:
    mask = np.zeros(len(plan.network.locations), bool)
    mask[sorted(locations)] = True
    return mask


def _at(plan: Plan, selectors: list[Selector]) -> set[int]:
    """Locations that meet at least one of some selectors."""
    return {place for selector in selectors for place in np.flatnonzero(locations_of(selector, plan.network)).tolist()}


def _few(plan: Plan, locations: set[int], most: int = 3) -> str:
    """Some names of locations, and how many more there are."""
    names = [plan.network.locations[place].id for place in sorted(locations)]
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
