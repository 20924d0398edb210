"""Who may serve web orders, from where to where, at what price: the tables of routing and fulfilment, made once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from network import Network
from network.carriers import FREIGHT_BY_KG, MILLIONTHS, ZONE_CUTS_M, RateTable
from policies.registry import make_reservation, make_routing
from policies.reservation import ReservationFacts, Standard
from policies.routing.base import RoutingFacts, RoutingPolicy
from scenarios.schema.shipping import Carrier
from twin.clock import NEVER
from twin.demand.web.streams import CartPlan
from twin.plan.cells import Cells
from twin.plan.expected import DemandPlan
from twin.plan.items import Items
from twin.plan.places import locations_of, skus_of
from twin.plan.serving import metres_of, served_between
from twin.plan.web_expected import expect_web

if TYPE_CHECKING:
    from scenarios import Resolved, Scenario

MOST_STORES = 48  # that may ship to a zone, the best ones; centers and hubs always may


@dataclass(frozen=True, eq=False)
class WebPlan:
    """What web orders need to know of a scenario; z zones, l locations.

    Attributes
    ----------
    candidate_first : shape (z + 1,)
    candidates : shape (c, 3), see ``network.candidates``
    ships : shape (l, 2), µs between which a location serves web orders
    most : shape (l, 3), orders and units that it takes on in a local day, and orders of these that it ships
    carrier : shape (l,), which of the scenario's carriers collects there, -1 none
    metres : shape (z, l)
    nearest : shape (z,), nearest store, -1 where there is none
    safety : shape (cells,) or (1,), units held back from the web
    """

    carts: CartPlan
    routing: RoutingPolicy
    reservation: Standard
    candidate_first: NDArray[np.int64]
    candidates: NDArray[np.int64]
    ships: NDArray[np.int64]
    most: NDArray[np.int64]
    carrier: NDArray[np.int32]
    tables: list[RateTable | None]
    metres: NDArray[np.int64]
    nearest: NDArray[np.int32]
    safety: NDArray[np.int32]
    goods: NDArray[np.int64]  # (SKUs, 3): grams, cm³ of volume, millionths of price

    @property
    def zones(self) -> int:
        """How many zones of customers there are."""
        return len(self.candidate_first) - 1


def plan_web(
    resolved: Resolved, network: Network, items: Items, cells: Cells, carts: CartPlan, demand: DemandPlan
) -> WebPlan:
    """The tables of web orders; tells ``demand`` what each location must expect of them."""
    scenario = resolved.scenario
    ships, most = served_between(scenario, network), _most(scenario, network)
    metres = metres_of(resolved, network)
    carrier = _carriers(scenario, network)
    tables = [_rates(each) for each in scenario.carriers]
    routing_rule = scenario.policies.routing
    use, params = ("proximity", {}) if routing_rule is None else (routing_rule.use, dict(routing_rule.params))
    facts = RoutingFacts(_tariff(tables), locations=tuple(place.id for place in network.locations))
    if ":" not in use and "split_penalty" not in params and scenario.costs.split:
        params["split_penalty"] = scenario.costs.split
    routing = make_routing(use, facts, params)
    first, candidates = _candidates(routing.sorts_by, network, ships, metres, carrier, tables, scenario)
    web = WebPlan(
        carts, routing, _reservation(resolved), first, candidates, ships, most, carrier, tables, metres,
        _nearest_store(network, metres), _safety(scenario, network, items, cells), _goods(items),
    )  # fmt: skip
    unserved = expect_web(carts.expected, first, candidates, ships[:, 0] <= scenario.start_us, cells, demand)
    if unserved.size:
        demand.notes.append(_nobody_ranges(unserved, items))
    return web


def _nobody_ranges(unserved: NDArray[np.int32], items: Items) -> str:
    names = ", ".join(items.skus[sku] for sku in unserved[:3].tolist())
    more = f" and {unserved.size - 3:,} more" if unserved.size > 3 else ""
    return f"Web customers ask in vain, somewhere, for what nobody ranges who serves them: {names}{more}."


def _reservation(resolved: Resolved) -> Standard:
    scenario = resolved.scenario
    given = scenario.policies.reservation
    facts = ReservationFacts(backorders=scenario.demand.unmet.web == "backorder")
    made = make_reservation(given.use if given else "standard", facts, dict(given.params) if given else {})
    if not isinstance(made, Standard):
        raise resolved.error(
            ("policies", "reservation", "use"), "a reservation rule of one's own is not asked in a run yet",
            found=type(made).__name__, expected="standard",
        )  # fmt: skip
    return made


def _most(scenario: Scenario, network: Network) -> NDArray[np.int64]:
    """Orders and units that each location takes on in a local day, and orders of these that it ships."""
    most = np.full((len(network.locations), 3), NEVER, np.int64)
    left = np.ones(len(network.locations), bool)
    for rule in scenario.operations.capacity:
        mine = left & locations_of(rule.at, network)
        left &= ~mine
        for column, value in enumerate((rule.orders_per_day, rule.units_per_day)):
            if value is not None:
                most[mine, column] = value
    left = np.array([place.kind == "store" for place in network.locations], bool)
    for wave in scenario.ship_from_store:
        mine = left & locations_of(wave.where, network)
        left &= ~mine
        if wave.orders_per_day is not None:
            most[mine, 2] = wave.orders_per_day
    return most


def _carriers(scenario: Scenario, network: Network) -> NDArray[np.int32]:
    carrier = np.full(len(network.locations), -1, np.int32)
    for i, given in enumerate(scenario.carriers):
        carrier[(carrier < 0) & locations_of(given.at, network)] = i
    return carrier


def _rates(carrier: Carrier) -> RateTable | None:
    given = carrier.rates
    if given is None:
        return None
    if given.times is not None:
        return RateTable.default(given.times)
    zones, steps = len(ZONE_CUTS_M) + 1, len(FREIGHT_BY_KG)
    base, per_kg, per_zone = given.base or 0.0, given.per_kg or 0.0, given.per_zone or 0.0
    return RateTable.of([[base + per_zone * z + per_kg * (kg + 1) for kg in range(steps)] for z in range(zones)])


def _tariff(tables: list[RateTable | None]) -> NDArray[np.int64]:
    """What weight adds, one block of zones for each carrier; the last row is that of who pays nothing."""
    steps = len(FREIGHT_BY_KG)
    zones = len(ZONE_CUTS_M) + 1
    blocks = [np.zeros((zones, steps), np.int64) if table is None else table.tariff() for table in tables]
    return np.ascontiguousarray(np.concatenate([*blocks, np.zeros((1, steps), np.int64)]))


def bands_of(metres: NDArray[np.int64]) -> NDArray[np.int64]:
    """Carrier zones, from 0 on, of distances."""
    return np.searchsorted(np.asarray(ZONE_CUTS_M), metres, side="left").astype(np.int64)


def _candidates(
    sorts_by: str, network: Network, ships: NDArray[np.int64], metres: NDArray[np.int64], carrier: NDArray[np.int32],
    tables: list[RateTable | None], scenario: Scenario,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:  # fmt: skip
    """For each zone who may serve it, the best first: see ``network.candidates`` for the columns."""
    serving = np.flatnonzero(ships[:, 0] < NEVER)
    is_store = np.array([network.locations[i].kind == "store" for i in serving.tolist()], bool)
    zones, last = len(ZONE_CUTS_M) + 1, len(tables) * (len(ZONE_CUTS_M) + 1)
    found = []
    for row in metres:
        there, bands = row[serving], bands_of(row[serving])
        scores, rows = there.copy(), np.full(serving.size, last, np.int64)
        if sorts_by == "cost":
            scores[:] = 0
            for i, table in enumerate(tables):
                mine = carrier[serving] == i
                rows[mine] = i * zones + bands[mine]
                scores[mine] = round(scenario.carriers[i].handling * MILLIONTHS)
                if table is not None:
                    scores[mine] += table.first()[bands[mine]]
        order = np.lexsort((serving, there, scores))
        stores = np.cumsum(is_store[order])
        order = order[~is_store[order] | (stores <= MOST_STORES)]
        found.append(np.stack([scores, rows, serving], axis=1)[order])
    first = np.concatenate([[0], np.cumsum([len(each) for each in found])]).astype(np.int64)
    return first, np.ascontiguousarray(np.concatenate(found).astype(np.int64))


def _nearest_store(network: Network, metres: NDArray[np.int64]) -> NDArray[np.int32]:
    stores = np.array([i for i, place in enumerate(network.locations) if place.kind == "store"], np.int64)
    if not stores.size:
        return np.full(len(metres), -1, np.int32)
    nearest: NDArray[np.int32] = stores[np.argmin(metres[:, stores], axis=1)].astype(np.int32)
    return nearest


def _safety(scenario: Scenario, network: Network, items: Items, cells: Cells) -> NDArray[np.int32]:
    """Units of each cell that the web may not promise; the first rule that matches decides."""
    if not scenario.policies.safety:
        return np.zeros(1, np.int32)
    safety, left = np.zeros(len(cells), np.int32), np.ones(len(cells), bool)
    for rule in scenario.policies.safety:
        skus = skus_of(rule.where, items)
        for location in np.flatnonzero(locations_of(rule.where, network)).tolist():
            part = cells.of(location)
            mine = left[part] if skus is None else left[part] & skus[cells.skus[location]]
            safety[part][mine] = rule.units
            left[part] &= ~mine
    return safety


def _goods(items: Items) -> NDArray[np.int64]:
    return np.stack([items.grams, items.volume_cm3, np.rint(items.price * MILLIONTHS).astype(np.int64)], axis=1)
