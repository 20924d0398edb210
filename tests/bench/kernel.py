"""The shelf lane alone: a day of 2.5 million POS lines over 500 stores with 50,000 SKUs each.

Lines are generated, put in order and sent to the record outside the timing; every repeat starts from the same shelves and record.
A line is a POS event in full: the truth changes, the ledger is kept, the record learns of it once, and its cell's threshold is
looked at.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

import scenarios
from tests.bench.figures import Figure, rates, repeated
from twin.channel.stream import channel
from twin.clock import DAY
from twin.demand.rhythm import RETAIL_HOURS, Rhythm, weights
from twin.demand.streams import Choice, Stream, stream_tables
from twin.demand.tables import clockwork_tables, recorded_tables
from twin.memory import table_of
from twin.random.keyed import entity
from twin.random.laws import ONE, Whole
from twin.record.outs import measured
from twin.record.state import AT_ONCE, NO_POINT, Meter, Record, Source, new_record, widen
from twin.world.lane import advance
from twin.world.lines import Lines
from twin.world.state import Operations, Shelves, new_shelves

STORES, SKUS, CATEGORIES = 500, 50_000, 20
LINES_A_STORE = 5000
CELLS = STORES * SKUS
REPEATS = 7
_SIGNALS = int(Meter.SIGNALS)


def popularity() -> NDArray[np.float64]:
    """Shares of demand by SKU: Zipf-Mandelbrot."""
    weight = (np.arange(SKUS) + 101.0) ** -1.08
    return np.asarray(weight / weight.sum())


def day_of_lines(tracks: int) -> Lines:
    """A day of lines for the stores, drawn, ordered and sent to the record."""
    share, everything = popularity(), np.arange(SKUS, dtype=np.int32)
    choice = Choice(everything, everything, share)
    size = Whole(1, np.array([int(0.8 * ONE), int(0.95 * ONE), ONE], np.int64).tobytes())
    rhythm = Rhythm(hours=weights("retail", RETAIL_HOURS))
    streams = [
        Stream(store, store * SKUS, entity("store", str(store)), LINES_A_STORE, choice, size, rhythm) for store in range(STORES)
    ]
    pos = channel(scenarios.load("national-pos").scenario.streams.pos, STORES, [])
    plan = SimpleNamespace(
        scenario=SimpleNamespace(seed=1, start_us=0), tables=stream_tables(streams, 0, 1), clockworks=clockwork_tables([]),
        recorded=recorded_tables([]), streams=SimpleNamespace(pos=pos), demand=SimpleNamespace(streams=streams), days=1,
        chunk_days=1, tracks=tracks, network=SimpleNamespace(locations=range(STORES)),
    )  # fmt: skip
    return Lines(plan, 1)  # type: ignore[arg-type]


class Lane:
    """Shelves and record of 25 million cells, put back to the start before every repeat."""

    def __init__(self, lines: Lines, operations: Operations) -> None:
        weekly = np.ceil(popularity() * LINES_A_STORE * 1.25 * 7).astype(np.int32) + 1
        self.opening = np.tile(weekly, STORES)
        self.operations = operations
        self._luck = operations.sales["told"].copy()
        sku = np.arange(SKUS)
        self.shelves: Shelves = new_shelves(
            self.opening.copy(), tracks=lines.tracks.size, days=1, buckets=STORES * CATEGORIES, by_cell=False,
            categories=CATEGORIES, backorders=False, start_us=0, category=(sku % CATEGORIES).astype(np.int16),
            price=np.full(SKUS, 3.0), cost=np.full(SKUS, 2.0), latency=np.zeros(3 * 4097, np.int64),
            hours=np.zeros((1, 1, 2), np.int64),
        )  # fmt: skip
        record = new_record(CELLS, locations=STORES, window=64, folds_counts=False)
        windows = np.concatenate([lines.windows(), np.zeros(len(Source) - 1, np.int64)])
        self.record: Record = measured(widen(record, windows), np.arange(STORES + 1) * SKUS, 0, 1)
        self._start = lines.tracks.copy()
        self._start["day_end"] = DAY
        self._senders = self.record.senders.copy()
        self.signals = 0

    def reset(self, points: NDArray[np.int32] | int, asks: int) -> None:
        """Put everything back."""
        self.shelves.on_hand[:] = self.opening
        self.shelves.tracks[:] = self._start
        self.shelves.pages[:] = np.zeros(1, self.shelves.pages.dtype)
        cells = self.record.cells
        cells["on_hand"] = cells["position"] = self.opening
        cells["point"] = points
        for array, value in ((self.record.seen, 0), (self.record.asks, asks), (self.record.meters, 0)):
            array[...] = value
        self.record.senders[:] = self._senders
        self.operations.sales["told"] = self._luck
        self.signals = 0

    def run(self, at_once: bool) -> float:
        """Seconds for the day; a cell that signals is told that a month's stock is on its way."""
        tables = table_of(self.shelves), table_of(self.record), table_of(self.operations)
        record, until, tracks = self.record, DAY << 5, self.shelves.tracks.size
        began = time.perf_counter()
        while advance(*tables, 0, tracks, until, at_once) < until:
            count = record.meters[_SIGNALS]
            cells = record.signals[:count]
            record.cells["position"][cells] += 100
            record.asks[cells] = AT_ONCE
            record.meters[_SIGNALS] = 0
            self.signals += int(count)
        return time.perf_counter() - began


def _figures(lines: Lines, lane: Lane, what: str, points: NDArray[np.int32] | int, at_once: bool, aim: str) -> list[Figure]:
    def once() -> float:
        lane.reset(points, AT_ONCE if at_once else 0)
        return lane.run(at_once)

    once()  # compiles
    best, median = repeated(once, REPEATS)
    return rates(what, int(lines.sequence.sum()), best, median, "POS events", aim)


AIM = "at least 20, aim 40"
# By number of tracks: what, whether rules are asked at once, the order points, and what is wanted.
CASES: dict[int, list[tuple[str, bool, Callable[[Lane], NDArray[np.int32] | int], str]]] = {
    STORES: [
        ("reviews, half the cells sold reach their points", False, lambda lane: lane.opening - np.int32(2), AIM),
        ("reviews, every sale reaches a point", False, lambda lane: lane.opening, AIM),
    ],
    1: [
        ("rules asked at once, none has to be", True, lambda lane: NO_POINT + 1, ""),
        ("rules asked at once, and asked", True, lambda lane: lane.opening - np.int32(3), ""),
    ],
}


def measure() -> list[Figure]:
    """Lines a second, a track a store and all stores on one; and how fast the lines are made."""
    figures = []
    for tracks, cases in CASES.items():
        lines = day_of_lines(tracks)
        making, operations = [], None
        for _ in range(4):  # the first time compiles and touches the memory
            lines.day, lines.sequence[:] = 0, 0
            began = time.perf_counter()
            operations = lines.next_stretch()
            making.append(time.perf_counter() - began)
        assert operations is not None
        figures.append(Figure(f"{tracks} track(s): lines made", lines.sequence.sum() / min(making) / 1e6, "M lines/s"))
        lane = Lane(lines, operations)
        for what, at_once, points, aim in cases:
            figures += _figures(lines, lane, what, points(lane), at_once, aim)
    figures.append(Figure("signals answered in the last of these", lane.signals, "cells"))
    return figures
