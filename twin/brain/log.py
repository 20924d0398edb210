"""The log of decisions: a digest that proves what was decided, and columns that say why."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.decisions import VERSION, Order

if TYPE_CHECKING:
    import pyarrow as pa

KINDS = ("purchase", "transfer")

# Column, type, meaning. docs/events.md and docs/decisions.schema.json follow this list.
COLUMNS = (
    ("order", "int64", "number of the order, from 1; its lines share it"),
    ("time", "int64", "when it was decided, µs since the epoch"),
    ("complete_to", "int64", "instant up to which the record was held to be complete, µs since the epoch"),
    ("rule", "int32", "index of the reorder rule in the scenario"),
    ("policy", "string", "its name"),
    ("kind", "string", "purchase (from a supplier) or transfer (from a location of ours)"),
    ("origin", "string", "who ships"),
    ("destination", "string", "who receives"),
    ("sku", "string", "what"),
    ("units", "int32", "how many"),
    ("position", "int32", "inventory position it was decided on"),
)
_ROWS_A_SEGMENT = 1 << 18


class DecisionLog:
    """Takes orders as they are decided; writes them to a Parquet file where one is wanted.

    Parameters
    ----------
    names : locations, SKUs and policy names by rule, for the columns
    path : the file; None keeps the digest only
    first : columns (name, value) that every row starts with
    """

    def __init__(
        self,
        names: tuple[list[str], list[str], list[str]],
        path: Path | None,
        first: tuple[tuple[str, Any], ...] = (),
    ) -> None:
        self._names, self._path, self._first = names, path, first
        self._digest = hashlib.blake2b(f"decisions {VERSION}".encode(), digest_size=16)
        self._orders: list[Order] = []
        self._rows, self.lines = 0, 0
        self._writer: Any = None

    def add(self, order: Order) -> None:
        """Note an order."""
        head = struct.pack(
            "<7q", order.number, order.time, order.origin, order.destination, order.rule, order.complete_to, order.cells.size
        )
        self._digest.update(head)
        for column in (order.cells, order.units, order.position):
            self._digest.update(column.data)  # without a copy
        self.lines += order.cells.size
        if self._path is not None:
            self._orders.append(order)
            self._rows += order.cells.size
            if self._rows >= _ROWS_A_SEGMENT:
                self._write()

    def hexdigest(self) -> str:
        """Digest of all decisions so far."""
        return self._digest.hexdigest()

    def close(self) -> None:
        """Write what is left and finish the file, which is there even if nothing was decided."""
        if self._path is not None:
            self._write()
            self._writer.close()

    def _write(self) -> None:
        import pyarrow.parquet as pq

        table = self._table()
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, table.schema)
        self._writer.write_table(table)
        self._orders, self._rows = [], 0

    def _table(self) -> pa.Table:
        import pyarrow as pa

        orders = self._orders
        sizes = [order.cells.size for order in orders]

        def each(values: list[Any], kind: Any) -> Any:
            return np.repeat(np.array(values, kind), sizes)

        def coded(indices: Any, names: list[str]) -> Any:
            return pa.DictionaryArray.from_arrays(
                pa.array(indices.astype(np.int32)), pa.array(names, pa.string())
            )

        def joined(name: str, kind: Any) -> Any:
            return np.concatenate([getattr(order, name) for order in orders] or [np.zeros(0, kind)]).astype(
                kind
            )

        places, skus, rules = self._names
        rule = each([order.rule for order in orders], np.int32)
        count = sum(sizes)
        columns = {name: _constant(value, count) for name, value in self._first}
        columns |= {
            "order": each([order.number for order in orders], np.int64),
            "time": each([order.time for order in orders], np.int64),
            "complete_to": each([order.complete_to for order in orders], np.int64),
            "rule": rule,
            "policy": coded(rule, rules or [""]),
            "kind": coded(each([not order.is_purchase for order in orders], np.int32), list(KINDS)),
            "origin": coded(each([order.origin for order in orders], np.int32), places),
            "destination": coded(each([order.destination for order in orders], np.int32), places),
            "sku": coded(joined("skus", np.int32), skus),
            "units": joined("units", np.int32),
            "position": joined("position", np.int32),
        }
        return pa.table(columns)


def _constant(value: Any, count: int) -> Any:
    import pyarrow as pa

    if isinstance(value, str):
        return pa.DictionaryArray.from_arrays(
            pa.array(np.zeros(count, np.int32)), pa.array([value], pa.string())
        )
    return pa.array(np.full(count, value, np.int32))
