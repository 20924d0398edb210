"""A record to play with, and an oracle that sees everything in order of event time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.twin.compiled import sale_heard
from twin.clock import HEARD, Phase, key
from twin.memory import table_of
from twin.record.apply import hear_dispatch, hear_receipt, place_lines
from twin.record.counts import hear_count
from twin.record.state import Meter, Record, Source, new_record, sender_of, with_room_for_count


@dataclass(frozen=True)
class Change:
    """Units that left (negative: a sale) or came (a receipt) at a cell."""

    sequence: int
    event_time: int
    cell: int
    delta: int
    later: bool = False  # of a receipt: in a later round of its instant


@dataclass(frozen=True)
class Counted:
    """Levels that somebody found."""

    sequence: int
    event_time: int
    levels: tuple[tuple[int, int], ...]  # (cell, units), by cell


Event = Change | Counted


class Believer:
    """A record that hears events one after the other. Every location has ``cells`` cells."""

    def __init__(
        self, cells: int, *, locations: int = 1, opening: int = 0, window: int = 64, recent: int = 64, folds: bool = True
    ) -> None:
        self.record: Record = new_record(cells * locations, locations=locations, window=window, folds_counts=folds, recent=recent)
        self.record.cells["on_hand"] = self.record.cells["position"] = opening
        self.time, self._cells = 0, cells
        self._inbound = np.zeros(cells * locations, np.int64)

    def location(self, cell: int) -> int:
        """Where a cell is."""
        return cell // self._cells

    def sender(self, source: Source, location: int = 0) -> Any:
        """What the record keeps of a sender."""
        return self.record.senders[sender_of(source, location, self.record.senders.size)]

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
            heard, place = key(self.time, Phase.COUNT, HEARD), self.location(int(cells[0]))
            hear_count(self.table, heard, event.event_time, event.sequence, place, cells, levels)
        elif event.delta < 0:
            heard = key(self.time, Phase.DEMAND, HEARD)
            place = self.location(event.cell)
            sale_heard(self.table, heard, event.event_time, event.sequence, place, event.cell, -event.delta, 0)
        else:
            self.receive(event.sequence, event.event_time, event.cell, event.delta, later=event.later)

    def receive(self, sequence: int, event_time: int, cell: int, units: int, ordered: int = 0, later: bool = False) -> bool:
        heard, one = key(self.time, Phase.RECEIPT, HEARD), np.ones(1, np.int32)
        place = self.location(cell)
        new = bool(
            hear_receipt(self.table, heard, event_time, sequence, place, one * cell, one * units, later, one * ordered)
        )
        self._inbound[cell] -= ordered * new
        return new

    def dispatch(self, sequence: int, event_time: int, cell: int, units: int, later: bool = False) -> bool:
        heard, one = key(self.time, Phase.PICK, HEARD), np.ones(1, np.int32)
        return bool(hear_dispatch(self.table, heard, event_time, sequence, self.location(cell), one * cell, one * units, later))

    def order(self, cell: int, source: int, units: int) -> None:
        one = np.ones(1, np.int32)
        place_lines(self.table, self.time, self.location(source), one * cell, one * source, one * units)
        self._inbound[cell] += units

    def adds_up(self) -> bool:
        """Whether every position is on hand + what was ordered and has not come - committed - backordered."""
        r = self.record
        expected = r.cells["on_hand"] + self._inbound - r.committed - r.backordered
        return bool(np.array_equal(r.cells["position"], expected))


def oracle(events: Sequence[Event], cells: int, opening: int) -> list[int]:
    """Levels after all distinct events in order of event time; at one instant a count sees all but what happens in later rounds.

    All sales must be of one location.
    """
    distinct = {(type(event), source_of(event), event.sequence): event for event in events}
    levels = [opening] * cells
    for event in sorted(distinct.values(), key=lambda e: (e.event_time, _rank(e), e.sequence)):
        if isinstance(event, Counted):
            for cell, level in event.levels:
                levels[cell] = level
        else:
            levels[event.cell] += event.delta
    return levels


def _rank(event: Event) -> int:
    return 1 if isinstance(event, Counted) else 2 * event.later


def source_of(event: Event) -> Source:
    if isinstance(event, Counted):
        return Source.COUNTS
    return Source.SALES if event.delta < 0 else Source.WAREHOUSE
