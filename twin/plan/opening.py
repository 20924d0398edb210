"""What stands on the shelves at the start, and what is already under way."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from network import Network
from policies.reorder.terms import round_all_to_terms
from scenarios.values import MOST_UNITS, ValueFault, local_time, to_utc
from twin import sources
from twin.brain.groups import Group
from twin.clock import DAY
from twin.plan.cells import Cells
from twin.plan.downstream import Downstream
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
    resolved: Resolved, network: Network, items: Items, cells: Cells, demand: Downstream, groups: list[Group]
) -> NDArray[np.int32]:
    """Units on each cell at the start: the first rule that matches decides; without rules, what the reorder rule aims at."""
    stock = np.zeros(len(cells), np.int32)
    rules = resolved.scenario.inventory.opening
    aims = _Aims(resolved, network, items, cells, groups)
    meant = [(locations_of(r.where, network), skus_of(r.where, items)) for r in rules]
    files = {i: _read_stock(resolved, i, network, items, cells) for i, rule in enumerate(rules) if rule.file is not None}
    for location, ranged in enumerate(cells.skus):
        if not ranged.size:
            continue
        mine, free = stock[cells.of(location)], np.ones(ranged.size, bool)
        if not rules:
            aims.fill(location, mine, free, steady=False)
        for i, (places, skus) in enumerate(meant):
            if not places[location]:
                continue
            here = free.copy() if skus is None else free & skus[ranged]
            rule = rules[i]
            if i in files:
                files[i].fill(cells.of(location), mine, here)
            elif rule.units is not None:
                mine[here] = rule.units
            elif rule.days_of_cover is not None:
                mine[here] = _cover(resolved, i, demand.at(location)[0][here])
            else:
                aims.fill(location, mine, here, steady=rule.level == "steady")
            free &= ~here
    return stock


def _cover(resolved: Resolved, i: int, mean: NDArray[np.float64]) -> NDArray[np.int32]:
    """Units that cover the days of a rule."""
    units = np.ceil(mean * (resolved.scenario.inventory.opening[i].days_of_cover or 0.0) - 1e-9)
    if (most := float(units.max(initial=0.0))) > MOST_UNITS:
        raise resolved.error(
            ("inventory", "opening", i, "days_of_cover"), "more than can be kept", found=f"{most:,.0f} units of a cell",
            expected=f"at most {MOST_UNITS:,}",
        )  # fmt: skip
    return units.astype(np.int32)


@dataclass(frozen=True)
class _Stock:
    """Units of cells, as a file says: arrays of one length, cells ascending."""

    cells: NDArray[np.int64]
    units: NDArray[np.int32]

    def fill(self, part: slice, mine: NDArray[np.int32], here: NDArray[np.bool_]) -> None:
        """Write the stock of the cells of ``part`` where ``here`` says so, which then says which were written."""
        first, end = np.searchsorted(self.cells, [part.start, part.stop])
        local, units = self.cells[first:end] - part.start, self.units[first:end]
        told = here[local]
        mine[local[told]] = units[told]
        here[:] = False
        here[local[told]] = True


def _read_stock(resolved: Resolved, i: int, network: Network, items: Items, cells: Cells) -> _Stock:
    """The file of a rule; of two rows for one cell the later one counts."""
    rule, where = resolved.scenario.inventory.opening[i], ("inventory", "opening", i, "file")
    assert rule.file is not None
    found: dict[int, int] = {}
    for line, row in enumerate(sources.table(rule.file, rule.columns.mapping() if rule.columns else None), start=2):
        at = f"{rule.file}:{line}"
        _, cell, _ = _cell_of(resolved, where, at, network, items, cells, row, "location")
        found[cell] = _units(resolved, where, at, row)
    ordered = sorted(found)
    return _Stock(np.array(ordered, np.int64), np.array([found[cell] for cell in ordered], np.int32))


class _Aim(NamedTuple):
    """What a reorder rule keeps its cells at: the target, or evenly anywhere from ``lowest`` over ``width`` levels."""

    target: NDArray[np.int64]
    lowest: NDArray[np.int64]
    width: NDArray[np.uint32]


class _Aims:
    """What the reorder rules keep the cells of each location at; worked out once for groups that share policy and lane terms."""

    def __init__(
        self, resolved: Resolved, network: Network, items: Items, cells: Cells, groups: list[Group]
    ) -> None:
        self.resolved, self.network, self.items, self.cells = resolved, network, items, cells
        self._pack, self._moq = (np.array([getattr(lane, name) for lane in network.lanes]) for name in ("pack", "moq"))
        self._groups: dict[int, list[Group]] = {}
        for group in groups:
            self._groups.setdefault(group.location, []).append(group)
        self._uses = Counter(id(group.policy) for group in groups)
        self._known: dict[object, _Aim] = {}

    def fill(self, location: int, mine: NDArray[np.int32], here: NDArray[np.bool_], *, steady: bool) -> None:
        """Write the levels of a location's cells where ``here`` says so."""
        for group in self._groups.get(location, ()):
            aim = self._aim(group)
            levels = self._steady(group, aim) if steady else aim.target
            if group.whole:
                np.copyto(mine, levels, where=here, casting="same_kind")
            else:
                chosen = here[group.local]
                mine[group.local[chosen]] = levels[chosen]

    def _steady(self, group: Group, aim: _Aim) -> NDArray[np.int64]:
        """A level between the order point and what an order there brings, spread evenly by a hash of the names.

        That is how positions lie once a rule has been at work for long; to start all cells at their targets would have each of
        them order at its first sale.
        """
        slots = self.items.slots[self.cells.among(group.location)]
        place = np.uint64(mix(entity("steady", self.network.locations[group.location].id)))
        luck = ((slots if group.whole else slots[group.local]) ^ place) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(33)
        return np.maximum(aim.lowest + luck.astype(np.uint32) % aim.width, 0)

    def _aim(self, group: Group) -> _Aim:
        lane = group.lane[:1] if group.lane.strides == (0,) else group.lane  # a broadcast view holds one lane
        pack, moq = self._pack[lane], self._moq[lane]
        key = (id(group.policy), int(pack[0]), int(moq[0])) if lane.size == 1 else id(group)
        if key in self._known:
            return self._known[key]
        points, target = group.policy.order_points().astype(np.int64), targets(group)
        if (most := int(target.max(initial=0))) > MOST_UNITS:
            raise self.resolved.error(
                ("policies", "reorder", group.rule), "aims at more than can be kept", found=f"{most:,} units of a cell",
                expected=f"at most {MOST_UNITS:,}",
            )  # fmt: skip
        orders = np.abs(points) < 2**31 - 1
        width = np.maximum(round_all_to_terms(np.maximum(target - points, 1), pack, moq), 1)
        aim = _Aim(
            target, np.where(orders, points + 1, 0),
            np.where(orders, np.minimum(width, 2**32 - 1), 1).astype(np.uint32),
        )  # fmt: skip
        if self._uses[id(group.policy)] > 1:
            self._known[key] = aim
        return aim


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
    if not 0 <= units <= MOST_UNITS:
        raise resolved.error(
            where, f"{line}: not a stock", found=text, expected=f"whole units from 0 to {MOST_UNITS:,} in column units"
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
