"""Where things are: the network of a scenario, and who a selector means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from network import LaneTerms, Network, NetworkError, generate
from network.lanes import Lane
from network.locations import Location
from scenarios.schema.places import Haul, NetworkFiles
from scenarios.schema.places import Lane as LaneGiven
from scenarios.schema.selectors import Selector
from twin import sources
from twin.plan.items import Items
from twin.plan.limits import check_count
from twin.random.keyed import entity, mix

if TYPE_CHECKING:
    from scenarios import Resolved


def read_network(resolved: Resolved) -> Network:
    """The network of a scenario; its faults are raised with file and line."""
    given = resolved.scenario.network
    try:
        if given.generate is not None:
            made = given.generate
            stores = made.stores if isinstance(made.stores, int) else 0
            check_count(resolved, ("network", "generate"), "locations", stores + made.fcs + made.hubs + made.suppliers)
            return _generated(resolved)
        if given.files is not None:
            columns = given.files.columns
            locations = sources.table(given.files.locations, columns.locations.mapping() if columns else None)
            check_count(resolved, ("network", "files", "locations"), "locations", len(locations))
            lanes = (
                sources.table(given.files.lanes, columns.lanes.mapping() if columns else None)
                if given.files.lanes
                else []
            )
            return Network.from_tables(locations, lanes)
        check_count(resolved, ("network", "locations"), "locations", len(given.locations or ()))
        places = [
            Location(p.id, p.kind, p.at, p.open, p.cut_off, tuple(p.tags), p.region, p.timezone)
            for p in given.locations or ()
        ]
        return Network(places, [_lane(lane) for lane in given.lanes])
    except NetworkError as problem:
        where: tuple[str | int, ...] = ("network", *problem.path)
        message = problem.message
        if given.files is not None:
            where, message = ("network", "files"), f"{_row_of(given.files, problem.path)}: {message}"
        raise resolved.error(where, message, found=str(problem.found), expected=problem.expected) from None


def _row_of(files: NetworkFiles, path: Sequence[str | int]) -> str:
    """File, line and column of a table's fault: the header is line 1."""
    table = files.lanes if path and path[0] == "lanes" else files.locations
    line = f":{path[1] + 2}" if len(path) > 1 and isinstance(path[1], int) else ""
    return f"{table}{line}" + (f": {path[-1]}" if len(path) > 2 else "")


def _terms(haul: Haul) -> dict[str, Any]:
    return {
        "transit": haul.transit,
        "cost_per_unit": haul.cost_per_unit,
        "cost_per_trip": haul.cost_per_trip,
        "capacity_units": haul.capacity_units,
        "departs": tuple(haul.departs),
        "moq": haul.order.moq,
        "pack": haul.order.pack,
        "order_days": tuple(haul.order.days or ()),
    }


def _lane(given: LaneGiven) -> Lane:
    return Lane(given.from_, given.to, **_terms(given))


def _generated(resolved: Resolved) -> Network:
    given = resolved.scenario.network.generate
    assert given is not None
    made = generate(
        stores=sources.stores() if given.stores == sources.COMPLETE_JOURNEY else given.stores,
        fcs=given.fcs,
        hubs=given.hubs,
        suppliers=given.suppliers,
        countries=list(given.countries),
        store_lane=LaneTerms(**_terms(given.store_lane)),
        supplier_lane=LaneTerms(**_terms(given.supplier_lane)),
    )
    hubs = {place.id for place in made.of_kind("hub")}
    if not hubs:
        return made
    terms = _terms(given.hub_lane)
    return Network(
        made.locations, [replace(lane, **terms) if lane.destination in hubs else lane for lane in made.lanes]
    )


def _by_name(name: str, share: float) -> bool:
    """Whether a name is among the share that a selector chooses: by a hash, so that others come and go without effect."""
    return mix(entity("share", name)) < share * 2.0**64


def locations_of(selector: Selector, network: Network) -> NDArray[np.bool_]:
    """Which of the network's locations a selector means, as far as it speaks of locations; shape (locations,)."""
    chosen = np.ones(len(network.locations), bool)
    for i, place in enumerate(network.locations):
        chosen[i] = (
            (selector.kind is None or place.kind in selector.kind)
            and (selector.ids is None or place.id in selector.ids)
            and (selector.region is None or place.region in selector.region)
            and (selector.tag is None or any(tag in place.tags for tag in selector.tag))
            and (selector.share is None or _by_name(place.id, selector.share))
        )
    return chosen


def skus_of(selector: Selector, items: Items) -> NDArray[np.bool_] | None:
    """Which SKUs a selector means, as far as it speaks of SKUs; None for all of them."""
    if selector.category is None and selector.sku is None:
        return None
    chosen = np.ones(len(items.skus), bool)
    if selector.category is not None:
        chosen &= np.array([name in selector.category for name in items.categories])[items.category]
    if selector.sku is not None:
        chosen &= np.isin(np.array(items.skus, object), list(selector.sku))
    return chosen


def check_names(resolved: Resolved, network: Network, items: Items) -> None:
    """Every id, SKU and category that a selector of the scenario names must exist."""
    valid = {
        "ids": [place.id for place in network.locations],
        "sku": items.skus,
        "category": items.categories,
        "tag": sorted({tag for place in network.locations for tag in place.tags}),
        "region": sorted({place.region for place in network.locations if place.region}),
    }
    sets = {key: frozenset(names) for key, names in valid.items()}
    for path, selector in _selectors(resolved.scenario, ()):
        for key, known in sets.items():
            for name in getattr(selector, key) or ():
                if name not in known:
                    from scenarios.errors import nearest_name

                    near = nearest_name(name, valid[key][:5000])
                    hint = f" (did you mean {near}?)" if near else ""
                    raise resolved.error(
                        (*path, key), f"nothing has this name{hint}", found=name, expected=f"a known {key}"
                    )


def _selectors(part: Any, path: tuple[str | int, ...]) -> list[tuple[tuple[str | int, ...], Selector]]:
    if isinstance(part, Selector):
        return [(path, part)]
    found = []
    if isinstance(part, tuple):
        for i, each in enumerate(part):
            found += _selectors(each, (*path, i))
    elif hasattr(type(part), "model_fields"):
        for key, attribute in type(part).keys().items():
            found += _selectors(getattr(part, attribute), (*path, key))
    return found
