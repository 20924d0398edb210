"""What stands on the shelves at the start, and what is already under way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from network import Network
from policies.reorder.terms import round_all_to_terms
from scenarios.values import ValueFault, local_time, to_utc
from twin import sources
from twin.brain.groups import Group
from twin.clock import DAY
from twin.plan.cells import Cells
from twin.plan.demand import DemandPlan
from twin.plan.items import Items
from twin.plan.places import locations_of, skus_of
from twin.plan.rules import targets
from twin.random.keyed import entity, mix

if TYPE_CHECKING:
    from scenarios import Resolved


@dataclass(frozen=True)
class OpenOrder:
    """Units ordered before the start: from a location to a cell, due at ``due_us``."""

    origin: int
    destination: int
    cell: int
    sku: int
    units: int
    due_us: int


def opening_stock(
    resolved: Resolved, network: Network, items: Items, cells: Cells, demand: DemandPlan, groups: list[Group]
) -> NDArray[np.int32]:
    """Units on each cell at the start: the first rule that matches decides; without rules, what the reorder rule aims at."""
    stock = np.zeros(len(cells), np.int32)
    rules = resolved.scenario.inventory.opening
    aims = _aims_by_location(groups)
    meant = [(locations_of(r.where, network), skus_of(r.where, items)) for r in rules]
    for location, ranged in enumerate(cells.skus):
        if not ranged.size:
            continue
        mine, open_cells = stock[cells.of(location)], np.ones(ranged.size, bool)
        here_aims = aims.get(location, [])
        if not rules:
            _fill_levels(mine, open_cells, here_aims, lambda aim: aim.target)
        for rule, (places, skus) in zip(rules, meant, strict=True):
            if rule.file is not None or not places[location]:
                continue
            here = open_cells.copy() if skus is None else open_cells & skus[ranged]
            open_cells &= ~here
            if rule.units is not None:
                mine[here] = rule.units
            elif rule.days_of_cover is not None:
                mean, _ = demand.moments(location, mine.size)
                mine[here] = np.ceil(mean[here] * rule.days_of_cover - 1e-9).astype(np.int32)
            elif rule.level == "steady":
                _fill_levels(mine, here, here_aims, partial(_Aim.steady, network=network, items=items, ranged=ranged))
            else:
                _fill_levels(mine, here, here_aims, lambda aim: aim.target)
    _from_files(resolved, network, items, cells, stock)
    return stock


@dataclass(frozen=True)
class _Aim:
    """What the reorder rule of some of a location's cells keeps them at."""

    group: Group
    target: NDArray[np.int64]

    def steady(self, network: Network, items: Items, ranged: NDArray[np.int32]) -> NDArray[np.int64]:
        """A level between the order point and what an order there brings, spread evenly by a hash of the names.

        That is how positions lie once a rule has been at work for long; to start all cells at their targets would have each of
        them order at its first sale.
        """
        lanes = [network.lanes[i] for i in range(len(network.lanes))]
        pack, moq = np.array([lane.pack for lane in lanes]), np.array([lane.moq for lane in lanes])
        points = self.group.policy.order_points().astype(np.int64)
        ordered = np.maximum(self.target - points, 1)
        width = np.maximum(round_all_to_terms(ordered, pack[self.group.lane], moq[self.group.lane]), 1)
        place = np.uint64(mix(entity("steady", network.locations[self.group.location].id)))
        luck = (items.slots[ranged[self.group.local]] ^ place) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(33)
        level = points + 1 + (luck % width.astype(np.uint64)).astype(np.int64)
        return np.where(np.abs(points) < 2**31 - 1, np.maximum(level, 0), 0)


def _aims_by_location(groups: list[Group]) -> dict[int, list[_Aim]]:
    known: dict[int, NDArray[np.int64]] = {}
    result: dict[int, list[_Aim]] = {}
    for group in groups:
        if id(group.policy) not in known:
            known[id(group.policy)] = targets(group)
        result.setdefault(group.location, []).append(_Aim(group, known[id(group.policy)]))
    return result


def _fill_levels(
    mine: NDArray[np.int32], here: NDArray[np.bool_], aims: list[_Aim], levels: Callable[[_Aim], NDArray[np.int64]]
) -> None:
    for aim in aims:
        local = aim.group.local
        mine[local] = np.where(here[local], levels(aim), mine[local])


def _from_files(
    resolved: Resolved, network: Network, items: Items, cells: Cells, stock: NDArray[np.int32]
) -> None:
    for i, rule in enumerate(resolved.scenario.inventory.opening):
        if rule.file is None:
            continue
        rows = sources.table(rule.file, rule.columns.mapping() if rule.columns else None)
        for line, row in enumerate(rows, start=2):
            where = ("inventory", "opening", i, "file")
            _, cell, _ = _cell_of(
                resolved, where, f"{rule.file}:{line}", network, items, cells, row, "location"
            )
            stock[cell] = _units(resolved, where, f"{rule.file}:{line}", row)


def _cell_of(
    resolved: Resolved,
    where: tuple[str | int, ...],
    line: str,
    network: Network,
    items: Items,
    cells: Cells,
    row: dict[str, object],
    key: str,
) -> tuple[int, int, int]:
    """Location, cell and SKU that a row of a file names."""
    place, sku = str(row.get(key)), str(row.get("sku"))
    if place not in network.index:
        raise resolved.error(
            where, f"{line}: no such location", found=place, expected=f"a location's id in column {key}"
        )
    if sku not in items.index:
        raise resolved.error(
            where, f"{line}: no such item", found=sku, expected="a SKU of the catalog in column sku"
        )
    location, number = network.index[place], items.index[sku]
    cell = int(cells.find(location, np.array([number], np.int32))[0])
    if cell < 0:
        raise resolved.error(
            where, f"{line}: {place} does not range it", found=sku, expected="a SKU of its assortment"
        )
    return location, cell, number


def _units(resolved: Resolved, where: tuple[str | int, ...], line: str, row: dict[str, object]) -> int:
    text = str(row.get("units"))
    try:
        units = int(text)
    except ValueError:
        units = -1
    if not 0 <= units < 2**31:
        raise resolved.error(
            where, f"{line}: not a stock", found=text, expected="whole units >= 0 in column units"
        )
    return units


def open_orders(resolved: Resolved, network: Network, items: Items, cells: Cells) -> list[OpenOrder]:
    """Orders under way at the start, from their file."""
    given = resolved.scenario.inventory.open_orders
    if given is None:
        return []
    where, zone = ("inventory", "open_orders", "file"), resolved.scenario.time.timezone
    result = []
    for line, row in enumerate(
        sources.table(given.file, given.columns.mapping() if given.columns else None), start=2
    ):
        at = f"{given.file}:{line}"
        destination, cell, sku = _cell_of(resolved, where, at, network, items, cells, row, "to")
        origin = network.index.get(str(row.get("from")), -1)
        if origin < 0:
            raise resolved.error(
                where, f"{at}: no such location", found=str(row.get("from")), expected="an id in column from"
            )
        try:
            due = to_utc(local_time(str(row.get("due"))), zone)
        except (ValueFault, ValueError):
            raise resolved.error(
                where, f"{at}: not a time", found=str(row.get("due")), expected="a local date in column due"
            ) from None
        units = _units(resolved, where, at, row)
        result.append(OpenOrder(origin, destination, cell, sku, units, max(due, resolved.scenario.start_us)))
    return sorted(result, key=lambda order: (order.due_us, order.cell))


def days_of(duration_us: int) -> int:
    """Whole days of 24 hours that cover a duration."""
    return -(-duration_us // DAY)
