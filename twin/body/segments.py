"""A table that grows: Arrow segments while it does, Parquet when it is sealed.

A run that is killed leaves its segments readable; a sealed table is written aside and renamed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa


class Segments:
    """Appends rows to ``folder``, and at last makes ``<name>.parquet`` of them there."""

    def __init__(self, folder: Path, name: str, schema: pa.Schema) -> None:
        self._folder, self._name, self._schema, self._count = folder, name, schema, 0

    def write(self, columns: Mapping[str, NDArray[Any]], names: Mapping[str, Sequence[str]]) -> None:
        """Append rows, as a segment of their own; the values of the columns among ``names`` are numbers of these names."""
        import pyarrow as pa

        arrays = []
        for column in self._schema:
            values = columns[column.name]
            if column.name in names:
                coded = pa.array(values.astype(np.int32))
                arrays.append(pa.DictionaryArray.from_arrays(coded, pa.array(names[column.name], pa.string())))
            else:
                arrays.append(pa.array(values.astype(column.type.to_pandas_dtype())))
        batch = pa.RecordBatch.from_arrays(arrays, schema=self._schema)
        with pa.ipc.new_file(self._folder / f"{self._name}-{self._count:05d}.arrow", self._schema) as writer:
            writer.write_batch(batch)
        self._count += 1

    def seal(self) -> None:
        """Turn the segments into one Parquet file."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        aside, final = self._folder / f".{self._name}.parquet.part", self._folder / f"{self._name}.parquet"
        segments = sorted(self._folder.glob(f"{self._name}-*.arrow"))
        with pq.ParquetWriter(aside, self._schema) as writer:
            for segment in segments:
                with pa.ipc.open_file(segment) as reader:
                    writer.write_table(pa.Table.from_batches([reader.get_batch(i) for i in range(reader.num_record_batches)]))
        os.replace(aside, final)
        for segment in segments:
            segment.unlink()
