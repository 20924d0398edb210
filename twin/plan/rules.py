"""Who orders what from where: reorder rules, their sources and their order points, cell by cell."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from network import Lane, Network, NetworkError
from network.checks import Need, check_supplied
from policies.registry import make
from policies.reorder.base import CellFacts, ReorderPolicy, ReorderState
from scenarios.schema.rules import ReorderRule
from twin.brain.groups import CONTINUOUS, Group
from twin.clock import DAY
from twin.plan.cells import Cells
from twin.plan.items import Items
from twin.plan.places import locations_of, skus_of

if TYPE_CHECKING:
    from scenarios import Resolved

Moments = Callable[[int, int], tuple[NDArray[np.float64], NDArray[np.float64]]]


def targets(group: Group) -> NDArray[np.int64]:
    """The position right after an order placed at the order point: what the rule aims at; 0 where it never orders."""
    points = group.policy.order_points().astype(np.int64)
    orders = np.abs(points) < 2**31 - 1
    state = ReorderState(index=np.arange(points.size), position=np.where(orders, points, 0))
    return np.maximum(np.where(orders, points + group.policy.quantities(state), 0), 0)


def plan_rules(
    resolved: Resolved, network: Network, items: Items, cells: Cells, moments: Moments
) -> list[Group]:
    """One group for each location and rule, by location; the first rule that matches a cell decides."""
    rules = resolved.scenario.policies.reorder
    chosen = _rule_of_cells(rules, network, items, cells)
    demand = _Downstream(network, cells, moments)
    try:
        sourced = [
            _sources(network, items, cells, rules, location, chosen[location])
            for location in range(len(network.locations))
        ]
        _check(network, cells, items, rules, chosen, sourced)
    except NetworkError as problem:
        where = problem.path or ("network", "lanes")
        raise resolved.error(
            where, problem.message, found=str(problem.found), expected=problem.expected
        ) from None
    demand.follow(chosen, sourced)
    return _Maker(resolved, network, items, cells, demand).groups(rules, chosen, sourced)


def _rule_of_cells(
    rules: tuple[ReorderRule, ...], network: Network, items: Items, cells: Cells
) -> list[NDArray[np.int16]]:
    """For each location, the rule of each of its cells; -1 for none."""
    where = [(locations_of(rule.where, network), skus_of(rule.where, items)) for rule in rules]
    shared: dict[object, NDArray[np.int16]] = {}
    result = []
    for location, ranged in enumerate(cells.skus):
        matching = tuple(i for i, (places, _) in enumerate(where) if places[location])
        key = (id(ranged), matching)
        if key not in shared:
            rule_of = np.full(ranged.size, -1, np.int16)
            for i in reversed(matching):
                skus = where[i][1]
                rule_of[slice(None) if skus is None else skus[ranged]] = i
            shared[key] = rule_of
        result.append(shared[key])
    return result


def _sources(
    network: Network,
    items: Items,
    cells: Cells,
    rules: tuple[ReorderRule, ...],
    location: int,
    rule_of: NDArray[np.int16],
) -> NDArray[np.int32]:
    """The network lane that supplies each cell of a location; -1 where no rule orders for it."""
    place = network.locations[location]
    lane_of = np.full(rule_of.size, -1, np.int32)
    number = _lane_numbers(network)
    for i in np.unique(rule_of[rule_of >= 0]).tolist():
        mine = rule_of == i
        path = ("policies", "reorder", i)
        lane = network.lane_for(place.id, rules[i].source, (*path, "source"))
        lane_of[mine] = number[lane.origin, lane.destination]
        if rules[i].source is None:
            _own_suppliers(network, items, cells.skus[location], place.id, number, lane_of, mine)
    return lane_of


def _lane_numbers(network: Network) -> dict[tuple[str, str], int]:
    cached: dict[tuple[str, str], int] | None = network.__dict__.get("_numbers")
    if cached is None:
        cached = network.__dict__["_numbers"] = {
            (lane.origin, lane.destination): i for i, lane in enumerate(network.lanes)
        }
    return cached


def _own_suppliers(
    network: Network,
    items: Items,
    ranged: NDArray[np.int32],
    place: str,
    number: dict[tuple[str, str], int],
    lane_of: NDArray[np.int32],
    mine: NDArray[np.bool_],
) -> None:
    """Where a location buys from suppliers itself, each SKU comes from its own one."""
    lanes = network.lanes_into(place)
    suppliers = [lane.origin for lane in lanes if not network.location(lane.origin).is_internal]
    if network.location(lanes[0].origin).is_internal or not suppliers:
        return
    own = _supplier_numbers(items, tuple(suppliers))[ranged]
    by_supplier = np.array([number[supplier, place] for supplier in suppliers], np.int32)
    named = mine & (own >= 0)
    lane_of[named] = by_supplier[own[named]]


_numbered: dict[tuple[int, tuple[str, ...]], NDArray[np.int32]] = {}


def _supplier_numbers(items: Items, suppliers: tuple[str, ...]) -> NDArray[np.int32]:
    """For each SKU, the place of its supplier in ``suppliers``; -1 where it has none, so that the cheapest lane supplies it."""
    key = (id(items), suppliers)
    if key not in _numbered:
        _numbered.clear()
        place = {supplier: i for i, supplier in enumerate(suppliers)}
        _numbered[key] = np.array([place.get(name, -1) if name else -1 for name in items.supplier], np.int32)
    return _numbered[key]


def _check(
    network: Network,
    cells: Cells,
    items: Items,
    rules: tuple[ReorderRule, ...],
    chosen: list[NDArray[np.int16]],
    sourced: list[NDArray[np.int32]],
) -> None:
    def needs() -> Iterable[Need]:
        for location, rule_of in enumerate(chosen):
            for i in np.unique(rule_of[rule_of >= 0]).tolist():
                for lane in np.unique(sourced[location][rule_of == i]).tolist():
                    mine = (rule_of == i) & (sourced[location] == lane)
                    skus = cells.skus[location] if mine.all() else cells.skus[location][mine]
                    origin = network.lanes[lane].origin
                    yield Need(network.locations[location].id, skus, origin, ("policies", "reorder", i))

    stocked = {place.id: cells.skus[i] for i, place in enumerate(network.locations)}
    check_supplied(network, needs(), stocked, items.skus)


class _Downstream:
    """Expected demand on each cell: its own, and what the locations it supplies will order."""

    def __init__(self, network: Network, cells: Cells, moments: Moments) -> None:
        self.network, self.cells, self._moments = network, cells, moments
        self._ordered: dict[int, tuple[NDArray[np.float64], NDArray[np.float64]]] = {}
        self._depth: dict[int, int] = {}

    def at(self, location: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Mean and variance of units a day, per cell of a location."""
        mean, variance = self._moments(location, self.cells.skus[location].size)
        if location in self._ordered:
            return mean + self._ordered[location][0], variance + self._ordered[location][1]
        return mean, variance

    def follow(self, chosen: list[NDArray[np.int16]], sourced: list[NDArray[np.int32]]) -> None:
        """Pass demand upstream, the customers' end first."""
        for location in self._customers_first(sourced):
            mean, variance = self.at(location)
            for lane in np.unique(sourced[location][sourced[location] >= 0]).tolist():
                origin = self.network.index[self.network.lanes[lane].origin]
                if not self.network.locations[origin].is_internal:
                    continue
                mine = np.flatnonzero(sourced[location] == lane)
                above = self.cells.find(origin, self.cells.skus[location][mine]) - self.cells.first[origin]
                if origin not in self._ordered:
                    size = self.cells.skus[origin].size
                    self._ordered[origin] = (np.zeros(size), np.zeros(size))
                self._ordered[origin][0][above] += mean[mine]
                self._ordered[origin][1][above] += variance[mine]

    def echelon(self, location: int) -> int:
        """How far a location is from the end of the longest chain of supply; known once demand was followed."""
        return max(self._depth.values()) - self._depth[location]

    def _customers_first(self, sourced: list[NDArray[np.int32]]) -> list[int]:
        upstream = {
            location: {
                self.network.index[self.network.lanes[lane].origin]
                for lane in np.unique(lanes[lanes >= 0]).tolist()
            }
            for location, lanes in enumerate(sourced)
        }
        depth = self._depth

        def measure(location: int) -> int:
            if location not in depth:
                depth[location] = 1 + max(
                    (measure(above) for above in sorted(upstream[location])), default=-1
                )
            return depth[location]

        return sorted(upstream, key=lambda location: (-measure(location), location))


