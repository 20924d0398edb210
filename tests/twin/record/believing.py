"""A record to play with, and an oracle that sees everything in order of event time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.twin.compiled import sale_heard
from twin.clock import HEARD, Phase, key
from twin.memory import table_of
from twin.record.apply import hear_dispatch, hear_receipt, place_lines
from twin.record.counts import hear_count
from twin.record.state import Meter, Record, Source, new_record, with_room_for_count


@dataclass(frozen=True)
class Change:
    """Units that left (negative: a sale) or came (a receipt) at a cell."""

    sequence: int
    event_time: int
    cell: int
    delta: int


@dataclass(frozen=True)
class Counted:
    """Levels that somebody found."""

    sequence: int
    event_time: int
    levels: tuple[tuple[int, int], ...]  # (cell, units), by cell


Event = Change | Counted


class Believer:
    """A record that hears events one after the other."""

    def __init__(self, cells: int, *, opening: int = 0, window: int = 64, recent: int = 64, folds: bool = True) -> None:
        self.record: Record = new_record(cells, window=window, folds_counts=folds, recent=recent)
        self.record.cells["on_hand"] = self.record.cells["position"] = opening
        self.time = 0

    @property
    def table(self) -> NDArray[np.int64]:
        return table_of(self.record)

    @property
    def levels(self) -> list[int]:
        found: list[int] = self.record.cells["on_hand"].tolist()
        return found

    def meter(self, meter: Meter) -> int:
        return int(self.record.meters[meter])

    def hear(self, event: Event, at: int | None = None) -> None:
        """Hear an event, later than anything heard before and than the event itself."""
        self.time = at if at is not None else max(self.time, event.event_time)
        if isinstance(event, Counted):
            self.record = with_room_for_count(self.record)
            cells, levels = (np.array(column, np.int32) for column in zip(*event.levels, strict=True))
            hear_count(self.table, key(self.time, Phase.COUNT, HEARD), event.event_time, event.sequence, cells, levels)
        elif event.delta < 0:
            heard = key(self.time, Phase.DEMAND, HEARD)
            sale_heard(self.table, heard, event.event_time, event.sequence, event.cell, -event.delta, 0)
        else:
            self.receive(event.sequence, event.event_time, event.cell, event.delta)

    def receive(self, sequence: int, event_time: int, cell: int, units: int, ordered: int = 0) -> bool:
        heard, one = key(self.time, Phase.RECEIPT, HEARD), np.ones(1, np.int32)
        return bool(hear_receipt(self.table, heard, event_time, sequence, one * cell, one * units, one * ordered))

    def dispatch(self, sequence: int, event_time: int, cell: int, units: int) -> bool:
        heard, one = key(self.time, Phase.PICK, HEARD), np.ones(1, np.int32)
        return bool(hear_dispatch(self.table, heard, event_time, sequence, one * cell, one * units))

    def order(self, cell: int, source: int, units: int) -> None:
        one = np.ones(1, np.int32)
        place_lines(self.table, one * cell, one * source, one * units)

    def adds_up(self) -> bool:
        """Whether every position is on hand + inbound - committed - backordered."""
        r = self.record
        expected = r.cells["on_hand"] + r.inbound - r.committed - r.backordered
        return bool(np.array_equal(r.cells["position"], expected))


def oracle(events: Sequence[Event], cells: int, opening: int) -> list[int]:
    """Levels after all distinct events in order of event time; at one instant a count comes last, for it sees the rest."""
    distinct = {(type(event), source_of(event), event.sequence): event for event in events}
    levels = [opening] * cells
    for event in sorted(distinct.values(), key=lambda e: (e.event_time, isinstance(e, Counted), e.sequence)):
        if isinstance(event, Counted):
            for cell, level in event.levels:
                levels[cell] = level
        else:
            levels[event.cell] += event.delta
    return levels


def source_of(event: Event) -> Source:
    if isinstance(event, Counted):
        return Source.COUNTS
    return Source.SALES if event.delta < 0 else Source.WAREHOUSE
