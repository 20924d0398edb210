"""The log of what the channel delivered: Arrow segments while it grows, Parquet when it is sealed.

A run that is killed leaves its segments readable; a sealed log is written aside and renamed.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.body.order_feed import FILE, write_messages
from twin.clock import KEY_SHIFT, LATER_ROUND
from twin.events import SOURCE_OF, Kind, Message, arrow_schema
from twin.orders.state import MESSAGE
from twin.plan.build import Plan
from twin.record.state import Source
from twin.world.state import Operations

_ROWS_A_SEGMENT = 1 << 20


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

    def seal(self) -> None:
        """See ``EventLog.seal``."""


class EventLog:
    """Appends deliveries to segments in ``folder``."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self._plan, self._folder = plan, folder
        folder.mkdir(parents=True, exist_ok=True)
        self._schema = arrow_schema()
        self._parts: list[dict[str, NDArray[Any]]] = []
        self._rows, self._segments = 0, 0

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

    def seal(self) -> None:
        """Turn the segments into one Parquet file."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._flush()
        aside, final = self._folder / ".events.parquet.part", self._folder / "events.parquet"
        segments = sorted(self._folder.glob("segment-*.arrow"))
        with pq.ParquetWriter(aside, self._schema) as writer:
            for segment in segments:
                with pa.ipc.open_file(segment) as reader:
                    writer.write_table(
                        pa.Table.from_batches([reader.get_batch(i) for i in range(reader.num_record_batches)])
                    )
        os.replace(aside, final)
        for segment in segments:
            segment.unlink()

    def _add(self, **columns: NDArray[Any]) -> None:
        self._parts.append(columns)
        self._rows += columns["units"].size
        if self._rows >= _ROWS_A_SEGMENT:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        if not self._rows:
            return
        names = {"location": [p.id for p in self._plan.network.locations], "sku": self._plan.items.skus}
        arrays = []
        for column in self._schema:
            values = np.concatenate([part[column.name] for part in self._parts])
            if column.name in names:
                coded = pa.array(values.astype(np.int32))
                arrays.append(
                    pa.DictionaryArray.from_arrays(coded, pa.array(names[column.name], pa.string()))
                )
            else:
                arrays.append(pa.array(values.astype(column.type.to_pandas_dtype())))
        batch = pa.RecordBatch.from_arrays(arrays, schema=self._schema)
        path = self._folder / f"segment-{self._segments:05d}.arrow"
        with pa.ipc.new_file(path, self._schema) as writer:
            writer.write_batch(batch)
        self._segments += 1
        self._parts, self._rows = [], 0
