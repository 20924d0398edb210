"""Who serves the web: how far places are from zones, who ships and when, and where customers collect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from network import Network
from network.candidates import distances_m
from twin.clock import NEVER
from twin.demand.web.streams import PickupStores
from twin.plan.places import locations_of

if TYPE_CHECKING:
    from scenarios import Resolved, Scenario


def metres_of(resolved: Resolved, network: Network) -> NDArray[np.int64]:
    """Distances of zones and locations; 0 where either has no coordinates."""
    zones = [zone.at for zone in resolved.scenario.network.zones] or [None]
    places = network.locations
    found = np.zeros((len(zones), len(places)), np.int64)
    known = [i for i, place in enumerate(places) if place.at is not None]
    points = [place.at for place in places if place.at is not None]
    for z, at in enumerate(zones):
        if at is not None and known:
            found[z, known] = distances_m(at, points)
    return found


def pickup_stores(resolved: Resolved, network: Network) -> PickupStores:
    """Where each zone collects: at its nearest store, where several are as near at any of them."""
    stores = np.array([i for i, place in enumerate(network.locations) if place.kind == "store"], np.int32)
    metres = metres_of(resolved, network)
    chosen = [stores[row[stores] == row[stores].min()] if stores.size else stores for row in metres]
    first = np.concatenate([[0], np.cumsum([each.size for each in chosen])]).astype(np.int64)
    return PickupStores(first, np.concatenate(chosen).astype(np.int32))


def served_between(scenario: Scenario, network: Network) -> NDArray[np.int64]:
    """Between when (µs) each location serves web orders: centers and hubs always, stores as the rules say; shape (locations, 2)."""
    ships = np.full((len(network.locations), 2), NEVER, np.int64)
    centers = [i for i, place in enumerate(network.locations) if place.kind in ("fc", "hub")]
    ships[centers] = scenario.start_us, NEVER
    if not centers and not scenario.ship_from_store:
        ships[[i for i, place in enumerate(network.locations) if place.kind == "store"]] = scenario.start_us, NEVER
    left = np.array([place.kind == "store" for place in network.locations], bool)
    for rule in scenario.ship_from_store:
        mine = left & locations_of(rule.where, network)
        left &= ~mine
        ships[mine] = rule.from_ if rule.from_ is not None else scenario.start_us, rule.to if rule.to is not None else NEVER
    return ships


def serves_at_all(scenario: Scenario, network: Network) -> NDArray[np.bool_]:
    """Which locations ship to customers at some time of the run; shape (locations,)."""
    ships = served_between(scenario, network)
    there: NDArray[np.bool_] = (ships[:, 0] < scenario.end_us) & (ships[:, 1] > scenario.start_us) & (ships[:, 0] < NEVER)
    return there


def zones_collect_at(resolved: Resolved, network: Network) -> NDArray[np.bool_]:
    """Which locations are stores that some zone collects at; shape (locations,)."""
    there = np.zeros(len(network.locations), bool)
    there[pickup_stores(resolved, network).stores] = True
    return there
