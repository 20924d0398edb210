"""Who orders what from where: reorder rules, their sources and their order points, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from network import Network, NetworkError
from network.checks import Need, check_supplied
from policies.registry import maker, parameters
from policies.reorder.base import CellFacts, ReorderPolicy, ReorderState
from scenarios.schema.rules import ReorderRule
from twin.brain.groups import CONTINUOUS, Group
from twin.clock import DAY
from twin.plan.cells import Cells
from twin.plan.downstream import Downstream
from twin.plan.items import Items
from twin.plan.lead import LeadTimes
from twin.plan.places import locations_of, skus_of
from twin.plan.sourcing import Part, Sourcing

if TYPE_CHECKING:
    from scenarios import Resolved

_OF_COSTS = {"order_cost": "order", "holding_per_day": "holding_per_day"}  # parameters, and the costs that stand in for them


def targets(group: Group) -> NDArray[np.int64]:
    """The position right after an order placed at the order point: what the rule aims at; 0 where it never orders."""
    points = group.policy.order_points().astype(np.int64)
    orders = np.abs(points) < 2**31 - 1
    state = ReorderState(index=np.arange(points.size), position=np.where(orders, points, 0))
    return np.maximum(np.where(orders, points + group.policy.quantities(state), 0), 0)


def plan_rules(resolved: Resolved, network: Network, items: Items, cells: Cells, demand: Downstream) -> list[Group]:
    """One group for each location and rule, by location; the first rule that matches a cell decides.

    ``demand`` then knows what each location must expect of those that order from it.
    """
    rules = resolved.scenario.policies.reorder
    chosen = _rule_of_cells(rules, network, items, cells)
    try:
        supplied = Sourcing(network, items, cells).parts(rules, chosen)
        check_supplied(
            network, _needs(network, cells, supplied), {place.id: cells.skus[i] for i, place in enumerate(network.locations)},
            items.skus,
        )  # fmt: skip
    except NetworkError as problem:
        where = problem.path or ("network", "lanes")
        raise resolved.error(
            where, problem.message, found=str(problem.found), expected=problem.expected
        ) from None
    demand.follow(supplied)
    return _Maker(resolved, network, items, cells, demand).groups(rules, supplied)


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


def _needs(network: Network, cells: Cells, supplied: list[list[Part]]) -> Iterator[Need]:
    for location, parts in enumerate(supplied):
        for part in parts:
            for lane, local in part.by_lane():
                skus = cells.skus[location] if local.size == cells.skus[location].size else cells.skus[location][local]
                origin = network.lanes[lane].origin
                yield Need(network.locations[location].id, skus, origin, ("policies", "reorder", part.rule))


class _Maker:
    """Builds the policies, one for all groups whose facts are alike."""

    def __init__(
        self, resolved: Resolved, network: Network, items: Items, cells: Cells, demand: Downstream
    ) -> None:
        self.resolved, self.items, self.cells, self.demand = resolved, items, cells, demand
        self._made: dict[object, ReorderPolicy] = {}
        self._lead = LeadTimes(network, resolved.scenario.start_us, resolved.scenario.time.timezone)

    def groups(self, rules: tuple[ReorderRule, ...], supplied: list[list[Part]]) -> list[Group]:
        makers = [_RuleMaker(self.resolved, number) for number in range(len(rules))]
        result = []
        for location, parts in enumerate(supplied):
            for part in parts:
                maker = makers[part.rule]
                policy = self._policy(maker, location, part)
                echelon = self.demand.echelon(location)
                whole = part.local.size == self.cells.skus[location].size
                result.append(Group(location, part.rule, maker.review, policy, part.local, part.lane, whole, echelon))
        return result

    def _policy(self, maker: _RuleMaker, location: int, part: Part) -> ReorderPolicy:
        """A policy for a part: that of another whose demand, cells and lead time are the very same, if there is one."""
        lead: object = tuple(self._lead.of(maker.review)[part.lanes[0]]) if len(part.lanes) == 1 else id(part)
        key = (part.rule, self.demand.alike(location), id(self.cells.skus[location]), id(part.local), lead)
        if key not in self._made:
            self._made[key] = maker.make(self._facts(location, part, maker.review))
        return self._made[key]

    def _facts(self, location: int, part: Part, review: int) -> CellFacts:
        mean, variance = self.demand.at(location)
        skus: slice | NDArray[np.int32] = self.cells.among(location)
        if part.local.size < mean.size:
            mean, variance, skus = mean[part.local], variance[part.local], self.cells.skus[location][part.local]
        of_lane = self._lead.of(review)
        lead = of_lane[part.lanes[0]] if len(part.lanes) == 1 else of_lane[part.lane].T
        return CellFacts.of(
            part.local.size, demand_mean=mean, demand_variance=variance, lead_time_mean=lead[0], lead_time_variance=lead[1],
            review_days=review / DAY, unit_cost=self.items.cost[skus], price=self.items.price[skus],
        )  # fmt: skip


class _RuleMaker:
    """Builds the policies of one rule, with what it leaves to the scenario's costs filled in."""

    def __init__(self, resolved: Resolved, number: int) -> None:
        self.resolved, self.number = resolved, number
        self.rule: ReorderRule = resolved.scenario.policies.reorder[number]
        self.review = CONTINUOUS if self.rule.review == "continuous" else int(self.rule.review)
        given, open_to = self.rule.params, parameters(self.rule.use)
        wanted = [name for name in _OF_COSTS if name in open_to and open_to[name].default is None and given.get(name) is None]
        priced = {name: getattr(resolved.scenario.costs, _OF_COSTS[name]) for name in wanted}
        self._missing = [name for name, price in priced.items() if not price > 0]
        self._make = maker(self.rule.use, {**given, **{name: price for name, price in priced.items() if price > 0}})

    def make(self, facts: CellFacts) -> ReorderPolicy:
        try:
            return self._make(facts)
        except ValueError as problem:
            where = " and ".join(f"{name} (or costs.{_OF_COSTS[name]})" for name in self._missing)
            expected = f"{where}, above 0" if self._missing else None
            raise self.resolved.error(
                ("policies", "reorder", self.number), str(problem), found=self.rule.use, expected=expected
            ) from None
