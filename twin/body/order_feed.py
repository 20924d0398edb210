"""What a book of orders heard, kept in a file beside the log of events."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twin.orders.state import MESSAGE

FILE = "orders.parquet"  # beside events.parquet in the folder of a run's events
_EVENTS = "events.parquet"


def write_messages(messages: NDArray[np.void], path: Path) -> None:
    """Write what a book heard to a Parquet file: aside, then renamed."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    assert MESSAGE.names is not None
    table = pa.table({name: messages[name] for name in MESSAGE.names})
    aside = path.with_name(f".{path.name}.part")
    pq.write_table(table, aside)
    os.replace(aside, path)


def _beside(feed: Path) -> Path:
    """Where the orders of a feed are: in its folder, or beside its file under the name that a run folder gives both."""
    if feed.is_dir():
        inside = sorted(feed.glob(f"*{FILE}"))
        return inside[0] if len(inside) == 1 else feed / FILE
    named = feed.with_name(f"{feed.name.removesuffix(_EVENTS)}{FILE}")
    return named if feed.name.endswith(_EVENTS) and named.exists() else feed.parent / FILE


def read_messages(feed: Path) -> NDArray[np.void] | None:
    """The orders beside a feed of events, where there are any: those of a run's ``events`` folder."""
    path = _beside(feed)
    if not path.exists():
        return None
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    assert MESSAGE.names is not None
    rows = np.zeros(table.num_rows, MESSAGE)
    for name in MESSAGE.names:
        rows[name] = table[name].to_numpy()
    return rows


