"""What stands on the shelves at the start, and what is already under way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from network import Network
from scenarios.schema.inventory import OpeningRule
from scenarios.values import ValueFault, local_time, to_utc
from twin import sources
from twin.brain.groups import Group
from twin.clock import DAY
from twin.plan.cells import Cells
from twin.plan.demand import DemandPlan
from twin.plan.items import Items
from twin.plan.places import locations_of, skus_of
from twin.plan.rules import targets

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
    aims = _targets_by_location(groups)
    meant = [(locations_of(r.where, network), skus_of(r.where, items)) for r in rules]
    for location, ranged in enumerate(cells.skus):
        if not ranged.size:
            continue
        mine = stock[cells.of(location)]
        if not rules:
            _fill_targets(mine, aims.get(location, []), np.ones(ranged.size, bool))
        open_cells = np.ones(ranged.size, bool)
        for rule, (places, skus) in zip(rules, meant, strict=True):
            if not places[location]:
                continue
            here = open_cells if skus is None else open_cells & skus[ranged]
            if rule.file is None:
                _fill(rule, mine, here.copy(), aims.get(location, []), demand, location)
                open_cells &= ~here
    _from_files(resolved, network, items, cells, stock)
    return stock


def _targets_by_location(groups: list[Group]) -> dict[int, list[tuple[NDArray[np.int32], NDArray[np.int64]]]]:
    known: dict[int, NDArray[np.int64]] = {}
    result: dict[int, list[tuple[NDArray[np.int32], NDArray[np.int64]]]] = {}
    for group in groups:
        if id(group.policy) not in known:
            known[id(group.policy)] = targets(group)
        result.setdefault(group.location, []).append((group.local, known[id(group.policy)]))
    return result


def _fill_targets(
    mine: NDArray[np.int32], aims: list[tuple[NDArray[np.int32], NDArray[np.int64]]], here: NDArray[np.bool_]
) -> None:
    for local, target in aims:
        mine[local] = np.where(here[local], target, mine[local])


def _fill(
    rule: OpeningRule,
    mine: NDArray[np.int32],
    here: NDArray[np.bool_],
    aims: list[tuple[NDArray[np.int32], NDArray[np.int64]]],
    demand: DemandPlan,
    location: int,
) -> None:
    if rule.units is not None:
        mine[here] = rule.units
    elif rule.days_of_cover is not None:
        mean, _ = demand.moments(location, mine.size)
        mine[here] = np.ceil(mean[here] * rule.days_of_cover - 1e-9).astype(np.int32)
    else:
        _fill_targets(mine, aims, here)


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
