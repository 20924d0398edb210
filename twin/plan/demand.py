"""The demand of a scenario as streams, clockworks and recorded lines, and what is expected of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from network import Network
from scenarios.schema.demand import PosDemand, Surge
from scenarios.schema.selectors import Selector
from twin import sources
from twin.clock import DAY
from twin.demand.rhythm import RETAIL_HOURS, RETAIL_WEEKDAYS, Rhythm, weights
from twin.demand.streams import Choice, Clockwork, Stream
from twin.demand.tables import Recorded
from twin.plan.cells import Cells
from twin.plan.items import Items
from twin.plan.places import locations_of, skus_of
from twin.random.keyed import entity
from twin.random.laws import ONE, Whole, moments, whole_law

if TYPE_CHECKING:
    from scenarios import Resolved

HISTORY_DAYS = 56  # of a recorded feed before the start, from which demand is estimated
LARGEST_LINE = 32_767  # units; a line's quantity is kept in 16 bits

# Units of a line in the Complete Journey data: share of 1, 2, 3, ... 12 units.
_RETAIL_SIZES = (0.8, 0.1465, 0.0264, 0.0156, 0.0042, 0.0036, 0.0006, 0.001, 0.0003, 0.0009, 0.0001, 0.0008)


@dataclass(frozen=True, eq=False)
class Expected:
    """Mean and variance of units a day at ``local`` places (ascending) of an assortment; compared by identity.

    Locations that expect the same share one.
    """

    local: NDArray[np.integer[Any]]
    mean: NDArray[np.float64]
    variance: NDArray[np.float64]


Moments = tuple[NDArray[np.float64], NDArray[np.float64]]


@dataclass
class DemandPlan:
    """All that will be asked of the tills, and its mean and variance per day for every cell of a location."""

    streams: list[Stream] = field(default_factory=list)
    clockworks: list[Clockwork] = field(default_factory=list)
    recorded: list[Recorded] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    bad_rows: int = 0
    known: dict[int, list[Expected]] = field(default_factory=dict)
    _shared: dict[tuple[int, ...], Moments] = field(default_factory=dict, repr=False)
    _uses: Counter[int] = field(default_factory=Counter, repr=False)

    def expect(self, location: int, expected: Expected) -> None:
        """Add to what is expected of a location."""
        self.known.setdefault(location, []).append(expected)
        self._uses[id(expected)] += 1

    def alike(self, location: int, count: int) -> tuple[int, ...]:
        """A key that is the same for locations of ``count`` cells of which the same is expected."""
        return (count, *(id(part) for part in self.known.get(location, ())))

    def moments(self, location: int, count: int) -> Moments:
        """Mean and variance of units a day for each of the ``count`` cells of a location; read-only, shared where alike."""
        key = self.alike(location, count)
        if key in self._shared:
            return self._shared[key]
        mean, variance = np.zeros(count), np.zeros(count)
        for part in self.known.get(location, ()):
            at = slice(None) if part.local.size == count else part.local
            mean[at] += part.mean
            variance[at] += part.variance
        mean.flags.writeable = variance.flags.writeable = False
        if all(self._uses[each] > 1 for each in key[1:]):
            self._shared[key] = mean, variance
        return mean, variance

    @property
    def lines_a_day(self) -> float:
        """Expected lines on an average day, for planning memory."""
        recorded = sum(
            r.time.size / max(1.0, (r.time.max() - r.time.min()) / DAY) if r.time.size else 0.0
            for r in self.recorded
        )
        return sum(s.per_day for s in self.streams) + sum(DAY / c.every for c in self.clockworks) + recorded


def plan_demand(
    resolved: Resolved, network: Network, items: Items, cells: Cells, strict: bool = False
) -> DemandPlan:
    """Streams of the scenario's POS demand and shrink."""
    return _Planner(resolved, network, items, cells, strict).plan()


