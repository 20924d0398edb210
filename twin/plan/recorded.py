"""Recorded sales as demand: mapped to cells, and what they let one expect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from network import Network
from scenarios.schema.demand import PosDemand
from twin import sources
from twin.clock import DAY
from twin.demand.tables import Recorded
from twin.plan.cells import Cells
from twin.plan.expected import DemandPlan, Expected
from twin.plan.items import Items
from twin.plan.limits import LARGEST_LINE
from twin.plan.places import locations_of

if TYPE_CHECKING:
    from scenarios import Resolved

HISTORY_DAYS = 56  # of a recorded feed before the start, from which demand is estimated


@dataclass(frozen=True)
class _Lines:
    """Recorded lines; arrays of one length. Cell, SKU or location is -1 where the scenario has no such thing."""

    time: NDArray[np.int64]
    cell: NDArray[np.int32]
    sku: NDArray[np.int32]
    location: NDArray[np.int32]
    quantity: NDArray[np.int64]

    def part(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> _Lines:
        return _Lines(
            self.time[chosen], self.cell[chosen], self.sku[chosen], self.location[chosen], self.quantity[chosen]
        )


class Replays:
    """Adds recorded sales to the demand of a scenario, feed by feed."""

    def __init__(
        self, resolved: Resolved, network: Network, items: Items, cells: Cells, result: DemandPlan, strict: bool
    ) -> None:
        self.resolved, self.network, self.items, self.cells = resolved, network, items, cells
        self.result, self.strict = result, strict
        self.start, self.end = resolved.scenario.start_us, resolved.scenario.end_us

    def add(self, i: int, given: PosDemand, name: str, slot: int) -> None:
        """The feed of ``demand.pos[i]``, which notes call ``name``."""
        every = self._mapped(self._read(given, name), given)
        known = (every.cell >= 0) & (every.quantity <= LARGEST_LINE)
        inside = every.time >= self.start
        if not np.any(known & inside):
            raise self.resolved.error(
                ("demand", "pos", i, "replay"), "no line of it lies within the run, at a location and of a SKU that it has",
                found=f"{every.time.size:,} lines between {HISTORY_DAYS} days before the start and the end",
                expected="a start within the feed, or `shift`, the duration by which the feed is moved",
            )  # fmt: skip
        self._note_left_out(name, every.part(inside))
        self._estimate(name, every.part(known))
        lines = every.part(known & inside)
        lines = lines.part(np.lexsort((lines.time, lines.location)))
        location, quantity = lines.location.astype(np.int16), lines.quantity.astype(np.int16)
        self.result.recorded.append(Recorded(lines.time, lines.cell, lines.sku, location, quantity, slot))

    def _read(self, given: PosDemand, name: str) -> sources.RecordedSales:
        assert given.replay is not None
        shift = given.shift or 0
        sales = sources.recorded_sales(
            given.replay, self.start - shift - HISTORY_DAYS * DAY, self.end - shift,
            columns=given.columns.mapping() if given.columns else None,
            timezone=given.timezone or self.resolved.scenario.time.timezone, strict=self.strict,
        )  # fmt: skip
        self.result.bad_rows += sales.bad_rows
        self.result.notes += sources.say_bad_rows(name, sales.bad_rows, sales.bad_listed)
        return sales

    def _mapped(self, sales: sources.RecordedSales, given: PosDemand) -> _Lines:
        places, of_place, of_sku = locations_of(given.at, self.network), self.network.index, self.items.index
        numbers = [of_place.get(name, -1) for name in sales.locations]
        place = np.array([p if p >= 0 and places[p] else -1 for p in numbers] or [-1], np.int32)
        sku = np.array([of_sku.get(name, -1) for name in sales.skus] or [-1], np.int32)[sales.sku]
        location = place[sales.location]
        cell = np.full(sku.size, -1, np.int32)
        for each in np.unique(location[location >= 0]).tolist():
            rows = np.flatnonzero((location == each) & (sku >= 0))
            cell[rows] = self.cells.find(each, sku[rows])
        return _Lines(sales.time + (given.shift or 0), cell, sku, location, sales.quantity)

    def _note_left_out(self, name: str, lines: _Lines) -> None:
        for left, why in (
            (lines.cell < 0, "are of locations or SKUs that the scenario does not have"),
            (
                (lines.cell >= 0) & (lines.quantity > LARGEST_LINE),
                f"are of more than {LARGEST_LINE:,} units, more than a line can have",
            ),
        ):
            if count := int(np.count_nonzero(left)):
                self.result.notes.append(f"{count:,} lines of {name} {why}, and were left out")

    def _estimate(self, name: str, lines: _Lines) -> None:
        """Expected demand from the weeks before the start, or from the run itself where the feed has none."""
        before = lines.time < self.start
        if np.any(before):
            days = (self.start - max(int(lines.time[before].min()), self.start - HISTORY_DAYS * DAY)) / DAY
            chosen = before
        else:
            self.result.notes.append(f"{name} has no lines before the start: demand is estimated from those it replays")
            days, chosen = (self.end - self.start) / DAY, ~before
        cell, units = lines.cell[chosen], lines.quantity[chosen].astype(np.float64)
        counts, squares = np.bincount(cell, weights=units), np.bincount(cell, weights=units**2)
        sold = np.flatnonzero(counts)
        for place in np.unique(self.cells.location_of(sold.astype(np.int32))).tolist():
            part = self.cells.of(place)
            mine = sold[(sold >= part.start) & (sold < part.stop)]
            mean, variance = (of_cell[mine] / max(days, 1.0) for of_cell in (counts, squares))
            self.result.expect(place, Expected(mine - part.start, mean, variance))
