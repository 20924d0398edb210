"""Recorded point-of-sale feeds: Parquet, CSV and JSON Lines, with a mapping of columns.

A feed keeps the order of its file. What cannot be read is counted, listed by line and left out; in strict
mode it refuses the feed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from adapters import delimited, jsonl, parquet
from adapters.blocks import Batch
from adapters.columns import NAMES, REQUIRED
from adapters.localtime import zone
from adapters.problems import BadRow, BadRows, FeedError, nearest, shorten
from adapters.times import UNITS, Times
from adapters.values import Column, Ids, Prices, Quantities

__all__ = ["BadRow", "Feed", "FeedError", "read_feed"]

Reader = Callable[..., Iterator[Batch]]
"""Called with the path, the mapping, the names of ours that must be there and, for other feeds than sales, all that may be."""

READERS: dict[str, Reader] = {
    ".parquet": parquet.batches,
    ".pq": parquet.batches,
    ".csv": delimited.batches,
    ".tsv": delimited.batches,
    ".txt": delimited.batches,
    ".jsonl": jsonl.batches,
    ".ndjson": jsonl.batches,
}
PACKED = (".gz", ".bz2", ".zst")


@dataclass(frozen=True)
class Feed:
    """A recorded feed, typed.

    Attributes
    ----------
    table
        The good rows in the order of the file: ``time`` int64 µs since the epoch (UTC), ``location``,
        ``sku`` and ``basket`` dictionary-coded strings, ``quantity`` int32 units, ``price`` float64 (null
        where missing); those of them that the file has.
    rows_read
        Rows of the file, good and bad.
    bad_count
        Rows left out.
    bad_rows
        The first thousand of them.
    repeated
        Local times in an hour that the clocks showed twice; each was taken as the first of the two.
    """

    table: pa.Table
    rows_read: int
    bad_count: int
    bad_rows: tuple[BadRow, ...]
    repeated: int = 0

    def values(self, name: str) -> NDArray[Any]:
        """Return a column of numbers: ``time``, ``quantity`` or ``price`` (NaN where missing)."""
        return np.asarray(self.table.column(name).combine_chunks().to_numpy(zero_copy_only=False))

    def codes(self, name: str) -> tuple[list[str], NDArray[np.int32]]:
        """Return a column of ids: the distinct ones, first seen first, and (n,) indices (-1: none)."""
        column = self.table.column(name).combine_chunks()
        indices = pc.fill_null(column.indices, -1).to_numpy(zero_copy_only=False)
        return column.dictionary.to_pylist(), np.asarray(indices, np.int32)

    def in_time_order(self) -> "Feed":
        """Return the same feed sorted by time; rows of one time stay in the order of the file."""
        times = self.values("time")
        if not np.any(times[1:] < times[:-1]):
            return self
        order = np.argsort(times, kind="stable")
        return Feed(self.table.take(order), self.rows_read, self.bad_count, self.bad_rows, self.repeated)


def read_feed(
    path: str | Path,
    columns: Mapping[str, str] | None = None,
    *,
    required: Sequence[str] = REQUIRED,
    strict: bool = False,
    timezone: str | None = None,
    time_unit: str | None = None,
) -> Feed:
    """Read a recorded feed.

    Parameters
    ----------
    path
        A ``.parquet``, ``.csv``, ``.tsv`` or ``.jsonl`` file; text may be packed (``.gz``, ``.bz2``,
        ``.zst``).
    columns
        Our name → the file's: ``{"time": "sold_at", "sku": "item"}``. Names left out are the same in both.
    required
        Columns that must be there; ``price`` and ``basket`` are read where they are.
    strict
        Refuse a feed with any bad row.
    timezone
        Whose wall clock times without an offset show; None is UTC. A time that the clocks skipped is a bad
        row, one that they showed twice is the first of the two, and counted.
    time_unit
        Unit of times given as numbers: ``s``, ``ms``, ``us``, ``ns``; None tells it by magnitude.

    Raises
    ------
    FeedError
        No such file, format, time zone or column; any bad row in strict mode; rows, and none of them good.
    """
    if time_unit is not None and time_unit not in UNITS:
        raise FeedError(f"time_unit (={time_unit!r}) must be one of {', '.join(UNITS)}")
    times = Times(zone(timezone or "UTC"), time_unit)
    kinds: dict[str, Column] = {
        "time": times,
        "location": Ids(),
        "sku": Ids(),
        "quantity": Quantities(),
        "price": Prices(),
        "basket": Ids(optional=True),
    }
    return read_kinds(Path(path), columns or {}, kinds, NAMES, required, strict=strict)


def read_kinds(
    path: Path,
    columns: Mapping[str, str],
    kinds: Mapping[str, Column],
    known: Mapping[str, str],
    required: Sequence[str],
    *,
    strict: bool,
) -> Feed:
    """Read a feed of any columns: how each is read, and what it holds (for messages)."""
    reader = reader_of(path)
    bad, rows, tables = BadRows(), 0, []
    mapping = dict(columns)
    try:
        for batch in reader(path, mapping, required, known):
            tables.append(_typed(batch, kinds, mapping, bad))
            rows += len(batch.lines) + len(batch.refused)
    except (OSError, pa.ArrowInvalid) as problem:
        raise FeedError(f"{path}: cannot be read: {problem}") from problem
    _accept(path, bad, rows, strict)
    table = _finished(pa.concat_tables(tables).combine_chunks(), kinds)
    times = kinds["time"]
    return Feed(table, rows, bad.count, tuple(bad.listed), times.repeated if isinstance(times, Times) else 0)


def _typed(batch: Batch, kinds: Mapping[str, Column], mapping: Mapping[str, str], bad: BadRows) -> pa.Table:
    """Type a batch's columns, note its bad rows, and return the good ones."""
    typed, wrong = {}, {}
    for name, raw in batch.columns.items():
        typed[name], wrong[name] = kinds[name].read(raw)
    any_wrong = np.logical_or.reduce(list(wrong.values()))
    table = pa.table(typed)
    if not any_wrong.any() and not batch.refused:
        return table
    bad.extend(int(np.count_nonzero(any_wrong)) + len(batch.refused), wrong_rows(batch, kinds, mapping, wrong, any_wrong))
    return table.filter(pa.array(~any_wrong))


