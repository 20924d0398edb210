"""The loop: hear, review, decide, tell the sink; the same in simulation, replay, shadow and live.

A rule under periodic review is asked at its instants, over all its cells at once, the customers' end of the network first. A
rule under continuous review is asked when the record signals that a cell's position fell to its order point; so is a count,
when it signals that a pick found nothing. Our own orders enter the record the moment they are decided; what becomes of them it
learns from events.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from policies.reorder.base import ReorderState
from policies.reorder.terms import fit
from twin.agenda import Agenda
from twin.brain.doubts import CountRule, Doubts
from twin.brain.groups import CONTINUOUS, Batch, CellMap, Group, Row, Supply, batches_of, row_of
from twin.brain.log import DecisionLog
from twin.brain.scan import Asked, Ordered, collect, look_up, order_lines, settle, with_room
from twin.clock import HEARD, Phase, key
from twin.decisions import CountRequest, Order, Sink
from twin.events import PHASE_OF, Kind, Message
from twin.memory import table_of
from twin.record.apply import hear_dispatch, hear_receipt, place_lines, unmark
from twin.record.counts import hear_count
from twin.record.state import Meter, Record, with_room_for_count

_SIGNALS = int(Meter.SIGNALS)


class Brain:
    """Record and policies, wired to an agenda, a sink and a log.

    Parameters
    ----------
    lateness_us : how long after an instant a source is held to be complete up to it
    counting : which cells are counted on request; the first rule that matches a cell decides
    """

    def __init__(
        self, record: Record, cells: CellMap, groups: Sequence[Group], supplies: Sequence[Supply],
        *, agenda: Agenda, sink: Sink, log: DecisionLog, start_us: int, lateness_us: int,
        counting: Sequence[CountRule] = (),
    ) -> None:  # fmt: skip
        self.replace_record(record)
        self.cells, self.groups, self.supplies = cells, list(groups), list(supplies)
        self.agenda, self.sink, self.log = agenda, sink, log
        self._start, self._lateness, self._orders, self._asked = start_us, lateness_us, 0, False
        self._firsts: list[int] = cells.first.tolist()
        self._doubts = Doubts(counting, cells)
        self._complete_to = start_us  # as of the review in hand
        self._packs, self._moqs = (np.array([getattr(s, term) for s in supplies], np.int64) for term in ("pack", "moq"))
        self._known_sources: dict[tuple[int, int], Row] = {}
        self._lane_type = np.uint16 if len(supplies) < 1 << 16 else np.int32  # which NumPy puts in order without comparing
        self._known_skus: dict[int, Row] = {}
        self._room: NDArray[np.int32] | None = None  # for the cells a review asks about
        self._watching: dict[int, list[Group]] = {}
        for group in self.groups:
            if group.review_us == CONTINUOUS:
                self._watching.setdefault(group.location, []).append(group)
        self._periods: dict[int, list[int]] = {}  # due, by instant
        self._batches: dict[tuple[int, ...], list[Batch]] = {}
        self._echelon = {group.location: (group.echelon, group.location) for group in self.groups}

    def begin(self) -> None:
        """Put the first review on the agenda: that of all periods, and a first look at every watched cell."""
        periods = sorted({group.review_us for group in self.groups})
        for period in periods:
            self._review_later(self._start, period)

    def replace_record(self, record: Record) -> None:
        """Take over a record that has grown."""
        self.record, self.table, self._meters = record, table_of(record), record.meters.data

    def hear(self, message: Message, record_time: int) -> None:
        """A message arrives."""
        heard = key(record_time, PHASE_OF[message.kind], HEARD)
        common = (heard, message.event_time, message.sequence, message.location, message.cells, message.units)
        if message.kind == Kind.RECEIPT:
            hear_receipt(self.table, *common, message.round > 0, message.other)
        elif message.kind == Kind.DISPATCH:
            hear_dispatch(self.table, *common, message.round > 0)
        else:
            grown = with_room_for_count(self.record)
            if grown is not self.record:
                self.replace_record(grown)
            hear_count(self.table, *common)
        self.look(record_time)

    def look(self, time: int) -> None:
        """Where the record has signals, see to it that they are answered in this instant's next review."""
        if self._meters[_SIGNALS] and not self._asked:
            self._asked = True
            self.agenda.at(time, Phase.REVIEW, self._answer)

    def complete_to(self) -> int:
        """The instant up to which the record of sales is held to be complete."""
        tills = self.record.senders["heard_to"][: len(self.cells.skus)]
        return max(self._start, int(tills.max(initial=self._start)) - self._lateness)

    def _answer(self) -> None:
        """Ask the rules of all cells that signalled, by location."""
        self._asked = False
        count = self._meters[_SIGNALS]
        cells = np.unique(self.record.signals[:count]) if count > 1 else self.record.signals[:1].copy()
        self._meters[_SIGNALS] = 0
        self._complete_to = self.complete_to()
        if cells[0] < 0:
            cells = self._have_counted(cells)
        unmark(self.table, cells)
        if cells.size == 1:
            location = bisect_right(self._firsts, int(cells[0])) - 1
            self._decide_at(location, cells, self._watching[location])
        else:
            places = self.cells.location_of(cells)
            for location in sorted(np.unique(places).tolist(), key=self._echelon.__getitem__):
                self._decide_at(location, cells[places == location], self._watching[location])
        self.look(self.agenda.time)

    def _have_counted(self, signals: NDArray[np.int32]) -> NDArray[np.int32]:
        """Ask for counts of the cells that are in doubt; returns the other ``signals`` (ascending)."""
        first = int(signals.searchsorted(0))
        now = self.agenda.time
        for location, rule, cells, skus in self._doubts.wanted(~signals[:first][::-1], now):
            self._orders += 1
            request = CountRequest(
                self._orders, now, now + rule.after_us, location, rule.rule, cells, skus, self.record.cells["position"][cells],
                self._complete_to,
            )  # fmt: skip
            self.log.count(request)
            self.sink.count(request)
        return signals[first:]

    def _decide_at(self, location: int, cells: NDArray[np.int32], groups: Sequence[Group]) -> None:
        """Ask those of ``groups`` that govern ``cells`` of a location."""
        if cells.size == 1 and groups[0].whole and groups[0].location == location:
            self._decide_one(groups[0], int(cells[0]) - self._firsts[location], int(cells[0]))
            return
        local = (cells - self.cells.first[location]).astype(np.int32)
        for group in groups:
            if group.location == location:
                index, mine = _places(group, local)
                if index.size == 1:
                    self._decide_one(group, int(index[0]), int(cells[mine][0]))
                elif index.size:
                    self._decide(group, index, cells[mine])

    def _review_later(self, time: int, period: int) -> None:
        """Enter the next review of a period. All that fall due at one instant are one review, the customers' end first."""
        if time not in self._periods:
            self.agenda.at(time, Phase.REVIEW, self._review_due)
        self._periods.setdefault(time, []).append(period)

    def _review_due(self) -> None:
        now = self.agenda.time
        periods = tuple(sorted(self._periods.pop(now)))
        if periods not in self._batches:
            groups = [group for group in self.groups if group.review_us in periods]
            self._batches[periods] = batches_of(groups, self.cells, self.supplies)
        self._complete_to = self.complete_to()
        for batch in self._batches[periods]:
            self._review(batch, CONTINUOUS in periods)
        self.look(now)
        for period in periods:
            if period != CONTINUOUS:  # after its first look a continuous rule is asked by signals
                self._review_later(now + period, period)

    def _review(self, batch: Batch, first_look: bool) -> None:
        """Ask the rules of a batch about all cells at or below their order points."""
        self._room = with_room(self.record, self._room)
        asked = collect(self.record, self.table, batch.first, batch.end, first_look, self._room)
        if not asked.cells.size:
            return
        if not batch.plain or asked.cells.size == 1:
            for i in np.unique(asked.place).tolist():
                self._decide_at(int(batch.location[i]), asked.cells[asked.place == i], batch.groups)
        else:
            self._order(batch, asked)
        if first_look:
            settle(self.table, asked.cells)

    def _order(self, batch: Batch, asked: Asked) -> None:
        """Ask the rules of a plain batch, whole stretches of locations at a time, and place an order for each location."""
        state = ReorderState(asked.local, asked.position, asked.on_hand, asked.inbound, asked.backordered)
        wanted, places = np.empty(asked.cells.size, np.int64), np.arange(len(batch.groups) + 1)
        starts = asked.place.searchsorted(places).tolist()
        for first, end in batch.runs:
            part = slice(starts[first], starts[end])
            if part.start < part.stop:
                wanted[part] = batch.groups[first].policy.quantities(_part(state, part))
        lines, refused = order_lines(wanted, asked.cells, asked.local, asked.position, asked.place, batch.pack, batch.moq)
        if refused >= 0:
            self._refuse(batch.groups[int(asked.place[refused])], int(wanted[refused]))
        edges = lines.place.searchsorted(places).tolist()
        for group, first, end in zip(batch.groups, edges, edges[1:], strict=False):
            if first < end:
                self._place(group, int(group.lane[0]), *(column[first:end] for column in lines))

    def _decide(self, group: Group, index: NDArray[np.int32], cells: NDArray[np.int32]) -> None:
        """Ask a rule about ``cells``, its ``index``-th ones, and order what it says over the lanes that supply them."""
        columns = np.empty((4, cells.size), np.int32)
        look_up(self.table, cells, columns)
        wanted = group.policy.quantities(ReorderState(index, *columns))
        lines, refused = order_lines(
            wanted, cells, group.local[index], columns[0], group.lane[index], self._packs, self._moqs
        )
        if refused >= 0:
            self._refuse(group, int(wanted[refused]))
        if not lines.cells.size:
            return
        by_lane = lines.place.astype(self._lane_type).argsort(kind="stable")
        lines = Ordered(*(column.take(by_lane) for column in lines))
        starts = np.flatnonzero(np.diff(lines.place, prepend=-1)).tolist()
        for first, end in zip(starts, [*starts[1:], by_lane.size], strict=True):
            self._place(group, int(lines.place[first]), *(column[first:end] for column in lines))

    def _decide_one(self, group: Group, index: int, cell: int) -> None:
        """The same for a single cell, without arrays: what a small model does all the time."""
        on_hand, position, _, _, _, committed, backordered, reserved = self.record.cells[cell].item()
        inbound = position - on_hand + committed + backordered + reserved
        wanted = group.policy.quantity(ReorderState(index, position, on_hand, inbound, backordered))
        if wanted < 0:
            self._refuse(group, wanted)
        if wanted > 0:
            lane = int(group.lane[index])
            units = fit(wanted, self.supplies[lane].pack, self.supplies[lane].moq)
            columns = np.array([[cell], [group.local[index]], [position], [lane], [units]], np.int32)
            self._place(group, lane, *columns)

    def _refuse(self, group: Group, wanted: int) -> None:
        name = f"{type(group.policy).__module__}:{type(group.policy).__name__}"
        raise ValueError(f"rule {group.rule} ({name}) wants {wanted} units; expected 0 or more")

    def _place(
        self, group: Group, lane: int, cells: NDArray[np.int32], local: NDArray[np.int32], position: NDArray[np.int32],
        _: NDArray[np.int32], units: NDArray[np.int32],
    ) -> None:  # fmt: skip
        """Order ``units`` of ``cells``, the ``local``-th ones of the group's location; the columns of ``Ordered``."""
        supply = self.supplies[lane]
        skus = self._skus(group.location).at(local)
        sources = np.full(cells.size, -1, np.int32) if supply.from_supplier else self._sources(supply).at(local)
        self._orders += 1
        total = int(place_lines(self.table, self.agenda.time, supply.origin, cells, sources, units))
        order = Order(
            self._orders, self.agenda.time, lane, supply.origin, group.location, group.rule, cells, sources, skus, units,
            position, self._complete_to, total,
        )  # fmt: skip
        self.log.add(order)
        self.sink.place(order)

    def _skus(self, location: int) -> Row:
        """The SKU of each of a location's cells."""
        skus = self.cells.skus[location]
        if id(skus) not in self._known_skus:
            self._known_skus[id(skus)] = row_of(skus)
        return self._known_skus[id(skus)]

    def _sources(self, supply: Supply) -> Row:
        """For each of a location's cells, the cell of the same SKU at the origin."""
        skus = self.cells.skus[supply.destination]
        key = (supply.origin, id(skus))
        if key not in self._known_sources:
            self._known_sources[key] = row_of(self.cells.find(supply.origin, skus))
        return self._known_sources[key]


def _part(state: ReorderState, part: slice) -> ReorderState:
    columns = (state.index, state.position, state.on_hand, state.inbound, state.backordered)
    return ReorderState(*(np.asarray(column)[part] for column in columns))


def _places(group: Group, local: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.intp] | slice]:
    """Which of a group's cells are at ``local`` places of its location, and which of those places are the group's."""
    if group.whole:
        return local, slice(None)
    index = np.searchsorted(group.local, local)
    index_safe = np.minimum(index, max(group.local.size - 1, 0))
    mine = np.flatnonzero(group.local[index_safe] == local)
    return index_safe[mine].astype(np.int32), mine
