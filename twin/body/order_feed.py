"""What a book of orders heard, kept in a file beside the log of events."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twin.orders.state import MESSAGE

FILE = "orders.parquet"  # beside events.parquet in the folder of a run's events


def write_messages(messages: NDArray[np.void], path: Path) -> None:
    """Write what a book heard to a Parquet file: aside, then renamed."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    assert MESSAGE.names is not None
    table = pa.table({name: messages[name] for name in MESSAGE.names})
    aside = path.with_name(f".{path.name}.part")
    pq.write_table(table, aside)
    os.replace(aside, path)


def read_messages(feed: Path) -> NDArray[np.void] | None:
    """The orders beside a feed of events, where there are any: those of a run's ``events`` folder."""
    path = feed / FILE if feed.is_dir() else feed.parent / FILE
    if not path.exists():
        return None
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    assert MESSAGE.names is not None
    rows = np.zeros(table.num_rows, MESSAGE)
    for name in MESSAGE.names:
        rows[name] = table[name].to_numpy()
    return rows


