"""Parquet files of a run: written compressed, and joined over replications without ever holding them all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from twin.runs.durable import aside

if TYPE_CHECKING:
    import pyarrow as pa

COMPRESSION = "zstd"
BATCH_ROWS = 1 << 20
LABELS = ("variant", "replication")
Source = tuple[Path, str, int]  # file, variant, replication


def write_table(path: Path, table: pa.Table) -> None:
    """Write `table` to `path`, whole or not at all."""
    import pyarrow.parquet as pq

    with aside(path) as part:
        pq.write_table(table, part, compression=COMPRESSION)


def join(sources: Iterable[Source], target: Path) -> int:
    """Put the tables of many replications one after another, variant and replication in front of each row.

    Parameters
    ----------
    sources
        (file, variant, replication), in the order wanted; files that are not there are passed over.
    target
        Written whole or not at all; not written when there is no source.

    Returns
    -------
    int
        Rows written.

    Notes
    -----
    A single table that has these columns already is taken as it is, without being written again.
    """
    import pyarrow.parquet as pq

    present = [source for source in sources if source[0].is_file()]
    if len(present) == 1 and tuple(pq.read_schema(present[0][0]).names[:2]) == LABELS:
        return _take(present[0][0], target)
    schema, tables = labelled(present)
    if schema is None:
        return 0
    rows = 0
    with aside(target) as part, pq.ParquetWriter(part, schema, compression=COMPRESSION) as writer:
        for table in tables:
            writer.write_table(table)
            rows += table.num_rows
    return rows


def labelled(sources: Iterable[Source]) -> tuple[pa.Schema | None, Iterator[pa.Table]]:
    """The common schema of the sources that are there (None: none is) and their rows, some at a time."""
    import pyarrow.parquet as pq

    present = [(path, variant, number) for path, variant, number in sources if path.is_file()]
    if not present:
        return None, iter(())
    schema = _labelled_schema([pq.read_schema(path) for path, _, _ in present])
    return schema, (table for source in present for table in _labelled(*source, schema))


def _take(source: Path, target: Path) -> int:
    import pyarrow.parquet as pq

    with aside(target) as part:
        try:
            os.link(source, part)
        except OSError:  # no links on this file system
            shutil.copyfile(source, part)
    return int(pq.read_metadata(target).num_rows)


def _labelled_schema(schemas: Sequence[pa.Schema]) -> pa.Schema:
    """The common schema of all sources, with the two labels in front."""
    import pyarrow as pa

    plain = pa.unify_schemas(list(schemas), promote_options="permissive")
    fields = [
        pa.field("variant", pa.dictionary(pa.int32(), pa.string())),
        pa.field("replication", pa.int32()),
    ]
    return pa.schema(fields + [field for field in plain if field.name not in LABELS])


def _labelled(path: Path, variant: str, number: int, schema: pa.Schema) -> Iterator[pa.Table]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(BATCH_ROWS):
            n = batch.num_rows
            columns = {name: batch.column(name) for name in batch.schema.names}
            columns["variant"] = pa.DictionaryArray.from_arrays(
                pa.repeat(pa.scalar(0, pa.int32()), n), [variant]
            )
            columns["replication"] = pa.repeat(pa.scalar(number, pa.int32()), n)
            missing = [field for field in schema if field.name not in columns]
            columns |= {field.name: pa.nulls(n, field.type) for field in missing}
            arrays = [columns[field.name].cast(field.type) for field in schema]
            yield pa.Table.from_arrays(arrays, schema=schema)