def wrong_rows(
    batch: Batch,
    kinds: Mapping[str, Column],
    mapping: Mapping[str, str],
    wrong: Mapping[str, NDArray[np.bool_]],
    any_wrong: NDArray[np.bool_],
) -> Iterator[BadRow]:
    """Yield the bad rows of a batch in the order of the file, with the first value that is wrong in each."""
    refused = iter(batch.refused)
    late = next(refused, None)
    for row in np.flatnonzero(any_wrong).tolist():
        line = int(batch.lines[row])
        while late is not None and late.line < line:
            yield late
            late = next(refused, None)
        name = next(name for name in wrong if wrong[name][row])
        value = batch.columns[name][row].as_py()
        yield BadRow(line, mapping.get(name, name), shorten(value), _reason(kinds[name], value))
    while late is not None:
        yield late
        late = next(refused, None)


def _finished(table: pa.Table, kinds: Mapping[str, Column]) -> pa.Table:
    columns = {name: table[name].combine_chunks() for name in table.column_names}
    for name, column in columns.items():
        kind = kinds[name]
        if isinstance(kind, Ids):
            columns[name] = kind.finish(column)
    return pa.table(columns)


def _reason(kind: Column, value: Any) -> str:
    try:
        kind.one(value)
    except ValueError as problem:
        return str(problem)
    return "cannot be read"


def _accept(path: Path, bad: BadRows, rows: int, strict: bool) -> None:
    if not bad.count or not (strict or bad.count == rows):
        return
    shown = "".join(f"\n  {row}" for row in bad.listed[:3])
    more = "" if bad.count <= 3 else f"\n  … and {bad.count - 3:,} more"
    verdict = (
        "refused (strict)" if bad.count < rows else "nothing can be read: is it the right mapping of columns?"
    )
    raise FeedError(f"{path}: {bad.count:,} of {rows:,} rows are bad, {verdict}{shown}{more}")


def reader_of(path: Path) -> Reader:
    """Return what reads the format of a file, which must be there."""
    if not path.exists():
        beside = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
        raise FeedError(f"{path}: no such file{nearest(path.name, beside)}")
    if path.is_dir():
        raise FeedError(f"{path}: is a folder; a feed is one file")
    suffix = path.with_suffix("").suffix if path.suffix in PACKED else path.suffix
    if suffix.lower() not in READERS:
        raise FeedError(f"{path}: format (={suffix!r}) must be one of {', '.join(READERS)}")
    return READERS[suffix.lower()]
