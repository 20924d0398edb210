"""What the record hears: the versioned catalogue of events, in memory and in Arrow columns.

Every event has the time it happened and the time the record learns of it, a source with a sequence number that together are its
id (each location numbers its own sales), and lines. A sale has one line; a receipt, a dispatch and a count have many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.clock import Phase
from twin.record.state import Source

if TYPE_CHECKING:
    import pyarrow as pa

VERSION = 1


class Kind(IntEnum):
    """What happened. Numbers are permanent."""

    SALE = 1  # units left the shelf at the till, and units owed to a customer who waits
    BACKFILL = 2  # a customer who waited was served
    RECEIPT = 3  # a delivery was put away
    DISPATCH = 4  # a truck was loaded for another location
    COUNT = 5  # a location counted: absolute levels


PHASE_OF = {
    Kind.SALE: Phase.DEMAND,
    Kind.BACKFILL: Phase.RECEIPT,
    Kind.RECEIPT: Phase.RECEIPT,
    Kind.DISPATCH: Phase.PICK,
    Kind.COUNT: Phase.COUNT,
}
SOURCE_OF = {
    Kind.SALE: Source.SALES,
    Kind.BACKFILL: Source.BACKFILLS,
    Kind.RECEIPT: Source.WAREHOUSE,
    Kind.DISPATCH: Source.WAREHOUSE,
    Kind.COUNT: Source.COUNTS,
}

@dataclass(frozen=True)
class Tells:
    """What an event of a kind says: of what, what its ``units`` are, and what its ``other`` (None: nothing, it is 0)."""

    what: str
    units: str
    other: str | None = None


TELLS = {
    Kind.SALE: Tells("a till sold or owes a line", "units that left the shelf", "units owed to a customer who waits"),
    Kind.BACKFILL: Tells("a customer who waited was served", "units handed over"),
    Kind.RECEIPT: Tells("a delivery was put away", "units put on the shelf", "units that had been ordered"),
    Kind.DISPATCH: Tells("a truck was loaded for another location", "units that left the shelf"),
    Kind.COUNT: Tells("a location counted what is there", "the level that was found"),
}
MOST_UNITS = 100_000_000  # of one line, as of one cell: far beyond any shelf, and sums of many stay far within 64 bits
SINGLE = (Kind.SALE, Kind.BACKFILL)  # an event is one line, and always heard in round 0; of the others it may have many

# Column, type, meaning. The Arrow schema, docs/events.md and docs/events.schema.json follow this list.
COLUMNS = (
    ("record_time", "int64", "when the record learns of it, µs since the epoch"),
    ("round", "int16", "round of that instant; above 0 only for what another event caused without delay"),
    ("event_time", "int64", "when it happened, µs since the epoch"),
    ("event_round", "int16", "round of the instant in which it happened; 1 and above come after a count of that instant"),
    ("kind", "int8", "what happened: 1 sale, 2 backfill, 3 receipt, 4 dispatch, 5 count"),
    ("source", "int8", "who says so: 0 sales, 1 backfills, 2 warehouse, 3 counts; part of its id"),
    ("sequence", "int64", "number of the event within its source, of a sale within those of its location; shared by its lines"),
    ("line", "int32", "number of the line within the event, from 0"),
    ("location", "string", "where"),
    ("sku", "string", "what"),
    ("units", "int32", "sold, served, received or dispatched; the level found by a count"),
    ("other", "int32", "of a sale the units owed; of a receipt the units that had been ordered; else 0"),
)
# The columns of a log of views, which the record does not hear; docs/events.md follows this list.
VIEW_COLUMNS = (
    ("kind", "string", "`view`"),
    ("event_time", "int64", "when it happened, µs since the epoch"),
    ("session", "int64", "number of the session, from 1, day by day of the run; its views share it"),
    ("view", "int32", "number of the view within its session, from 1; the two are its id"),
    ("cart", "int64", "number of the cart, and of its order, in which the session ends; 0 where it ends without one"),
    ("zone", "string", "where the customer lives"),
    ("sku", "string", "what"),
)
# A feed may leave them out: rounds are 0, the source is that of the kind, lines are numbered as the rows come, other is 0.
OPTIONAL = ("round", "event_round", "source", "line", "other")


@dataclass(frozen=True)
class Message:
    """An event with many lines, on its way to the record or there; arrays of one length."""

    kind: Kind
    event_time: int
    sequence: int
    location: int
    cells: NDArray[np.int32]
    units: NDArray[np.int32]
    other: NDArray[np.int32]
    round: int = 0  # of the instant in which it happened


def arrow_schema(columns: Sequence[tuple[str, str, str]] = COLUMNS) -> pa.Schema:
    """The columns of an event log, or of one of views; names and SKUs are dictionary-coded."""
    import pyarrow as pa

    types = {"string": pa.dictionary(pa.int32(), pa.string())}
    fields = [
        pa.field(name, types.get(kind) or pa.type_for_alias(kind), nullable=False)
        for name, kind, _ in columns
    ]
    return pa.schema(fields, metadata={"stocktwin.events": str(VERSION)})
