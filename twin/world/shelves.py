"""The shelf lane as the rest of the world sees it: advance it, put goods on shelves, take goods off, tell the record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.agenda import Agenda
from twin.brain.brain import Brain
from twin.clock import HEARD, PHASES, Phase, boundary, heard_key, key
from twin.events import PHASE_OF, Message
from twin.memory import table_of
from twin.plan.build import Plan
from twin.random.tables import STEPS
from twin.record.state import sender_of, widen
from twin.world.calendar import with_room
from twin.world.lane import advance
from twin.world.lines import Lines
from twin.world.measure import unheard
from twin.world.shelf import put_away, take_out
from twin.world.state import Control, Shelves, new_shelves, no_operations

if TYPE_CHECKING:
    from twin.fulfilment.orders import WebOrders

Units = NDArray[np.int32]


def _orders(
    plan: Plan, replication: int, brain: Brain, logs: bool, watched: int | None, records: bool
) -> WebOrders | None:
    """Web orders where there are any; their kernels are not even loaded where there are none."""
    if plan.web is None:
        return None
    from twin.fulfilment.orders import WebOrders

    return WebOrders(plan, replication, brain, logs=logs, watched=watched, records=records)


class ShelfLane:
    """Shelves, the lines that happen to them, and the record they are told to.

    A location's track is run up to the present when somebody is about to look at the location, or to change it; the brain, which
    looks at all of the record, is asked when all have been.
    """

    def __init__(
        self, plan: Plan, replication: int, agenda: Agenda, brain: Brain, *, logs: bool = False, watched: int | None = None,
        records: bool = False,
    ) -> None:  # fmt: skip
        backorders = plan.scenario.demand.unmet.pos == "backorder"
        self.shelves: Shelves = new_shelves(
            plan.opening, tracks=plan.tracks, days=plan.days, buckets=plan.buckets, by_cell=plan.by_cell,
            categories=len(plan.items.categories), backorders=backorders, start_us=plan.scenario.start_us,
            category=plan.items.category, price=plan.items.price, cost=plan.items.cost, latency=plan.streams.pos.latency,
            lags_from=plan.scenario.warmup_us, hours=plan.open_hours,
        )  # fmt: skip
        assert self.shelves.latency.size == 3 * (STEPS + 1)
        self._agenda, self._brain = agenda, brain
        self.lines, self.operations = Lines(plan, replication, self.shelves.tracks), no_operations()
        self.table, self._operations_table = table_of(self.shelves), table_of(self.operations)
        self._backorders, self._at_once = backorders, plan.asks_at_once
        self._tracks = plan.tracks
        self.orders = _orders(plan, replication, brain, logs, watched, records)
        self.end_of_stretch = key(self.lines.until, 0)  # when the next stretch must be made

    def next_stretch(self) -> None:
        """Go on to the next stretch of days; all of the last one must have happened."""
        first_day = self.lines.day
        self.operations = self.lines.next_stretch()
        if self.orders is not None:
            self.orders.next_stretch(first_day, self.lines.day)
        self.end_of_stretch = key(self.lines.until, 0)
        self._operations_table = table_of(self.operations)
        self._widen(slice(self.lines.sequence.size), self.lines.windows())

    def advance(self, until: int) -> int:
        """Run everything before the key ``until``; returns the key it stopped before, which a signal may bring nearer."""
        if self.orders is not None:
            return self.orders.advance(self.table, self._operations_table, until, self._at_once)
        return int(advance(self.table, self._brain.table, self._operations_table, 0, self._tracks, until, self._at_once))

    def visit(self, location: int) -> None:
        """Run a location's track up to the present."""
        if self._tracks > 1:
            now = boundary(self._agenda.time, self._agenda.priority)
            advance(self.table, self._brain.table, self._operations_table, location, location + 1, now, False)

    def hear(self, message: Message, record_time: int) -> None:
        """A message reaches the record, which first hears of all that the location's tills told before."""
        self.visit(message.location)
        self._brain.hear(message, record_time)
        if self.orders is not None:
            heard = key(record_time, PHASE_OF[message.kind], HEARD)
            self.orders.stock_changed(self.table, self._operations_table, message.cells, heard, self._agenda)

    def set_servers(self, stations: Sequence[int], servers: int) -> None:
        """A shift begins or ends at some stations."""
        assert self.orders is not None
        for station in stations:
            self.orders.set_servers(self.table, self._operations_table, station, servers, self._agenda.time)

    def remember(self, source: int, window: int) -> None:
        """See ``twin.world.courier.Listener``."""
        self._widen(sender_of(source, 0, self._brain.record.senders.size), window)

    def _widen(self, senders: slice | int, windows: NDArray[np.int64] | int) -> None:
        """Have the record remember the ids of some senders for at least so many sequence numbers."""
        record = self._brain.record
        wanted = record.senders["size"].copy()
        wanted[senders] = windows  # where that is less than before, it stays as it is
        grown = widen(record, wanted)
        if grown is not record:
            self._brain.replace_record(grown)

    def levels(self, location: int, cells: Units) -> Units:
        """What is there, in units."""
        self.visit(location)
        found: Units = self.shelves.on_hand[cells]
        return found

    def put_away(self, location: int, cells: Units, skus: Units, units: Units, uniform: int) -> None:
        """A delivery reaches the shelves; ``uniform`` draws how long the record waits to hear of backorders that it met."""
        self.visit(location)
        if self._backorders:
            grown = with_room(self.shelves, cells.size)
            if grown is not self.shelves:
                self.shelves, self.table = grown, table_of(grown)
        heard = heard_key(self._agenda.time, Phase.RECEIPT, self._agenda.priority // PHASES)
        put_away(self.table, self._agenda.time, heard, location, cells, skus, units, uniform)

    def take_out(self, location: int, cells: Units, skus: Units, wanted: Units, taken: Units, room: int) -> int:
        """Goods leave the shelves for another location; returns how many units."""
        self.visit(location)
        return int(take_out(self.table, self._agenda.time, location, cells, skus, wanted, taken, room))

    def in_flight(self, out: NDArray[np.int64]) -> None:
        """Add to ``out`` (locations,) the units that were sold and that the record will yet be told of."""
        tracks = self.shelves.tracks
        unheard(self.operations.sales, self.operations.arrivals, self.lines.waiting, tracks, out)
        pending = self.shelves.pending[: self.shelves.control[Control.PENDING]]
        np.add.at(out, pending["location"], pending["units"])

    @property
    def lines_done(self) -> int:
        """POS lines and carts that have happened so far."""
        tracks = self.shelves.tracks
        carts = 0 if self.orders is None else self.orders.carts_done
        return carts + self.lines.done + int((tracks["next_sale"] - tracks["sales"]).sum())
