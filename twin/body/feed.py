"""Reading a recorded feed of events: columns to cells, bad rows counted and named, everything in the order it was heard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import nearest_name
from twin.clock import HEARD, KEY_SHIFT, LATER_ROUND
from twin.events import COLUMNS, OPTIONAL, PHASE_OF, SINGLE, SOURCE_OF, Kind, Message
from twin.plan.build import Plan
from twin.record.state import Source
from twin.runs.errors import RunError

if TYPE_CHECKING:
    import pyarrow as pa

LISTED = 10  # bad rows named one by one
_SPARSE = 64  # numbers to an event from which on they are replaced


@dataclass(frozen=True)
class EventFeed:
    """A feed in the order it was heard: single lines as arrays of one length, and messages of many lines.

    ``messages`` are (record time, round, message). ``windows`` (senders,) is for how many sequence
    numbers an id must be remembered.
    """

    keys: NDArray[np.int64]
    event_times: NDArray[np.int64]
    later_round: NDArray[np.bool_]  # whether it happened after the first round of its instant
    sequences: NDArray[np.int64]
    locations: NDArray[np.int32]
    cells: NDArray[np.int32]
    units: NDArray[np.int32]
    owed: NDArray[np.int32]
    backfill: NDArray[np.bool_]
    messages: list[tuple[int, int, Message]]
    counts: bool  # whether there are any
    windows: NDArray[np.int64]
    bad_rows: int


def read_event_feed(plan: Plan, feed: Path, columns: Mapping[str, str], strict: bool) -> EventFeed:
    """Read an event log for the cells of a plan; see ``twin.body.replay.replay_events``."""
    rows = _columns(_table(feed), feed, columns)
    location, location_bad = _indices(rows["location"], plan.network.index)
    sku, sku_bad = _indices(rows["sku"], plan.items.index)
    cell = np.full(location.size, -1, np.int32)
    for place in np.unique(location[location >= 0]).tolist():
        mine = np.flatnonzero((location == place) & (sku >= 0))
        cell[mine] = plan.ranged.find(place, sku[mine])
    kinds = np.array([int(kind) for kind in Kind])
    reasons = {
        "no such location": location_bad,
        "no such item": ~location_bad & sku_bad,
        "not in the assortment": ~location_bad & ~sku_bad & (cell < 0),
        "no such kind": ~np.isin(rows["kind"], kinds),
        "negative units": rows["units"] < 0,
        "heard before it happened": rows["record_time"] < rows["event_time"],
    }
    good = _accept(feed, reasons, strict)
    kept: dict[str, NDArray[Any]] = {
        name: values[good] for name, values in rows.items() if name not in ("location", "sku")
    }
    kept |= {"location": location[good], "cell": cell[good]}
    return _ordered(kept, len(plan.network.locations), int(np.count_nonzero(~good)))


def _table(feed: Path) -> pa.Table:
    import duckdb

    if feed.is_dir():
        feed = feed / "events.parquet"
    readers = {".parquet": "read_parquet", ".csv": "read_csv", ".jsonl": "read_json"}
    reader = readers.get(feed.suffix.lower())
    if reader is None:
        raise RunError(
            f"{feed}: found a {feed.suffix or 'file without an ending'}; expected {', '.join(readers)}"
        )
    try:
        return duckdb.connect().sql(f"select * from {reader}(?)", params=[str(feed)]).to_arrow_table()
    except duckdb.Error as problem:
        raise RunError(f"{feed}: cannot be read: {str(problem).splitlines()[0]}") from None


def _columns(table: pa.Table, feed: Path, columns: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, kind, _ in COLUMNS:
        theirs = columns.get(name, name)
        if theirs not in table.column_names:
            if name in OPTIONAL:
                found[name] = np.arange(table.num_rows) if name == "line" else np.zeros(table.num_rows, np.int64)
                continue
            near = nearest_name(theirs, table.column_names)
            hint = f"; did you mean {near}?" if near else ""
            raise RunError(
                f"{feed}: found no column {theirs}; expected one for `{name}` (--column {name}=…){hint}"
            )
        values = table[theirs]
        if kind == "string":
            found[name] = values
            continue
        numbers = (
            values.cast("int64", safe=False)
            if values.null_count == 0
            else values.fill_null(-1).cast("int64", safe=False)
        )
        found[name] = np.asarray(numbers.to_numpy())
    return found


def _indices(values: Any, index: Mapping[str, int]) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Places of names in ``index``; and which are not there."""
    import pyarrow as pa

    coded = values.cast(pa.string()).combine_chunks().dictionary_encode()
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    places = np.array([index.get(name, -1) for name in coded.dictionary.to_pylist()] or [-1], np.int32)
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    found = np.where(codes >= 0, places[codes], -1).astype(np.int32)
    return found, found < 0


