"""Is it a network at all? Every fault of its locations and lanes, and whether what must be supplied is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from network.errors import NetworkError, Path, nearest_name
from network.lanes import Lane
from network.locations import DAY, KINDS, SUPPLIER, Location

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from network.build import Network


def find_problems(locations: Sequence[Location], lanes: Sequence[Lane]) -> list[NetworkError]:
    """Return all that is wrong with the locations and lanes taken by themselves, in their order.

    Paths start at ``("locations", i)`` and ``("lanes", i)``, with the names of fields as a scenario writes
    them.
    """
    problems: list[NetworkError] = []
    first: dict[str, int] = {}
    for i, location in enumerate(locations):
        problems += _location_problems(("locations", i), location)
        if location.id in first:
            expected = f"an id of its own: locations[{first[location.id]}] has it already"
            problems.append(
                NetworkError(("locations", i, "id"), "duplicate id", found=location.id, expected=expected)
            )
        first.setdefault(location.id, i)
    kinds = {location.id: location.kind for location in locations}
    between: dict[tuple[str, str], int] = {}
    for i, lane in enumerate(lanes):
        problems += _lane_problems(("lanes", i), lane, kinds)
        ends = (lane.origin, lane.destination)
        if ends in between:
            found = f"{lane.origin} -> {lane.destination}"
            expected = f"one lane between two locations: lanes[{between[ends]}] is it already"
            problems.append(NetworkError(("lanes", i), "duplicate lane", found=found, expected=expected))
        between.setdefault(ends, i)
    return problems


def _location_problems(path: Path, location: Location) -> Iterator[NetworkError]:
    if not location.id:
        yield NetworkError((*path, "id"), "empty id", found=location.id, expected="a name")
    if location.kind not in KINDS:
        near = nearest_name(location.kind, KINDS)
        expected = f"one of {', '.join(KINDS)}"
        yield NetworkError(
            (*path, "kind"), "unknown kind", found=location.kind, expected=expected, nearest=near
        )
    if location.at is not None and not _on_earth(*location.at):
        expected = "latitude in [-90, 90] and longitude in [-180, 180]"
        yield NetworkError((*path, "at"), "not a place on Earth", found=location.at, expected=expected)
    if location.open is not None and not _opening_hours(*location.open):
        expected = "two different times of a day"
        yield NetworkError((*path, "open"), "not opening hours", found=location.open, expected=expected)
    if location.cut_off is not None and not 0 <= location.cut_off <= DAY:
        yield NetworkError(
            (*path, "cut_off"), "not a time of day", found=location.cut_off, expected="a time of a day"
        )


def _on_earth(latitude: float, longitude: float) -> bool:
    return -90 <= latitude <= 90 and -180 <= longitude <= 180


def _opening_hours(start: int, end: int) -> bool:
    return 0 <= start < DAY and 0 < end <= DAY and start != end


def _lane_problems(path: Path, lane: Lane, kinds: Mapping[str, str]) -> Iterator[NetworkError]:
    for key, end in (("from", lane.origin), ("to", lane.destination)):
        if end not in kinds:
            near = nearest_name(end, kinds)
            expected = "the id of a location"
            yield NetworkError((*path, key), "unknown location", found=end, expected=expected, nearest=near)
    if lane.origin == lane.destination:
        expected = "another location than where it starts"
        yield NetworkError(
            (*path, "to"), "a lane from a location to itself", found=lane.destination, expected=expected
        )
    elif kinds.get(lane.destination) == SUPPLIER:
        expected = "a store, fc or hub: goods come from a supplier, none go there"
        yield NetworkError((*path, "to"), "a lane to a supplier", found=lane.destination, expected=expected)
    if not (math.isfinite(lane.mean_transit) and lane.lowest_transit >= 0):
        expected = "a duration that is never below 0"
        yield NetworkError((*path, "transit"), "negative transit", found=lane.transit, expected=expected)
    yield from _terms_problems(path, lane)


def _terms_problems(path: Path, lane: Lane) -> Iterator[NetworkError]:
    for name in ("cost_per_unit", "cost_per_trip"):
        cost = getattr(lane, name)
        if not (math.isfinite(cost) and cost >= 0):
            yield NetworkError((*path, name), "negative cost", found=cost, expected="a number >= 0")
    if lane.capacity_units is not None and lane.capacity_units < 1:
        found, expected = lane.capacity_units, "units >= 1, or nothing"
        yield NetworkError((*path, "capacity_units"), "no capacity", found=found, expected=expected)
    for name, lowest in (("moq", 0), ("pack", 1)):
        units = getattr(lane, name)
        if units < lowest:
            expected = f"a whole number >= {lowest}"
            yield NetworkError((*path, "order", name), "out of range", found=units, expected=expected)
    if any(not 0 <= time < DAY for time in lane.departs) or len(set(lane.departs)) != len(lane.departs):
        yield NetworkError(
            (*path, "departs"), "not departures", found=lane.departs, expected="different times of a day"
        )
    if any(not 0 <= day < 7 for day in lane.order_days):
        yield NetworkError(
            (*path, "order", "days"), "not weekdays", found=lane.order_days, expected="weekdays, mon to sun"
        )


@dataclass(frozen=True)
class Need:
    """SKUs at a location that are reordered, and from where.

    Attributes
    ----------
    location : str
        Id of the location.
    skus : array of int
        Indices of the SKUs.
    source : str or None
        Id of the location that they are ordered from; None: whatever the cheapest lane comes from.
    path : tuple
        Where the scenario asks for it, for error messages.
    """

    location: str
    skus: ArrayLike
    source: str | None = None
    path: Path = ()


def check_supplied(
    network: Network,
    needs: Iterable[Need],
    stocked: Mapping[str, ArrayLike],
    names: Sequence[str] | None = None,
) -> None:
    """Check that all that is reordered comes from somewhere.

    Parameters
    ----------
    network : Network
        The lanes.
    needs : iterable of Need
        What is reordered, where and from where; a (location, SKU) at most once.
    stocked : mapping of id to array of int
        SKUs that each location stocks (suppliers need not be in it: they have everything).
    names : sequence of str, optional
        Names of the SKUs, for error messages.

    Raises
    ------
    NetworkError
        The location is unknown, no lane leads to it (from the source), its source does not stock the SKU, or
        locations supply one another in a circle.
    """
    import numpy as np

    chosen: list[tuple[Lane, Need]] = []
    has: dict[str, NDArray[np.bool_]] = {}
    for need in needs:
        lane = network.lane_for(need.location, need.source, need.path)
        chosen.append((lane, need))
        if network.location(lane.origin).kind == SUPPLIER:
            continue
        skus = np.asarray(need.skus)
        missing = skus[~_holds(has, lane.origin, stocked, skus)]
        if missing.size:
            sku = names[missing[0]] if names is not None else f"SKU {missing[0]}"
            more = f" (and {missing.size - 1:,} more SKUs)" if missing.size > 1 else ""
            raise NetworkError(
                need.path,
                f"nothing supplies {sku} at {need.location}{more}",
                found=f"{lane.origin} as its source, which does not stock it",
                expected=f"a source that stocks it, or {sku} in the assortment of {lane.origin}",
            )
    _check_no_circle(network, chosen)


def _holds(
    has: dict[str, NDArray[np.bool_]], origin: str, stocked: Mapping[str, ArrayLike], skus: NDArray[np.int_]
) -> NDArray[np.bool_]:
    """Which of ``skus`` a location stocks; ``has`` keeps its answers as one flag a SKU."""
    import numpy as np

    if origin not in has:
        own = np.asarray(stocked.get(origin, ()), np.int64)
        has[origin] = np.zeros(int(own.max(initial=-1)) + 1, bool)
        has[origin][own] = True
    flags = has[origin]
    if not flags.size:
        return np.zeros(skus.size, bool)
    return (skus < flags.size) & flags[np.minimum(skus, flags.size - 1)]


def _check_no_circle(network: Network, chosen: Sequence[tuple[Lane, Need]]) -> None:
    """Follow each SKU upstream: it must come to a location that orders it from outside, or not at all."""
    internal = [(lane, need) for lane, need in chosen if network.location(lane.origin).is_internal]
    if not {lane.origin for lane, _ in internal} & {lane.destination for lane, _ in internal}:
        return  # no origin is itself supplied from inside: the usual network, and no circle
    import networkx as nx
    import numpy as np

    graph = nx.DiGraph((lane.origin, lane.destination) for lane, _ in internal)
    for knot in nx.strongly_connected_components(graph):
        inside = [(lane, need) for lane, need in internal if {lane.origin, lane.destination} <= knot]
        if not inside:
            continue
        skus = np.unique(np.concatenate([np.asarray(need.skus) for _, need in inside]))
        carried = np.array([np.isin(skus, np.asarray(need.skus)) for _, need in inside])
        for pattern in np.unique(carried, axis=1).T:  # SKUs that take the same lanes are one case
            edges = [pair for pair, there in zip(inside, pattern, strict=True) if there]
            ways = nx.DiGraph((lane.origin, lane.destination) for lane, _ in edges)
            if not nx.is_directed_acyclic_graph(ways):
                raise _circle_error([edge[0] for edge in nx.find_cycle(ways)], edges)


def _circle_error(circle: list[str], edges: Sequence[tuple[Lane, Need]]) -> NetworkError:
    start = circle.index(min(circle))
    circle = [*circle[start:], *circle[:start]]
    path = next(need.path for lane, need in edges if lane.destination == circle[0])
    return NetworkError(
        path,
        "locations that supply one another",
        found=" -> ".join([*circle, circle[0]]),
        expected="a supplier at the head of every chain",
    )

