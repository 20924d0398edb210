"""Parquet feeds: batches of rows, only the columns that are wanted."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from adapters.blocks import Batch
from adapters.columns import NAMES, chosen
from adapters.problems import FeedError

ROWS = 1 << 20


def batches(
    path: Path, mapping: Mapping[str, str], required: Sequence[str], known: Mapping[str, str] = NAMES
) -> Iterator[Batch]:
    """Yield a Parquet file's rows; a row's line is its number from 1."""
    try:
        file = pyarrow.parquet.ParquetFile(path)
    except pa.ArrowInvalid as problem:
        raise FeedError(f"{path}: is not a whole Parquet file: {problem}") from None
    with file:
        columns = chosen(path, mapping, required, file.schema_arrow.names, known)
        before = 0
        if not file.metadata.num_rows:
            empty = file.schema_arrow.empty_table()
            yield Batch(
                {ours: empty[theirs].combine_chunks() for ours, theirs in columns.items()}, np.arange(0), []
            )
        for rows in file.iter_batches(batch_size=ROWS, columns=list(columns.values())):
            arrays = {ours: rows.column(theirs) for ours, theirs in columns.items()}
            yield Batch(arrays, np.arange(before + 1, before + 1 + rows.num_rows), [])
            before += rows.num_rows
