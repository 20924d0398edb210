"""Recorded feeds of events, as `twin.events` names their columns: Parquet, CSV and JSON Lines.

What cannot be read is counted, listed by line and left out; nothing is rounded or cut to fit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from adapters.blocks import Batch
from adapters.feeds import reader_of, wrong_rows
from adapters.localtime import SPAN
from adapters.problems import BadRows, FeedError
from adapters.values import Column, Ids, Wholes
from twin.events import COLUMNS, MOST_UNITS, OPTIONAL, SOURCE_OF, Kind

__all__ = ["Recorded", "read_events"]

REQUIRED = tuple(name for name, _, _ in COLUMNS if name not in OPTIONAL)
UNSAID = -1
"""Stands in ``source`` and ``line`` where a row leaves them out; ``round``, ``event_round`` and ``other`` are 0 then."""

_MOMENT = "µs since the epoch, a whole number of the years 1970 to 2199"
_ROUND = f"a whole number from 0 to {2**15 - 1:,}"
_UNITS = f"whole units from 0 to {MOST_UNITS:,}"


def _kinds() -> dict[str, Column]:
    kinds, sources = sorted(Kind), sorted(set(SOURCE_OF.values()))
    return {
        "record_time": Wholes(SPAN[0], SPAN[1] - 1, _MOMENT),
        "round": Wholes(0, 2**15 - 1, _ROUND, absent=0),
        "event_time": Wholes(SPAN[0], SPAN[1] - 1, _MOMENT),
        "event_round": Wholes(0, 2**15 - 1, _ROUND, absent=0),
        "kind": Wholes(kinds[0], kinds[-1], ", ".join(f"{int(k)} ({k.name.lower()})" for k in kinds)),
        "source": Wholes(sources[0], sources[-1], ", ".join(f"{int(s)} ({s.name.lower()})" for s in sources), absent=UNSAID),
        "sequence": Wholes(-(2**62), 2**62, "a whole number of up to 18 digits"),
        "line": Wholes(0, 2**31 - 1, f"a whole number from 0 to {2**31 - 1:,}", absent=UNSAID),
        "location": Ids(),
        "sku": Ids(),
        "units": Wholes(0, MOST_UNITS, _UNITS),
        "other": Wholes(0, MOST_UNITS, _UNITS, absent=0),
    }


@dataclass(frozen=True)
class Recorded:
    """A recorded feed of events, typed.

    Attributes
    ----------
    path
        The file that was read.
    table
        The rows that can be read, in the order of the file: ``location`` and ``sku`` dictionary-coded, all else
        int64; those of the columns that the file has. What a row may leave out is `UNSAID` or 0.
    lines
        (n,) line of each (in Parquet: row), from 1.
    mapping
        Our name → the file's.
    rows_read
        Rows of the file, good and bad.
    bad
        Those that cannot be read.
    """

    path: Path
    table: pa.Table
    lines: NDArray[np.int64]
    mapping: Mapping[str, str]
    rows_read: int
    bad: BadRows


def read_events(path: Path, columns: Mapping[str, str]) -> Recorded:
    """Read a recorded feed of events.

    Parameters
    ----------
    path
        A file, or the ``events`` folder of a run with one replication.
    columns
        Our name → the file's, where they differ.

    Raises
    ------
    FeedError
        No such file, format or column.
    """
    path = _file_of(path)
    known, mapping = {name: text for name, _, text in COLUMNS}, dict(columns)
    kinds = _kinds()
    bad, rows, tables, lines = BadRows(), 0, [], []
    try:
        for batch in reader_of(path)(path, mapping, REQUIRED, known):
            table, good = _typed(batch, kinds, mapping, bad)
            tables.append(table)
            lines.append(batch.lines[good])
            rows += len(batch.lines) + len(batch.refused)
    except (OSError, pa.ArrowInvalid) as problem:
        raise FeedError(f"{path}: cannot be read: {problem}") from problem
    whole = pa.concat_tables(tables).combine_chunks()
    arrays = {name: whole[name].combine_chunks() for name in whole.column_names}
    arrays = {
        name: kind.finish(array) if isinstance(kind := kinds[name], Ids) else array for name, array in arrays.items()
    }
    return Recorded(path, pa.table(arrays), np.concatenate(lines), mapping, rows, bad)


# What the book of orders heard goes with the feed beside it; views nobody hears.
_BESIDE = ("orders.parquet", "views.parquet")


def _is_beside(name: str) -> bool:
    """Whether a file goes with a feed, by itself or as that of a replication."""
    return name in _BESIDE or name.endswith(tuple(f"-{beside}" for beside in _BESIDE))


def _file_of(path: Path) -> Path:
    if not path.is_dir():
        return path
    inside = sorted(file for file in path.glob("*.parquet") if not _is_beside(file.name))
    if len(inside) == 1:
        return inside[0]
    names = ", ".join(file.name for file in inside[:5])
    raise FeedError(f"{path}: holds {len(inside)} .parquet files; name one of them" + (f": {names}" if names else ""))


def _typed(
    batch: Batch, kinds: Mapping[str, Column], mapping: Mapping[str, str], bad: BadRows
) -> tuple[pa.Table, NDArray[np.bool_]]:
    """The batch's good rows, typed, and which they are; the bad ones are noted."""
    typed, wrong = {}, {}
    for name, raw in batch.columns.items():
        typed[name], wrong[name] = kinds[name].read(raw)
    any_wrong = np.logical_or.reduce(list(wrong.values()))
    if any_wrong.any() or batch.refused:
        count = int(np.count_nonzero(any_wrong)) + len(batch.refused)
        bad.extend(count, wrong_rows(batch, kinds, mapping, wrong, any_wrong))
    return pa.table(typed).filter(pa.array(~any_wrong)), ~any_wrong

