"""The log of what the channel delivered, and of what was viewed on the web."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.body.order_feed import FILE, write_messages
from twin.body.segments import Segments
from twin.clock import KEY_SHIFT, LATER_ROUND
from twin.events import SOURCE_OF, VIEW_COLUMNS, Kind, Message, arrow_schema
from twin.orders.state import MESSAGE
from twin.plan.build import Plan
from twin.record.state import Source
from twin.world.state import Operations

_ROWS_A_SEGMENT = 1 << 20
EVERYWHERE = "everywhere"  # the zone of all customers, where the scenario has none


class NoLog:
    """Keeps nothing."""

    def delivered(self, message: Message, record_time: int, round_: int) -> None:
        """See ``EventLog.delivered``."""

    def sales(self, operations: Operations, tracks: NDArray[np.void]) -> None:
        """See ``EventLog.sales``."""

    def backfills(self, rows: Any) -> None:
        """See ``EventLog.backfills``."""

    def orders(self, messages: Sequence[NDArray[np.void]]) -> None:
        """See ``EventLog.orders``."""

    def views(self, views: NDArray[np.void]) -> None:
        """See ``EventLog.views``."""

    def seal(self) -> None:
        """See ``EventLog.seal``."""


class EventLog:
    """Appends deliveries to segments in ``folder``."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self._plan, self._folder = plan, folder
        folder.mkdir(parents=True, exist_ok=True)
        self._segments = Segments(folder, "events", arrow_schema())
        self._views: Segments | None = None  # where there are any
        self._parts: list[dict[str, NDArray[Any]]] = []
        self._rows = 0

    def delivered(self, message: Message, record_time: int, round_: int) -> None:
        """A message of many lines has arrived."""
        count = message.cells.size
        self._add(
            record_time=np.full(count, record_time), round=np.full(count, round_), event_time=np.full(count, message.event_time),
            event_round=np.full(count, message.round),
            kind=np.full(count, message.kind), source=np.full(count, SOURCE_OF[message.kind]),
            sequence=np.full(count, message.sequence), line=np.arange(count), location=np.full(count, message.location),
            sku=self._plan.ranged.sku_of(message.location, message.cells), units=message.units, other=message.other,
        )  # fmt: skip

    def sales(self, operations: Operations, tracks: NDArray[np.void]) -> None:
        """What of a stretch was heard; the tills that had nothing to tell are left out."""
        parts = [operations.arrivals[track["arrivals"] : track["next_arrival"]] for track in tracks]
        chosen = np.concatenate(parts)
        chosen = chosen[np.lexsort((chosen["location"], chosen["key"]))]  # stable: a location's stay in their order
        sale = operations.sales[chosen["row"]]
        owing = self._plan.scenario.demand.unmet.pos == "backorder"
        sold = sale["told"].astype(np.int64)
        owed = (sale["quantity"] - sold) * owing
        told = (sold > 0) | (owed > 0)
        count = int(np.count_nonzero(told))
        self._add(
            record_time=(chosen["key"] >> KEY_SHIFT)[told], round=np.zeros(count), event_time=(sale["key"] >> KEY_SHIFT)[told],
            event_round=np.zeros(count),
            kind=np.full(count, Kind.SALE), source=np.full(count, Source.SALES), sequence=sale["sequence"][told],
            line=np.zeros(count), location=sale["location"][told], sku=sale["sku"][told], units=sold[told], other=owed[told],
        )  # fmt: skip

    def backfills(self, rows: NDArray[np.void]) -> None:
        """Backfills (key, event_time, sequence, cell, units) have been heard."""
        sku = np.array(
            [self._plan.ranged.sku_of(row["location"], row["cell"][np.newaxis])[0] for row in rows] or [0], np.int32
        )[: rows.size]
        count = rows.size
        self._add(
            record_time=rows["key"] >> KEY_SHIFT, round=(rows["key"] & LATER_ROUND) == LATER_ROUND,
            event_time=rows["event_time"], event_round=rows["later_round"],
            kind=np.full(count, Kind.BACKFILL), source=np.full(count, Source.BACKFILLS), sequence=rows["sequence"],
            line=np.zeros(count), location=rows["location"], sku=sku, units=rows["units"], other=np.zeros(count),
        )  # fmt: skip

    def orders(self, messages: Sequence[NDArray[np.void]]) -> None:
        """What the book of orders heard, in a file of its own."""
        write_messages(np.concatenate(messages) if messages else np.zeros(0, MESSAGE), self._folder / FILE)

    def views(self, views: NDArray[np.void]) -> None:
        """What was viewed in a stretch, in a file of its own."""
        self._views = self._views or Segments(self._folder, "views", arrow_schema(VIEW_COLUMNS))
        zones = [zone.id for zone in self._plan.scenario.network.zones] or [EVERYWHERE]
        names = {"kind": ["view"], "zone": zones, "sku": self._plan.items.skus}
        columns: dict[str, NDArray[Any]] = {name: views[name] for name in ("session", "view", "cart", "zone", "sku")}
        self._views.write(columns | {"kind": np.zeros(views.size, np.int32), "event_time": views["time"]}, names)

    def seal(self) -> None:
        """Turn the segments into one Parquet file, and those of views into another."""
        self._flush()
        self._segments.seal()
        if self._views is not None:
            self._views.seal()

    def _add(self, **columns: NDArray[Any]) -> None:
        self._parts.append(columns)
        self._rows += columns["units"].size
        if self._rows >= _ROWS_A_SEGMENT:
            self._flush()

    def _flush(self) -> None:
        if not self._rows:
            return
        names = {"location": [p.id for p in self._plan.network.locations], "sku": self._plan.items.skus}
        parts = {name: np.concatenate([part[name] for part in self._parts]) for name in self._parts[0]}
        self._segments.write(parts, names)
        self._parts, self._rows = [], 0
