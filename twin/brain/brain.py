"""The loop: hear, review, decide, tell the sink; the same in simulation, replay, shadow and live.

A rule under periodic review is asked at its instants, over all its cells at once. A rule under continuous review is asked when
the record signals that a cell's position fell to its order point. Our own orders enter the record the moment they are decided;
what becomes of them it learns from events.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from policies.reorder.base import ReorderState
from policies.reorder.terms import round_all_to_terms
from twin.agenda import Agenda
from twin.brain.groups import CONTINUOUS, CellMap, Group, Supply
from twin.brain.log import DecisionLog
from twin.brain.scan import due_cells, look_up
from twin.clock import HEARD, Phase, key
from twin.decisions import Order, Sink
from twin.events import PHASE_OF, Kind, Message
from twin.memory import table_of
from twin.record.apply import hear_dispatch, hear_receipt, place_lines
from twin.record.counts import hear_count
from twin.record.state import Meter, Record, Source, with_room_for_count

_SIGNALS = int(Meter.SIGNALS)


class Brain:
    """Record and policies, wired to an agenda, a sink and a log.

    Parameters
    ----------
    lateness_us : how long after an instant a source is held to be complete up to it
    """

    def __init__(
        self, record: Record, cells: CellMap, groups: Sequence[Group], supplies: Sequence[Supply], points: NDArray[np.int32],
        *, agenda: Agenda, sink: Sink, log: DecisionLog, start_us: int, lateness_us: int,
    ) -> None:  # fmt: skip
        self.record, self.table = record, table_of(record)
        self.cells, self.groups, self.supplies, self.points = cells, list(groups), list(supplies), points
        self.agenda, self.sink, self.log = agenda, sink, log
        self._start, self._lateness, self._orders, self._asked = start_us, lateness_us, 0, False
        self._group_of: dict[int, list[Group]] = {}
        for group in self.groups:
            self._group_of.setdefault(group.location, []).append(group)
        self._found = np.empty(min(max(1, points.size), 1 << 20), np.int32)

    def begin(self) -> None:
        """Look at every watched cell once, and put the first periodic reviews on the agenda."""
        for period in sorted({g.review_us for g in self.groups if g.review_us != CONTINUOUS}):
            self._review_later(self._start, period)
        watched = [g for g in self.groups if g.review_us == CONTINUOUS]
        if watched:
            self.agenda.at(self._start, Phase.REVIEW, lambda: self._review(watched, whole=True))

    def replace_record(self, record: Record) -> None:
        """Take over a record that has grown."""
        self.record, self.table = record, table_of(record)

    def hear(self, message: Message, record_time: int) -> None:
        """A message arrives."""
        heard = key(record_time, PHASE_OF[message.kind], HEARD)
        common = (heard, message.event_time, message.sequence, message.cells, message.units)
        if message.kind == Kind.RECEIPT:
            hear_receipt(self.table, *common, message.other)
        elif message.kind == Kind.DISPATCH:
            hear_dispatch(self.table, *common)
        else:
            self.replace_record(with_room_for_count(self.record))
            hear_count(self.table, *common)
        self.look(record_time)

    def look(self, time: int) -> None:
        """Where the record has signals, see to it that they are answered in this instant's next review."""
        if self.record.meters[_SIGNALS] and not self._asked:
            self._asked = True
            self.agenda.at(time, Phase.REVIEW, self._answer)

    def complete_to(self) -> int:
        """The instant up to which the record of sales is held to be complete."""
        return max(self._start, int(self.record.heard_to[Source.SALES]) - self._lateness)

    def _answer(self) -> None:
        """Ask the rules of all cells that signalled, by location."""
        self._asked = False
        count = int(self.record.meters[_SIGNALS])
        cells = np.sort(self.record.signals[:count])
        self.record.meters[_SIGNALS] = 0
        self.record.signalled[cells] = 0
        if count == 1:
            location = int(self.cells.location_of(cells)[0])
            self._decide_at(location, cells)
        else:
            places = self.cells.location_of(cells)
            for location in np.unique(places).tolist():
                self._decide_at(location, cells[places == location])
        self.look(self.agenda.time)

    def _decide_at(self, location: int, cells: NDArray[np.int32]) -> None:
        local = (cells - self.cells.first[location]).astype(np.int32)
        for group in self._group_of[location]:
            if group.review_us == CONTINUOUS:
                index, mine = _places(group, local)
                self._decide(group, index, cells[mine])

    def _review_later(self, time: int, period: int) -> None:
        due = [group for group in self.groups if group.review_us == period]

        def review() -> None:
            self._review(due)
            self._review_later(time + period, period)

        self.agenda.at(time, Phase.REVIEW, review)

    def _review(self, groups: Sequence[Group], whole: bool = False) -> None:
        """Ask the rules of ``groups``, of all cells at or below their order points (or of ``whole`` groups)."""
        for group in groups:
            first, end = int(self.cells.first[group.location]), int(self.cells.first[group.location + 1])
            if whole:
                self._decide(
                    group, np.arange(group.local.size, dtype=np.int32), (first + group.local).astype(np.int32)
                )
                continue
            while first < end:
                found = due_cells(self.table, self.points, first, end, self._found)
                cells = self._found[:found].copy()
                if found:
                    index, mine = _places(group, (cells - self.cells.first[group.location]).astype(np.int32))
                    self._decide(group, index, cells[mine])
                first = int(cells[-1]) + 1 if found == self._found.size else end
        self.look(self.agenda.time)

    def _decide(self, group: Group, index: NDArray[np.int32], cells: NDArray[np.int32]) -> None:
        """Ask a rule about ``cells``, its ``index``-th ones, and order what it says over the lanes that supply them."""
        if not cells.size:
            return
        position, on_hand, inbound, backordered = (np.empty(cells.size, np.int32) for _ in range(4))
        look_up(self.table, cells, position, on_hand, inbound, backordered)
        wanted = group.policy.quantities(ReorderState(index, position, on_hand, inbound, backordered))
        lanes = group.lane[index]
        for lane in np.unique(lanes[wanted > 0]).tolist():
            supply = self.supplies[lane]
            mine = np.flatnonzero((wanted > 0) & (lanes == lane))
            units = round_all_to_terms(wanted[mine], supply.pack, supply.moq).astype(np.int32)
            self._place(group, lane, supply, cells[mine], units, position[mine])

    def _place(
        self,
        group: Group,
        lane: int,
        supply: Supply,
        cells: NDArray[np.int32],
        units: NDArray[np.int32],
        position: NDArray[np.int32],
    ) -> None:
        local = cells - self.cells.first[group.location]
        skus = self.cells.skus[group.location][local]
        sources = (
            np.full(cells.size, -1, np.int32)
            if supply.from_supplier
            else self.cells.find(supply.origin, skus)
        )
        self._orders += 1
        order = Order(
            self._orders, self.agenda.time, lane, supply.origin, group.location, group.rule, cells, sources, skus, units,
            position, self.complete_to(),
        )  # fmt: skip
        place_lines(self.table, cells, sources, units)
        self.log.add(order)
        self.sink.place(order)


def _places(group: Group, local: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.intp] | slice]:
    """Which of a group's cells are at ``local`` places of its location, and which of those places are the group's."""
    if group.whole:
        return local, slice(None)
    index = np.searchsorted(group.local, local)
    index_safe = np.minimum(index, max(group.local.size - 1, 0))
    mine = np.flatnonzero(group.local[index_safe] == local)
    return index_safe[mine].astype(np.int32), mine
