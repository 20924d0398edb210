"""A recorded feed of events for the cells of a plan: what means nothing is counted and named, the rest is put in the order in
which it was heard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin import sources
from twin.body.order_feed import read_messages
from twin.clock import HEARD, KEY_SHIFT, LATER_ROUND
from twin.events import PHASE_OF, SINGLE, SOURCE_OF, Kind, Message
from twin.plan.build import Plan
from twin.record.state import Source
from twin.runs.errors import RunError

LISTED = 1_000  # bad rows kept with their line; the rest are counted
_SHOWN = 10  # of them in an error
_SPARSE = 64  # numbers to an event from which on they are replaced

Rows = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class EventFeed:
    """A feed in the order it was heard: single lines as arrays of one length, and messages of many lines.

    ``messages`` are (record time, round, message). ``windows`` (senders,) is for how many sequence
    numbers an id must be remembered. ``bad_listed`` are the first of the rows that were left out, with
    line, value and reason; ``notes`` what else there is to know of the feed.
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
    rows_read: int
    bad_rows: int
    bad_listed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    orders: NDArray[np.void] | None = None  # what the book of orders heard (twin.orders.state.MESSAGE)


def read_event_feed(plan: Plan, feed: Path, columns: Mapping[str, str], strict: bool) -> EventFeed:
    """Read an event log for the cells of a plan; see ``twin.body.replay.replay_events``.

    Raises
    ------
    RunError
        Any bad row in strict mode; rows, and none of them good or within the run.
    """
    read = sources.recorded_events(feed, columns)
    rows = _rows(plan, read)
    reasons = _reasons(plan, read, rows)
    bad: NDArray[np.bool_] = np.logical_or.reduce([at for at, _, _ in reasons])
    count = read.bad_rows + int(np.count_nonzero(bad))
    listed = sorted([*read.bad_listed, *islice(_described(read, reasons, bad, columns), LISTED)])[:LISTED]
    texts = tuple(text for _, text in listed)
    if count and (strict or count == read.rows_read):
        raise RunError(_refusal(read, count, texts))
    inside, notes = _inside(plan, read, rows["record_time"], ~bad)
    kept = {name: values[inside] for name, values in rows.items()}
    ordered = _ordered(kept, len(plan.network.locations), read.rows_read, count, texts, notes)
    return ordered if plan.web is None else replace(ordered, orders=read_messages(feed))


def _rows(plan: Plan, read: sources.RecordedEvents) -> Rows:
    """The rows with cells for names; what may be left out is made up."""
    count, absent = read.lines.size, ("round", "event_round", "other")
    rows: Rows = {name: np.zeros(count, np.int64) for name in absent}
    rows |= read.numbers
    line = read.numbers.get("line", np.full(count, -1))
    rows["line"] = np.where(line < 0, np.arange(count), line)
    location = _places(read.locations, plan.network.index)[read.location]
    sku = _places(read.skus, plan.items.index)[read.sku]
    cell = np.full(count, -1, np.int32)
    for place in np.unique(location[location >= 0]).tolist():
        mine = np.flatnonzero((location == place) & (sku >= 0))
        cell[mine] = plan.ranged.find(place, sku[mine])
    return rows | {"location": location, "sku": sku, "cell": cell}


def _places(names: list[str], index: Mapping[str, int]) -> NDArray[np.int32]:
    return np.array([index.get(name, -1) for name in names] or [-1], np.int32)


def _reasons(
    plan: Plan, read: sources.RecordedEvents, rows: Rows
) -> list[tuple[NDArray[np.bool_], str, Mapping[int, str] | str]]:
    """Which rows mean nothing, in which column, and why: a text, or one for each number in the column."""
    internal = np.array([place.is_internal for place in plan.network.locations] + [False])
    no_place, no_item = rows["location"] < 0, rows["sku"] < 0
    rightly = np.zeros(max(Kind) + 1, np.int64)
    for kind in Kind:
        rightly[kind] = SOURCE_OF[kind]
    said = {int(kind): f"does not fit the kind: of a {kind.name.lower()} it is {int(SOURCE_OF[kind])}" for kind in Kind}
    source = rows.get("source", np.full(read.lines.size, -1))
    return [
        (no_place, "location", "is no location of the scenario"),
        (~no_place & ~internal[rows["location"]], "location", "is a supplier, which keeps no record"),
        (no_item, "sku", "is no item of the scenario"),
        (~no_place & ~no_item & (rows["cell"] < 0), "sku", "is not in the assortment of its location"),
        ((source >= 0) & (source != rightly[rows["kind"]]), "source", said),
        (rows["record_time"] < rows["event_time"], "record_time", "lies before event_time: heard before it happened"),
    ]


def _described(
    read: sources.RecordedEvents, reasons: list[tuple[NDArray[np.bool_], str, Mapping[int, str] | str]],
    bad: NDArray[np.bool_], columns: Mapping[str, str],
) -> Iterator[tuple[int, str]]:  # fmt: skip
    """Line and description of each row that means nothing, as those that cannot be read are described."""
    names = {"location": (read.locations, read.location), "sku": (read.skus, read.sku)}
    for row in np.flatnonzero(bad).tolist():
        column, why = next((column, why) for at, column, why in reasons if at[row])
        value = names[column][0][int(names[column][1][row])] if column in names else str(read.numbers[column][row])
        reason = why if isinstance(why, str) else why[int(read.numbers["kind"][row])]
        line = int(read.lines[row])
        yield line, f"line {line}, {columns.get(column, column)} (={value!r}) {reason}"


def _refusal(read: sources.RecordedEvents, count: int, listed: tuple[str, ...]) -> str:
    verdict = "refused (strict)" if count < read.rows_read else "none is left: is it the right scenario and mapping of columns?"
    lines = [f"{read.path}: {count:,} of {read.rows_read:,} rows are bad, {verdict}", *(f"  {row}" for row in listed[:_SHOWN])]
    return "\n".join([*lines, *([f"  … and {count - _SHOWN:,} more"] if count > _SHOWN else [])])


def _inside(
    plan: Plan, read: sources.RecordedEvents, heard: NDArray[np.int64], good: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
    """The good rows that are heard within the run, and words about the others."""
    early, late = good & (heard < plan.scenario.start_us), good & (heard >= plan.scenario.end_us)
    inside, notes = good & ~early & ~late, []
    if read.lines.size and not inside.any():
        raise RunError(
            f"{read.path}: found no row heard within the run ({np.count_nonzero(early):,} before its start, "
            f"{np.count_nonzero(late):,} after its end); expected a scenario with the feed's time.start and time.days"
        )
    for which, words in ((early, "before the start of the run"), (late, "after its end")):
        if number := int(np.count_nonzero(which)):
            notes.append(f"{number:,} events of {read.path.name} are heard {words} and left out.")
    return inside, tuple(notes)


def _ordered(
    rows: Rows, locations: int, rows_read: int, bad_rows: int, bad_listed: tuple[str, ...], notes: tuple[str, ...]
) -> EventFeed:
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
        counts=bool(np.any(kind == Kind.COUNT)), windows=windows,
        rows_read=rows_read, bad_rows=bad_rows, bad_listed=bad_listed, notes=notes,
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
    rows: Rows, keys: NDArray[np.int64], source: NDArray[np.int64]
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