class _Planner:
    def __init__(
        self, resolved: Resolved, network: Network, items: Items, cells: Cells, strict: bool
    ) -> None:
        self.resolved, self.network, self.items, self.cells, self.strict = (
            resolved,
            network,
            items,
            cells,
            strict,
        )
        self.scenario = resolved.scenario
        self.result = DemandPlan()
        self._choices: dict[object, Choice] = {}
        self._parts: dict[object, float] = {}
        self._occurrences: Counter[tuple[str, ...]] = Counter()
        self._expected: dict[object, Expected] = {}
        self._surges = [
            (surge, locations_of(surge.where, network), skus_of(surge.where, items)) for surge in self.scenario.demand.surges
        ]

    def plan(self) -> DemandPlan:
        for i, given in enumerate(self.scenario.demand.pos):
            if given.replay is not None:
                self._replay(i, given)
                continue
            size = self._size(i, given)
            for location in np.flatnonzero(locations_of(given.at, self.network)).tolist():
                if self.network.locations[location].is_internal:
                    self._at(i, given, size, location)
        self._shrink()
        self.result.streams.sort(key=lambda stream: stream.location)
        return self.result

    def _slot(self, *names: str) -> int:
        """A permanent slot; the n-th stream of the same names gets the n-th."""
        self._occurrences[names] += 1
        return entity(*names, str(self._occurrences[names]))

    def _size(self, i: int, given: PosDemand) -> Whole:
        if given.size == "retail":
            edges = np.rint(np.cumsum(_RETAIL_SIZES) * ONE).astype(np.int64)
            edges[-1] = ONE
            return Whole(1, edges.tobytes())
        assert not isinstance(given.size, str)
        law = whole_law(given.size)
        largest = law.first + law.array.size - 1
        if largest > LARGEST_LINE:
            raise self.resolved.error(
                ("demand", "pos", i, "size"), "a line this large cannot be kept", found=f"up to {largest} units",
                expected=f"at most {LARGEST_LINE}",
            )  # fmt: skip
        return law

    def _at(self, i: int, given: PosDemand, size: Whole, location: int) -> None:
        place, ranged = self.network.locations[location], self.cells.skus[location]
        if given.lines_per_day is not None:
            if ranged.size:
                self._assortment(given, size, location)
            return
        assert given.sku is not None
        sku = self.items.index[given.sku]
        local = int(np.searchsorted(ranged, sku))
        if local >= ranged.size or ranged[local] != sku:
            where = ("demand", "pos", i, "sku")
            raise self.resolved.error(
                where, f"{place.id} does not range it", found=given.sku, expected="a SKU of its assortment"
            )
        if given.every is not None:
            slot = self._slot("clockwork", place.id, given.sku)
            cell = int(self.cells.first[location]) + local
            self.result.clockworks.append(Clockwork(location, cell, sku, slot, given.every, size))
            beats = DAY / given.every
            self._expect(location, (local, beats, size), lambda: _of_beats(local, beats, size))
        elif given.rate:
            choice = self._choice(
                (local, sku),
                lambda: Choice(np.array([local], np.int32), np.array([sku], np.int32), np.ones(1)),
            )
            rhythm = self._rhythm(given, location, sku)
            self._add(
                location,
                self._slot("rate", place.id, given.sku),
                given.rate,
                choice,
                size,
                rhythm,
                given.overdispersion,
            )

    def _expect(self, location: int, key: object, make: Callable[[], Expected]) -> None:
        if key not in self._expected:
            self._expected[key] = make()
        self.result.expect(location, self._expected[key])

    def _choice(self, key: object, make: Callable[[], Choice]) -> Choice:
        if key not in self._choices:
            self._choices[key] = make()
        return self._choices[key]

    def _add(
        self,
        location: int,
        slot: int,
        per_day: float,
        choice: Choice,
        size: Whole | None,
        rhythm: Rhythm,
        over: float,
    ) -> None:
        stream = Stream(location, int(self.cells.first[location]), slot, per_day, choice, size, rhythm, over)
        self.result.streams.append(stream)
        if size is not None:
            key = (per_day, id(choice), size, over)
            self._expect(location, key, lambda: Expected(choice.local, *stream.unit_moments()))

    def _assortment(self, given: PosDemand, size: Whole, location: int) -> None:
        place, ranged = self.network.locations[location], self.cells.skus[location]
        assert given.lines_per_day is not None

        def whole() -> Choice:
            share = self.items.popularity[ranged]
            return Choice(np.arange(ranged.size, dtype=np.int32), ranged, share / np.cumsum(share)[-1])

        choice = self._choice(id(ranged), whole)
        rhythm = self._rhythm(given, location, None)
        slot = self._slot("assortment", place.id)
        self._add(location, slot, given.lines_per_day, choice, size, rhythm, given.overdispersion)
        for surge, places, skus in self._surges:
            if skus is not None and places[location]:
                self._surge_of_some(given, size, location, rhythm, surge, skus)

    def _surge_of_some(
        self, given: PosDemand, size: Whole, location: int, rhythm: Rhythm, surge: Surge, skus: NDArray[np.bool_]
    ) -> None:
        """A surge of some SKUs of an assortment: a stream of its own, of what is sold more."""
        ranged, place = self.cells.skus[location], self.network.locations[location]
        times, start = surge.times, surge.from_
        if times < 1:
            i = self.scenario.demand.surges.index(surge)
            raise self.resolved.error(
                ("demand", "surges", i, "times"), "fewer sales of some SKUs of an assortment are not built", found=f"{times:g}",
                expected="times of 1 or more, or a surge of everything",
            )  # fmt: skip

        def some() -> Choice:
            local = np.flatnonzero(skus[ranged]).astype(np.int32)
            share = self.items.popularity[ranged[local]]
            total = float(np.cumsum(share)[-1]) if local.size else 1.0
            return Choice(local, ranged[local], share / total)

        key = (id(ranged), id(surge))
        choice = self._choice(key, some)
        if not choice.local.size or times == 1:
            return
        if key not in self._parts:
            popularity = self.items.popularity[ranged]
            self._parts[key] = float(np.cumsum(popularity[choice.local])[-1] / np.cumsum(popularity)[-1])
        more = replace(rhythm, only=(start, start + surge.for_))
        slot = self._slot("surge", place.id, surge.name)
        extra = (given.lines_per_day or 0.0) * self._parts[key] * (times - 1.0)
        self.result.streams.append(
            Stream(location, int(self.cells.first[location]), slot, extra, choice, size, more)
        )

    def _rhythm(self, given: PosDemand, location: int, sku: int | None) -> Rhythm:
        place, zone = self.network.locations[location], self.scenario.time.timezone
        surges = []
        for surge, places, skus in self._surges:
            meant = skus is None if sku is None else (skus is None or bool(skus[sku]))
            if meant and places[location]:
                start = surge.from_
                surges.append((start, start + surge.for_, surge.times))
        return Rhythm(
            weights(given.hours, RETAIL_HOURS), weights(given.weekdays, RETAIL_WEEKDAYS), place.open, tuple(surges), None,
            place.timezone or zone,
        )  # fmt: skip

    def _shrink(self) -> None:
        """The first rule that matches a cell decides; locations with one assortment and the same rules share what is chosen."""
        seen: dict[int, tuple[int, ...]] = {}
        left: dict[tuple[int, ...], NDArray[np.bool_]] = {}
        chosen: dict[tuple[int, ...], Choice] = {}
        for i, rule in enumerate(self.scenario.inventory.shrink):
            skus, name = skus_of(rule.where, self.items), _content(rule.where)
            for location in np.flatnonzero(locations_of(rule.where, self.network)).tolist():
                ranged = self.cells.skus[location]
                before = seen.get(location, (id(ranged),))
                after = seen[location] = (*before, i)
                if after not in left:
                    here = left.get(before, np.ones(ranged.size, bool))
                    mine = here if skus is None else here & skus[ranged]
                    left[after] = here & ~mine
                    chosen[after] = _evenly(np.flatnonzero(mine).astype(np.int32), ranged)
                choice = chosen[after]
                if choice.local.size and rule.rate:
                    slot = self._slot("shrink", self.network.locations[location].id, name)
                    self._add(location, slot, rule.rate * choice.local.size, choice, None, Rhythm(), 1.0)

    def _replay(self, i: int, given: PosDemand) -> None:
        assert given.replay is not None
        shift = given.shift or 0
        start, end = self.scenario.start_us, self.scenario.end_us
        sales = sources.recorded_sales(
            given.replay, start - shift - HISTORY_DAYS * DAY, end - shift,
            columns=given.columns.mapping() if given.columns else None, timezone=given.timezone or self.scenario.time.timezone,
            strict=self.strict,
        )  # fmt: skip
        self.result.bad_rows += sales.bad_rows
        if sales.bad_rows:
            self.result.notes.append(
                f"{sales.bad_rows:,} rows of {given.replay} could not be read and were left out:"
            )
            self.result.notes += [f"  {row}" for row in sales.bad_listed]
        cell, sku, location = self._map(sales, locations_of(given.at, self.network))
        time, quantity = sales.time + shift, sales.quantity
        known = (cell >= 0) & (quantity <= LARGEST_LINE)
        if not np.any(known & (time >= start)):
            raise self.resolved.error(
                ("demand", "pos", i, "replay"), "no line of it lies within the run, at a location and of a SKU that it has",
                found=f"{time.size:,} lines between {HISTORY_DAYS} days before the start and the end",
                expected="a start within the feed, or `shift`, the duration by which the feed is moved",
            )  # fmt: skip
        if left := int(np.count_nonzero(~known & (time >= start))):
            self.result.notes.append(
                f"{left:,} lines of {given.replay} are of locations or SKUs that the scenario does not have"
            )
        time, quantity = time[known], quantity[known]
        cell, sku, location = (of_line[known] for of_line in (cell, sku, location))
        self._estimate(given.replay, time, cell, quantity)
        inside = time >= start
        order = np.lexsort((time[inside], location[inside]))
        self.result.recorded.append(
            Recorded(
                time[inside][order], cell[inside][order], sku[inside][order], location[inside][order].astype(np.int16),
                quantity[inside][order].astype(np.int16), self._slot("replay", given.replay.rsplit("/", 1)[-1]),
            )
        )  # fmt: skip

    def _map(
        self, sales: sources.RecordedSales, places: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
        """Cell, SKU and location of each recorded line; -1 where the scenario has no such thing."""
        index = self.items.index
        sku_of = np.array([index.get(name, -1) for name in sales.skus] or [-1], np.int32)
        place_of = np.array(
            [
                p if (p := self.network.index.get(name, -1)) >= 0 and places[p] else -1
                for name in sales.locations
            ]
            or [-1],
            np.int32,
        )
        sku, location = sku_of[sales.sku], place_of[sales.location]
        cell = np.full(sku.size, -1, np.int32)
        for place in np.unique(location[location >= 0]).tolist():
            rows = np.flatnonzero((location == place) & (sku >= 0))
            cell[rows] = self.cells.find(place, sku[rows])
        return cell, sku, location

    def _estimate(
        self, name: str, time: NDArray[np.int64], cell: NDArray[np.int32], quantity: NDArray[np.int64]
    ) -> None:
        """Expected demand from the weeks before the start, or from the run itself where the feed has none."""
        start = self.scenario.start_us
        before = time < start
        if np.any(before):
            days = (start - max(int(time[before].min()), start - HISTORY_DAYS * DAY)) / DAY
            chosen = before
        else:
            self.result.notes.append(
                f"{name} has no lines before the start: demand is estimated from those it replays"
            )
            days, chosen = (self.scenario.end_us - start) / DAY, ~before
        counts = np.bincount(cell[chosen], weights=quantity[chosen])
        squares = np.bincount(cell[chosen], weights=quantity[chosen].astype(np.float64) ** 2)
        sold = np.flatnonzero(counts)
        for place in np.unique(self.cells.location_of(sold.astype(np.int32))).tolist():
            part = self.cells.of(place)
            mine = sold[(sold >= part.start) & (sold < part.stop)]
            mean, variance = (of_cell[mine] / max(days, 1.0) for of_cell in (counts, squares))
            self.result.expect(place, Expected(mine - part.start, mean, variance))


def _of_beats(local: int, beats: float, size: Whole) -> Expected:
    """What is expected of a cell that sells ``beats`` times a day, like a clock."""
    first, second = moments(size)
    return Expected(np.array([local]), np.array([beats * first]), np.array([beats * (second - first * first)]))


def _evenly(local: NDArray[np.int32], ranged: NDArray[np.int32]) -> Choice:
    """Any of the SKUs at ``local`` places, all alike."""
    return Choice(local, ranged[local], np.full(local.size, 1.0 / max(local.size, 1)))


def _content(where: Selector) -> str:
    """What a selector says, as a name: the same however its keys and lists are ordered."""
    return json.dumps(
        {key: sorted(value) if isinstance(value, tuple) else value for key, value in where if value is not None}, sort_keys=True
    )
