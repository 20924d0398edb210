"""Whether what a scenario says of web orders can be: where they come from, who works on them, who ships them."""

from __future__ import annotations

from collections.abc import Mapping as Map

from scenarios.errors import listing
from scenarios.names import Names, Path, meets_location
from scenarios.schema.stations import Station


def check_orders(names: Names) -> None:
    """Note all that is wrong with web demand, stations, shipping from stores and carriers."""
    _web(names)
    _ways(names)
    _entries(names)
    _shipping(names)


def _web(names: Names) -> None:
    demand = names.scenario.demand
    for index, web in enumerate(demand.web):
        path: Path = ("demand", "web", index)
        if web.flash is not None:
            names.named((*path, "flash", "sku"), web.flash.sku, names.skus(), "a SKU of the catalog")
        if web.pos_share is not None and not demand.pos:
            names.wrong((*path, "pos_share"), "a share of nothing", found="no demand.pos", expected="demand at the till")
        if web.pickup_share > 0 and names.ids("store") == []:
            found, expected = "no store", "a store among network.locations"
            names.wrong((*path, "pickup_share"), "nowhere to collect", found=found, expected=expected)


def _ways(names: Names) -> None:
    """Where the ways between stations lead; a circle is told at the first of its stations."""
    stations = names.scenario.operations.stations
    told: set[str] = set()
    for name, station in stations.items():
        path: Path = ("operations", "stations", name)
        names.named((*path, "next"), station.next, stations, "the name of a station")
        if station.rework is not None:
            names.named((*path, "rework", "to"), station.rework.to, stations, "the name of a station")
        circle = _circle(stations, name)
        if circle and name not in told:
            told.update(circle)
            found = " → ".join([*circle, name])
            names.wrong((*path, "next"), "goes round in a circle", found=found, expected="a way that ends")


def _circle(stations: Map[str, Station], start: str) -> list[str]:
    """The stations from `start` to itself by `next`; none where the way does not come back to it."""
    way: list[str] = []
    at: str | None = start
    while at is not None and at in stations and at not in way:
        way.append(at)
        at = stations[at].next
    return way if at == start else []


def _entries(names: Names) -> None:
    """At each location one station must be the first: two that none leads to leave it open where a job begins."""
    stations = names.scenario.operations.stations
    if names.errors or any(station.at.share is not None for station in stations.values()):
        return
    told: set[str] = set()
    for location in names.locations or ():
        here = {name: one for name, one in stations.items() if meets_location(one.at, location)}
        first = _first(here)
        if location.kind != "supplier" and len(first) > 1 and first[1] not in told:
            told.add(first[1])
            path: Path = ("operations", "stations", first[1])
            found = f"{' and '.join(first)}, to which no `next` leads"
            names.wrong(path, f"two ways begin at {location.id}", found=found, expected="one station where jobs begin")


def _first(here: Map[str, Station]) -> list[str]:
    """The stations of a location that no other there names as its `next`."""
    after = {station.next for station in here.values()}
    return [name for name in here if name not in after]


def _shipping(names: Names) -> None:
    scenario = names.scenario
    names.once(("carriers",), [carrier.id for carrier in scenario.carriers], "id")
    if names.errors or names.locations is None:  # a name that is not there is told already
        return
    for index, rule in enumerate(scenario.ship_from_store):
        chosen = [location for location in names.locations if meets_location(rule.where, location)]
        if not any(location.kind == "store" for location in chosen):
            path: Path = ("ship_from_store", index, "where")
            found = f"of other kinds: {listing([one.id for one in chosen])}" if chosen else "no location"
            names.wrong(path, "selects no store", found=found, expected="a selector that stores meet")