class _Maker:
    """Builds the policies, one for all groups whose facts are alike."""

    def __init__(
        self, resolved: Resolved, network: Network, items: Items, cells: Cells, demand: _Downstream
    ) -> None:
        self.resolved, self.network, self.items, self.cells, self.demand = (
            resolved,
            network,
            items,
            cells,
            demand,
        )
        self._made: dict[object, ReorderPolicy] = {}
        self._places: dict[bytes, NDArray[np.int32]] = {}
        self._lead = np.array([_lead_time(lane) for lane in network.lanes]).reshape(-1, 2)

    def groups(
        self,
        rules: tuple[ReorderRule, ...],
        chosen: list[NDArray[np.int16]],
        sourced: list[NDArray[np.int32]],
    ) -> list[Group]:
        result = []
        for location, rule_of in enumerate(chosen):
            for i in np.unique(rule_of[rule_of >= 0]).tolist():
                local, lane = self._shared(rule_of == i, sourced[location])
                review = CONTINUOUS if rules[i].review == "continuous" else int(rules[i].review)
                policy = self._policy(rules[i], i, location, local, lane, review)
                echelon = self.demand.echelon(location)
                result.append(Group(location, i, review, policy, local, lane, local.size == rule_of.size, echelon))
        return result

    def _shared(self, mine: NDArray[np.bool_], lane_of: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Places and lanes of a group's cells; what is the same for many locations is kept once, what is constant takes no room."""
        local = self._places.setdefault(mine.tobytes(), np.flatnonzero(mine).astype(np.int32))
        lane = lane_of[local]
        return local, np.broadcast_to(lane[:1].copy(), lane.shape) if (lane == lane[0]).all() else lane

    def _policy(
        self,
        rule: ReorderRule,
        number: int,
        location: int,
        local: NDArray[np.int32],
        lane: NDArray[np.int32],
        review: int,
    ) -> ReorderPolicy:
        mean, variance = (a[local] for a in self.demand.at(location))
        skus = self.cells.skus[location][local]
        lead_mean, lead_variance = self._lead[lane, 0], self._lead[lane, 1]
        cost, price = self.items.cost[skus], self.items.price[skus]
        content = hashlib.blake2b(digest_size=16)
        for array in (mean, variance, lead_mean, lead_variance, cost, price):
            content.update(np.ascontiguousarray(array).data)
        key = (number, content.digest())
        if key not in self._made:
            facts = CellFacts.of(
                local.size, demand_mean=mean, demand_variance=variance, lead_time_mean=lead_mean,
                lead_time_variance=lead_variance, review_days=review / DAY, unit_cost=cost, price=price,
            )  # fmt: skip
            try:
                self._made[key] = make(rule.use, facts, rule.params)
            except ValueError as problem:
                raise self.resolved.error(
                    ("policies", "reorder", number), str(problem), found=rule.use
                ) from None
        return self._made[key]


def _lead_time(lane: Lane) -> tuple[float, float]:
    """Mean and variance, in days and days², from order to receipt: the wait for a departure and the transit."""
    mean = lane.mean_transit / DAY
    deviation = (
        0.0 if isinstance(lane.transit, int | float) else float(getattr(lane.transit, "sd", 0.0) or 0.0) / DAY
    )
    if not lane.departs:
        return mean, deviation * deviation
    times = sorted(lane.departs)
    gaps = [(b - a) / DAY for a, b in zip(times, [*times[1:], times[0] + DAY], strict=True)]
    wait = sum(gap * gap for gap in gaps) / 2.0
    spread = sum(gap * gap * gap for gap in gaps) / 3.0 - wait * wait
    return mean + wait, deviation * deviation + spread
