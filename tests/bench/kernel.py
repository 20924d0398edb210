"""The shelf lane alone: a day of 2.5 million POS lines over 500 stores with 50,000 SKUs each.

Lines are generated, put in order and sent to the record outside the timing; every repeat starts from the same shelves and record.
A line is a POS event in full: the truth changes, the ledger is kept, the record learns of it once, and its cell's threshold is
looked at.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

import scenarios
from tests.bench.figures import Figure, rates, repeated
from twin.channel.deliver import deliver
from twin.channel.stream import channel
from twin.clock import DAY, NEVER
from twin.demand.generate import draw_counts, draw_lines
from twin.demand.rhythm import RETAIL_HOURS, Rhythm, weights
from twin.demand.streams import Choice, Stream, stream_tables
from twin.memory import table_of
from twin.random.keyed import entity
from twin.random.laws import ONE, Whole
from twin.record.state import NO_POINT, Meter, Record, new_record
from twin.sorting import sort_rows
from twin.world.lane import advance
from twin.world.state import ARRIVAL, SALE, Operations, Shelves, new_shelves

STORES, SKUS, CATEGORIES = 500, 50_000, 20
LINES_A_STORE = 5000
CELLS = STORES * SKUS
REPEATS = 7
_SIGNALS = int(Meter.SIGNALS)


def popularity() -> NDArray[np.float64]:
    """Shares of demand by SKU: Zipf-Mandelbrot."""
    weight = (np.arange(SKUS) + 101.0) ** -1.08
    return np.asarray(weight / weight.sum())


class Stages:
    """The operations of a day, and how long each stage of making them took."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        share = popularity()
        everything = np.arange(SKUS, dtype=np.int32)
        choice = Choice(everything, everything, share)
        size = Whole(1, np.array([int(0.8 * ONE), int(0.95 * ONE), ONE], np.int64).tobytes())
        rhythm = Rhythm(hours=weights("retail", RETAIL_HOURS))
        streams = [
            Stream(store, store * SKUS, entity("store", str(store)), LINES_A_STORE, choice, size, rhythm) for store in range(STORES)
        ]
        self._streams = stream_tables(streams, 0, 1)
        self._tables = table_of(self._streams)
        self._channel = channel(scenarios.load("national-pos").scenario.streams.pos, STORES, [])
        room = int(STORES * LINES_A_STORE * 1.01)
        self._sales, self._spare_sales = np.zeros(room, SALE), np.zeros(room, SALE)
        self._arrivals, self._spare_arrivals = np.zeros(2 * room, ARRIVAL), np.zeros(2 * room, ARRIVAL)
        for _ in range(3):  # the first time compiles and touches the memory
            self.operations = self._make()

    def _timed(self, stage: str, work: Callable[[], int]) -> int:
        began = time.perf_counter()
        result = work()
        self.seconds[stage] = time.perf_counter() - began
        return int(result or 0)

    def _make(self) -> Operations:
        counts = np.zeros((STORES, 1), np.int32)
        self.lines = int(draw_counts(self._tables, 1, 1, 0, 1, counts))
        sales, arrivals = self._sales[: self.lines + 1], self._arrivals
        self._timed("draw", lambda: draw_lines(self._tables, 1, 1, 0, 0, counts, sales))
        self._timed("sort", lambda: sort_rows(sales, self.lines, self._spare_sales))
        self.heard = self._timed("deliver", lambda: deliver(self._channel, sales, 0, self.lines, arrivals, 0))
        self._timed("sort arrivals", lambda: sort_rows(arrivals, self.heard, self._spare_arrivals))
        sales[self.lines]["key"], arrivals[self.heard] = NEVER, (NEVER, 0, 0)
        return Operations(sales, arrivals[: self.heard + 1], np.zeros(0, np.int64))


class Lane:
    """Shelves and record of 25 million cells, put back to the start before every repeat."""

    def __init__(self, operations: Operations) -> None:
        weekly = np.ceil(popularity() * LINES_A_STORE * 1.25 * 7).astype(np.int32) + 1
        self.opening = np.tile(weekly, STORES)
        self.operations = operations
        self._luck = operations.sales["told"].copy()
        sku = np.arange(SKUS)
        self.shelves: Shelves = new_shelves(
            self.opening.copy(), days=1, buckets=STORES * CATEGORIES, by_cell=False, categories=CATEGORIES,
            backorders=False, start_us=0, category=(sku % CATEGORIES).astype(np.int16), price=np.full(SKUS, 3.0),
            cost=np.full(SKUS, 2.0), latency=np.zeros(3 * 4097, np.int64),
        )  # fmt: skip
        self.record: Record = new_record(CELLS, window=1 << 22, folds_counts=False)
        self._control = self.shelves.control.copy()
        self.signals = 0

    def reset(self, points: NDArray[np.int32] | int) -> None:
        """Put everything back."""
        self.shelves.on_hand[:] = self.opening
        self.shelves.control[:] = self._control
        self.shelves.pages[:] = np.zeros(1, self.shelves.pages.dtype)
        cells = self.record.cells
        cells["on_hand"] = cells["position"] = self.opening
        cells["watched"] = points
        for array, value in ((self.record.seen, 0), (self.record.signalled, 0), (self.record.meters, 0)):
            array[...] = value
        self.record.seen_top[:], self.record.heard_to[:] = -1, -(1 << 62)
        self.operations.sales["told"] = self._luck
        self.signals = 0

    def run(self, watched: bool) -> float:
        """Seconds for the day; a cell that signals is told that a month's stock is on its way."""
        tables = table_of(self.shelves), table_of(self.record), table_of(self.operations)
        record, until = self.record, DAY << 5
        began = time.perf_counter()
        while advance(*tables, until, watched) < until:
            count = record.meters[_SIGNALS]
            cells = record.signals[:count]
            record.cells["position"][cells] += 100
            record.signalled[cells] = 0
            record.meters[_SIGNALS] = 0
            self.signals += int(count)
        return time.perf_counter() - began


def measure() -> list[Figure]:
    """Lines a second, and how fast each stage before the lane is."""
    stages = Stages()
    lane = Lane(stages.operations)

    def once(points: NDArray[np.int32] | int, watched: bool) -> float:
        lane.reset(points)
        return lane.run(watched)

    once(NO_POINT, False), once(NO_POINT, True)  # compiles
    figures = []
    for what, watched, points, aim in (
        ("periodic review", False, NO_POINT, "at least 20, aim 40"),
        ("continuous review, no cell falls to its point", True, NO_POINT + 1, ""),
        ("continuous review, cells signal", True, lane.opening - np.int32(3), ""),
    ):
        best, median = repeated(lambda points=points, watched=watched: once(points, watched), REPEATS)  # type: ignore[misc]
        figures += rates(what, stages.lines, best, median, "POS events", aim)
    figures.append(Figure("signals answered in the last of these", lane.signals, "cells"))
    counts = {"draw": stages.lines, "sort": stages.lines, "deliver": stages.lines, "sort arrivals": stages.heard}
    figures += [
        Figure(f"before the lane: {stage}", counts[stage] / seconds / 1e6, "M rows/s") for stage, seconds in stages.seconds.items()
    ]
    return figures