def _accept(feed: Path, reasons: Mapping[str, NDArray[np.bool_]], strict: bool) -> NDArray[np.bool_]:
    bad: NDArray[np.bool_] = np.logical_or.reduce(list(reasons.values()))
    count = int(np.count_nonzero(bad))
    if not count:
        return ~bad
    first = np.flatnonzero(bad)[:LISTED].tolist()
    listed = [f"  row {row + 1}: {next(why for why, at in reasons.items() if at[row])}" for row in first]
    text = "\n".join([f"{feed}: {count:,} of {bad.size:,} rows are bad", *listed])
    if strict or count == bad.size:
        raise RunError(text)
    import sys

    print(f"{text}\n  they are left out", file=sys.stderr)
    return ~bad


def _ordered(rows: dict[str, NDArray[Any]], locations: int, bad_rows: int) -> EventFeed:
    kind = rows["kind"]
    phase = np.zeros(max(Kind) + 1, np.int64)
    source = np.zeros(max(Kind) + 1, np.int64)
    for each in Kind:
        phase[each], source[each] = PHASE_OF[each], SOURCE_OF[each]
    first_round = (rows["record_time"] << KEY_SHIFT) | (phase[kind] << 1) | HEARD
    keys = np.where(rows["round"] > 0, first_round | LATER_ROUND, first_round)
    single = np.isin(kind, SINGLE)
    order = np.flatnonzero(single)[
        np.lexsort((rows["sequence"][single], rows["location"][single], keys[single]))
    ]
    rows["sequence"], windows = _numbered(sender_of_all(source[kind], rows["location"], locations), rows["sequence"], locations)
    return EventFeed(
        keys=keys[order], event_times=rows["event_time"][order], later_round=rows["event_round"][order] > 0,
        sequences=rows["sequence"][order], locations=rows["location"][order].astype(np.int32),
        cells=rows["cell"][order].astype(np.int32), units=rows["units"][order].astype(np.int32),
        owed=rows["other"][order].astype(np.int32), backfill=(kind[order] == Kind.BACKFILL),
        messages=_messages({name: values[~single] for name, values in rows.items()}, first_round[~single], source),
        counts=bool(np.any(kind == Kind.COUNT)), windows=windows, bad_rows=bad_rows,
    )  # fmt: skip


def sender_of_all(source: NDArray[np.int64], location: NDArray[np.int32], locations: int) -> NDArray[np.int64]:
    """Row of each event's sender in ``Record.senders``."""
    return np.where(source == Source.SALES, location, locations - 1 + source)


def _numbered(
    sender: NDArray[np.int64], sequence: NDArray[np.int64], locations: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Sequence numbers, and the window each sender needs for them.

    Numbers that lie far apart, as those of a system that numbers all tills together do, become their ranks within the sender.
    """
    numbers, windows = sequence.copy(), np.full(locations + len(Source) - 1, 2, np.int64)
    order = np.lexsort((sequence, sender))
    for mine in np.split(order, np.flatnonzero(np.diff(sender[order])) + 1):
        if not mine.size:
            continue
        found = numbers[mine]
        if found[-1] - found[0] > _SPARSE * mine.size + _SPARSE or found[0] < 0:
            found = np.cumsum(np.diff(found, prepend=found[0]) > 0, dtype=np.int64)
            numbers[mine] = found
        windows[sender[mine[0]]] = 2 * (found[-1] - found[0] + 1)
    return numbers, windows


def _messages(
    rows: dict[str, NDArray[Any]], keys: NDArray[np.int64], source: NDArray[np.int64]
) -> list[tuple[int, int, Message]]:
    """The lines of an event that were heard together make a message; an event heard twice at one instant makes two."""
    if not keys.size:
        return []
    order = np.lexsort(
        (rows["line"], rows["location"], rows["sequence"], source[rows["kind"]], keys, rows["round"], rows["record_time"])
    )
    rows, n = {name: values[order] for name, values in rows.items()}, np.arange(keys.size)
    event = np.cumsum(_begins(*(rows[mark] for mark in ("record_time", "round", "kind", "sequence", "location"))))
    copy = n - np.maximum.accumulate(np.where(_begins(event, rows["line"]), n, 0))
    order = np.lexsort((rows["line"], copy, event))
    rows = {name: values[order] for name, values in rows.items()}
    starts = np.flatnonzero(_begins(event[order], copy[order])).tolist()
    return [_message(rows, first, end) for first, end in zip(starts, [*starts[1:], keys.size], strict=True)]


def _begins(*columns: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether a row differs from the one before it in any of the columns."""
    differs: NDArray[np.bool_] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return np.concatenate([[True], differs])


def _message(rows: Mapping[str, NDArray[Any]], first: int, end: int) -> tuple[int, int, Message]:
    """Record time, round and the message of rows [first, end). The record wants the cells of a count in order."""
    one = {name: int(values[first]) for name, values in rows.items()}
    lines = {name: rows[name][first:end].astype(np.int32) for name in ("cell", "units", "other")}
    kind = Kind(one["kind"])
    if kind == Kind.COUNT:
        by_cell = np.argsort(lines["cell"], kind="stable")
        lines = {name: values[by_cell] for name, values in lines.items()}
    message = Message(
        kind, one["event_time"], one["sequence"], one["location"], lines["cell"], lines["units"], lines["other"],
        one["event_round"],
    )  # fmt: skip
    return one["record_time"], one["round"], message
