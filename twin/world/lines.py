"""Where a replication's POS lines come from: drawn or replayed a few days at a time.

Days are drawn whole, because their random numbers are keyed by day. The operations of a stretch of days are made, run by the lane,
and forgotten; what the record will hear only later is carried into the next stretch, with the sales it is about.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.channel.deliver import channel_table
from twin.clock import DAY
from twin.demand.generate import count_lines
from twin.memory import table_of
from twin.plan.build import Plan
from twin.sorting import BUCKET_ENDS, FINE
from twin.world.filling import Bench, carry, fill
from twin.world.state import ARRIVAL, SALE, TRACK, Operations, no_operations

WORD = np.dtype(np.uint64)


class Lines:
    """The operations of one replication, a stretch of days at a time.

    Attributes
    ----------
    tracks : array of TRACK
        Where the operations of each track lie, and how far they have been run.
    waiting : array of ARRIVAL
        What the record will hear after the stretch.
    sequence : array (locations,)
        Number of the next line of each location.
    """

    def __init__(self, plan: Plan, replication: int, tracks: NDArray[np.void] | None = None) -> None:
        self._plan, self._replication = plan, replication
        self._seed = plan.scenario.seed & ((1 << 63) - 1)
        self._streams, self._clockworks, self._recorded = (
            table_of(tables) for tables in (plan.tables, plan.clockworks, plan.recorded)
        )
        self._channel = channel_table(plan.streams.pos)
        self.tracks = np.zeros(plan.tracks, TRACK) if tracks is None else tracks
        self.sequence = np.zeros(len(plan.network.locations), np.int64)
        self.waiting, self._waiting_first = np.zeros(0, ARRIVAL), np.zeros(self.tracks.size + 1, np.int64)
        self._operations, self._rooms = no_operations(), dict[str, NDArray[Any]]()
        self._ends = np.empty(BUCKET_ENDS, np.int32)
        self._start, self._days = plan.scenario.start_us, plan.days
        self.day = 0  # the first that has not been drawn
        self.done = 0  # lines of the stretches before this one

    @property
    def finished(self) -> bool:
        """Whether the last stretch has been made."""
        return self.day >= self._days

    @property
    def until(self) -> int:
        """End of the stretch, µs."""
        return self._start + self.day * DAY

    def next_stretch(self) -> Operations:
        """Make the operations of the next stretch. Those of the last one must have happened."""
        plan = self._plan
        carried = self._carry()
        first, self.day = self.day, min(self.day + plan.chunk_days, self._days)
        self.done = int(self.sequence.sum())
        counts = np.zeros((len(plan.demand.streams), self.day - first), np.int32)
        most = np.empty(self.sequence.size, np.int64)
        common = (self._seed, self._replication, self._start, first, counts)
        count_lines(self._streams, self._clockworks, self._recorded, *common, most)
        bench = self._bench(carried, most.reshape(self.tracks.size, -1).sum(axis=1))
        fill(self._streams, self._clockworks, self._recorded, self._channel, table_of(bench), *common)
        self.waiting, self._waiting_first = bench.later[: bench.later_first[-1]], bench.later_first
        last = self.tracks[-1]
        self._operations = Operations(bench.sales[: last["sales_end"] + 1], bench.arrivals[: last["arrivals_end"] + 1])
        return self._operations

    def windows(self) -> NDArray[np.int64]:
        """How many sequence numbers of each location the record may yet hear from in disorder."""
        return 2 * (self.sequence - self._oldest)

    def _carry(self) -> NDArray[np.void]:
        """The sales that the waiting arrivals are about."""
        carried = self._room("carried", SALE, self.waiting.size)
        self._oldest = self.sequence.copy()
        carry(self._operations.sales, self.waiting, carried, self._oldest)
        return carried

    def _bench(self, carried: NDArray[np.void], most: NDArray[np.int64]) -> Bench:
        """Room for tracks of at most ``most`` lines."""
        tracks, waiting = self.tracks.size, self.waiting.size
        copies = 2 if self._plan.streams.pos.duplicates else 1
        busiest, lines = int(most.max(initial=0)), int(most.sum())
        told = copies * busiest + int(np.diff(self._waiting_first).max(initial=0))
        spare = "one" if self._rooms.get("later other") is self.waiting.base else "other"
        return Bench(
            words=self._room("words", WORD, 2 * busiest + 2),
            words_ordered=self._room("words ordered", WORD, 2 * busiest + 2),
            drawn=self._room("drawn", SALE, busiest + 1),
            drawn_spare=self._room("drawn spare", SALE, busiest if busiest > FINE else 1),
            ordered=self._room("ordered", SALE, busiest),
            sent=self._room("sent", ARRIVAL, told + 1),
            sent_spare=self._room("sent spare", ARRIVAL, told if told > FINE else 1),
            heard=self._room("heard", ARRIVAL, told),
            ends=self._ends,
            carried=carried,
            waiting=self.waiting,
            waiting_first=self._waiting_first,
            sales=self._room("sales", SALE, waiting + lines + tracks),
            arrivals=self._room("arrivals", ARRIVAL, waiting + copies * lines + tracks),
            later=self._room(f"later {spare}", ARRIVAL, waiting + copies * lines + 1),
            later_first=np.zeros(tracks + 1, np.int64),
            tracks=self.tracks,
            sequence=self.sequence,
        )

    def _room(self, name: str, kind: np.dtype[Any], rows: int) -> NDArray[Any]:
        """An array for at least so many rows, made anew only where the last one is too small."""
        room = self._rooms.get(name)
        if room is None or room.size < rows:
            room = self._rooms[name] = np.zeros(rows + rows // 4, kind)
        return room
