"""The demand of a scenario as streams, clockworks and recorded lines, and what is expected of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from network import Network
from scenarios.schema.demand import PosDemand
from scenarios.schema.selectors import Selector
from twin.clock import DAY
from twin.demand.rhythm import RETAIL_HOURS, RETAIL_WEEKDAYS, Rhythm, weights
from twin.demand.streams import Choice, Clockwork, Stream
from twin.plan.cells import Cells
from twin.plan.expected import DemandPlan, Expected
from twin.plan.items import Items
from twin.plan.limits import LARGEST_LINE
from twin.plan.places import locations_of, skus_of
from twin.plan.recorded import Replays
from twin.plan.surges import Extra, Surges
from twin.random.keyed import entity
from twin.random.laws import ONE, Whole, moments, whole_law

if TYPE_CHECKING:
    from scenarios import Resolved
    from scenarios.schema.distributions import NumberDistribution

# Units of a line in the Complete Journey data: share of 1, 2, 3, ... 12 units.
_RETAIL_SIZES = (0.8, 0.1465, 0.0264, 0.0156, 0.0042, 0.0036, 0.0006, 0.001, 0.0003, 0.0009, 0.0001, 0.0008)


def plan_demand(
    resolved: Resolved, network: Network, items: Items, cells: Cells, strict: bool = False
) -> DemandPlan:
    """Streams of the scenario's POS demand and shrink."""
    return _Planner(resolved, network, items, cells, strict).plan()


