"""Which SKUs each location ranges, and how the pairs are numbered.

Cells of a location are consecutive, in the order of its SKUs; locations with the same assortment share one array, so that 25
million cells cost nothing until something is kept about each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from network import Network
from twin import sources
from twin.plan.items import Items
from twin.plan.places import locations_of, skus_of
from twin.plan.serving import serves_at_all, zones_collect_at

if TYPE_CHECKING:
    from scenarios import Resolved

Skus = NDArray[np.int32]


class Cells:
    """The stocked (location, SKU) pairs.

    Attributes
    ----------
    skus : list of arrays
        Per location its SKUs, ascending.
    first : array (locations + 1,)
        Number of the first cell of each location.
    """

    def __init__(self, skus: Sequence[Skus]) -> None:
        self.skus = list(skus)
        self.first = np.concatenate([[0], np.cumsum([s.size for s in skus])]).astype(np.int64)
        self._dense = [bool(s.size == 0 or (s[0] == 0 and s[-1] == s.size - 1)) for s in skus]

    def __len__(self) -> int:
        return int(self.first[-1])

    def of(self, location: int) -> slice:
        """The cells of a location."""
        return slice(int(self.first[location]), int(self.first[location + 1]))

    def among(self, location: int) -> slice | Skus:
        """The SKUs of a location as an index into an array by SKU: a slice, which copies nothing, where it can be one."""
        ranged = self.skus[location]
        return slice(0, ranged.size) if self._dense[location] else ranged

    def sku_of(self, location: int, cells: NDArray[np.int32]) -> Skus:
        """The SKUs of cells of one location."""
        local = cells - self.first[location]
        ranged: Skus = local.astype(np.int32) if self._dense[location] else self.skus[location][local]
        return ranged

    def location_of(self, cells: NDArray[np.int32]) -> NDArray[np.int32]:
        """The locations of cells."""
        return (np.searchsorted(self.first, cells, side="right") - 1).astype(np.int32)

    def find(self, location: int, skus: NDArray[np.int32]) -> NDArray[np.int32]:
        """The cells of SKUs at one location; -1 where it does not range one."""
        ranged = self.skus[location]
        if self._dense[location]:
            return np.where(skus < ranged.size, skus + self.first[location], -1).astype(np.int32)
        local = np.searchsorted(ranged, skus)
        local_safe = np.minimum(local, max(ranged.size - 1, 0))
        found = (ranged[local_safe] == skus) if ranged.size else np.zeros(skus.size, bool)
        return np.where(found, local_safe + self.first[location], -1).astype(np.int32)


def range_cells(resolved: Resolved, network: Network, items: Items) -> Cells:
    """What every location ranges: the first assortment rule that means it, else what it has a use for."""
    scenario, count = resolved.scenario, len(network.locations)
    shared: dict[bytes, Skus] = {}
    chosen: list[Skus | None] = [None] * count
    for number, rule in enumerate(scenario.assortment):
        for name in rule.skus or ():
            if name not in items.index:
                where = ("assortment", number, "skus")
                raise resolved.error(where, "no such item", found=name, expected="SKUs of the catalog")
        for key in ("category", "sku"):
            if getattr(rule.where, key) is not None:
                raise resolved.error(
                    ("assortment", number, "where", key), "selects no locations", expected="`skus` for what they range"
                )
        own, everything = _of_rule(rule, items)
        for i in np.flatnonzero(locations_of(rule.where, network)).tolist():
            place = network.locations[i]
            if chosen[i] is None and place.is_internal:
                chosen[i] = own.get(place.id, everything)
    useful = _useful(resolved, network, items)
    result: list[Skus] = []
    known: dict[int, Skus] = {}  # of arrays that `chosen` holds: many locations have the very same
    for i, place in enumerate(network.locations):
        given = chosen[i]
        if given is not None:
            if id(given) not in known:
                known[id(given)] = shared.setdefault(given.tobytes(), given)
            result.append(known[id(given)])
        else:
            skus = useful(i) if place.is_internal else np.zeros(0, np.int32)
            result.append(shared.setdefault(skus.tobytes(), skus))
    return Cells(result)


def _of_rule(rule: object, items: Items) -> tuple[dict[str, Skus], Skus]:
    """SKUs by location id, and those of the locations not named."""
    top, names, recorded = (getattr(rule, key) for key in ("top", "skus", "from_"))
    index = items.index
    if top is not None:
        order = np.argsort(-items.popularity, kind="stable")[:top]
        return {}, np.sort(order).astype(np.int32)
    if names is not None:
        return {}, np.array(sorted({index[name] for name in names}), np.int32)
    assert recorded is not None
    everything = np.arange(len(items.skus), dtype=np.int32)
    return _recorded(index), everything


def _recorded(index: dict[str, int]) -> dict[str, Skus]:
    """SKUs by location id, as the pairs of the recorded data say."""
    pairs = sources.assortment()
    sku = np.array([index.get(name, -1) for name in pairs.skus], np.int32)[pairs.sku]
    known = sku >= 0
    sku, location = sku[known], pairs.location[known]
    order = np.lexsort((sku, location))
    ends = np.cumsum(np.bincount(location, minlength=len(pairs.locations)))
    by_place = dict(zip(pairs.locations, np.split(sku[order], ends[:-1]), strict=True))
    return {place: skus for place, skus in by_place.items() if skus.size}


def _useful(resolved: Resolved, network: Network, items: Items) -> Useful:
    scenario = resolved.scenario
    index, count = items.index, len(items.skus)
    rules: list[tuple[NDArray[np.bool_], NDArray[np.bool_] | None]] = []
    for demand in scenario.demand.pos:
        if demand.sku is not None:
            only = np.zeros(count, bool)
            if demand.sku not in index:
                place = scenario.demand.pos.index(demand)
                raise resolved.error(
                    ("demand", "pos", place, "sku"),
                    "no such item",
                    found=demand.sku,
                    expected="a SKU of the catalog",
                )
            only[index[demand.sku]] = True
            rules.append((locations_of(demand.at, network), only))
        elif demand.lines_per_day is not None:
            rules.append((locations_of(demand.at, network), None))
    rules += _asked_on_the_web(resolved, network, items)
    for rule in scenario.policies.reorder:
        rules.append((locations_of(rule.where, network), skus_of(rule.where, items)))
    for opening in scenario.inventory.opening:
        if opening.file is None and (opening.units is not None) and not opening.where.everything:
            rules.append((locations_of(opening.where, network), skus_of(opening.where, items)))
    return Useful(rules, count)


def _asked_on_the_web(resolved: Resolved, network: Network, items: Items) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """What web customers may want, at the locations that ship to them or hand it over; of a feed, whatever is in the catalog."""
    for demand in resolved.scenario.demand.web:
        chosen, popular = skus_of(demand.where, items), items.popularity > 0
        skus = popular if chosen is None else popular & chosen
        if demand.replay is not None:
            skus = np.ones(len(items.skus), bool)
        elif demand.flash is not None:
            skus = np.arange(len(items.skus)) == items.index.get(demand.flash.sku, -1)
        yield serves_at_all(resolved.scenario, network), skus
        if demand.pickup_share:
            yield zones_collect_at(resolved, network), skus


class Useful:
    """The SKUs that some demand at the tills or on the web, reorder rule or opening stock names at a location."""

    def __init__(self, rules: list[tuple[NDArray[np.bool_], NDArray[np.bool_] | None]], count: int) -> None:
        self._rules, self._count = rules, count

    def __call__(self, location: int) -> Skus:
        wanted = np.zeros(self._count, bool)
        for places, skus in self._rules:
            if places[location]:
                wanted |= True if skus is None else skus
        return np.flatnonzero(wanted).astype(np.int32)