class _Planner:
    def __init__(
        self, resolved: Resolved, network: Network, items: Items, cells: Cells, strict: bool
    ) -> None:
        self.resolved, self.network, self.items, self.cells = resolved, network, items, cells
        self.scenario = resolved.scenario
        self.result = DemandPlan()
        self._choices: dict[object, Choice] = {}
        self._parts: dict[object, float] = {}
        self._occurrences: Counter[tuple[str, ...]] = Counter()
        self._expected: dict[object, Expected] = {}
        self._surges = Surges(resolved, network, items)
        self._replays = Replays(resolved, network, items, cells, self.result, strict)

    def plan(self) -> DemandPlan:
        for i, given in enumerate(self.scenario.demand.pos):
            if given.replay is not None:
                name = given.replay.rsplit("/", 1)[-1]
                self._replays.add(i, given, name, self._slot("replay", name))
                continue
            self._check_overdispersion(i, given)
            size = size_law(self.resolved, ("demand", "pos", i, "size"), given.size)
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

    def _check_overdispersion(self, i: int, given: PosDemand) -> None:
        """Below 1 there is no law of counts here: days would be more alike than if customers came independently."""
        if given.overdispersion < 1:
            raise self.resolved.error(
                ("demand", "pos", i, "overdispersion"), "days more even than chance allows are not built",
                found=f"{given.overdispersion:g}", expected="1 (Poisson) or more",
            )  # fmt: skip

    def _at(self, i: int, given: PosDemand, size: Whole, location: int) -> None:
        if given.lines_per_day is not None:
            if self.cells.skus[location].size:
                self._assortment(given, size, location)
            return
        local, sku = self._ranged(i, given, location)
        place, name = self.network.locations[location].id, given.sku or ""
        if given.every is not None:
            slot, cell = self._slot("clockwork", place, name), int(self.cells.first[location]) + local
            self.result.clockworks.append(Clockwork(location, cell, sku, slot, given.every, size))
            beats = DAY / given.every
            self._expect(location, (local, beats, size), lambda: _of_beats(local, beats, size))
        elif given.rate:
            choice = self._choice(
                (local, sku), lambda: Choice(np.array([local], np.int32), np.array([sku], np.int32), np.ones(1))
            )
            slot, rhythm = self._slot("rate", place, name), self._rhythm(given, location, sku)
            self._add(location, slot, given.rate, choice, size, rhythm, given.overdispersion)

    def _ranged(self, i: int, given: PosDemand, location: int) -> tuple[int, int]:
        """Place in the assortment of a location, and number, of the SKU that is demanded."""
        assert given.sku is not None
        ranged, sku = self.cells.skus[location], self.items.index[given.sku]
        local = int(np.searchsorted(ranged, sku))
        if local >= ranged.size or ranged[local] != sku:
            where, place = ("demand", "pos", i, "sku"), self.network.locations[location].id
            raise self.resolved.error(
                where, f"{place} does not range it", found=given.sku, expected="a SKU of its assortment"
            )
        return local, sku

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
        for extra in self._surges.extras(location):
            self._more(given, size, location, rhythm, extra)

    def _more(self, given: PosDemand, size: Whole, location: int, rhythm: Rhythm, extra: Extra) -> None:
        """What surges of some SKUs add to an assortment: a stream of its own."""
        ranged, place = self.cells.skus[location], self.network.locations[location]

        def some() -> Choice:
            local = np.flatnonzero(extra.skus[ranged]).astype(np.int32)
            share = self.items.popularity[ranged[local]]
            total = float(np.cumsum(share)[-1]) if local.size else 1.0
            return Choice(local, ranged[local], share / total)

        key = (id(ranged), id(extra))
        choice = self._choice(key, some)
        if not choice.local.size:
            return
        if key not in self._parts:
            popularity = self.items.popularity[ranged]
            self._parts[key] = float(np.cumsum(popularity[choice.local])[-1] / np.cumsum(popularity)[-1])
        lines = (given.lines_per_day or 0.0) * self._parts[key] * extra.share
        slot = self._slot("surge", place.id, *extra.names)
        first, then = int(self.cells.first[location]), replace(rhythm, only=(extra.start, extra.end))
        self.result.streams.append(Stream(location, first, slot, lines, choice, size, then))

    def _rhythm(self, given: PosDemand, location: int, sku: int | None) -> Rhythm:
        place, zone = self.network.locations[location], self.scenario.time.timezone
        return Rhythm(
            weights(given.hours, RETAIL_HOURS), weights(given.weekdays, RETAIL_WEEKDAYS), place.open,
            self._surges.spans(location, sku), None, place.timezone or zone,
        )  # fmt: skip

    def _shrink(self) -> None:
        """The first rule that matches a cell decides; locations with one assortment and the same rules share what is chosen."""
        seen: dict[int, tuple[int, ...]] = {}
        left: dict[tuple[int, ...], NDArray[np.bool_]] = {}
        chosen: dict[tuple[int, ...], Choice] = {}
        for i, rule in enumerate(self.scenario.inventory.shrink):
            skus, name = skus_of(rule.where, self.items), content(rule.where)
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


def _of_beats(local: int, beats: float, size: Whole) -> Expected:
    """What is expected of a cell that sells ``beats`` times a day, like a clock."""
    first, second = moments(size)
    return Expected(np.array([local]), np.array([beats * first]), np.array([beats * (second - first * first)]))


def _evenly(local: NDArray[np.int32], ranged: NDArray[np.int32]) -> Choice:
    """Any of the SKUs at ``local`` places, all alike."""
    return Choice(local, ranged[local], np.full(local.size, 1.0 / max(local.size, 1)))


def content(where: Selector) -> str:
    """What a selector says, as a name: the same however its keys and lists are ordered."""
    return json.dumps(
        {key: sorted(value) if isinstance(value, tuple) else value for key, value in where if value is not None}, sort_keys=True
    )


def size_law(resolved: Resolved, path: tuple[str | int, ...], size: NumberDistribution | str) -> Whole:
    """The law of the units of a line, which the scenario states at ``path``."""
    if isinstance(size, str):
        edges = np.rint(np.cumsum(_RETAIL_SIZES) * ONE).astype(np.int64)
        edges[-1] = ONE
        return Whole(1, edges.tobytes())
    law = whole_law(size)
    largest = law.first + law.array.size - 1
    if largest > LARGEST_LINE:
        raise resolved.error(
            path, "a line this large cannot be kept", found=f"up to {largest} units", expected=f"at most {LARGEST_LINE}"
        )
    return law
