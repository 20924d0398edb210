"""The log of decisions: a digest that proves what was decided, and columns that say why."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.decisions import VERSION, CountRequest, Order

if TYPE_CHECKING:
    import pyarrow as pa

KINDS = ("purchase", "transfer", "count")
_PURCHASE, _TRANSFER, _COUNT = range(3)
COUNTING = "after_empty_pick"  # in the place of a policy's name

# Column, type, meaning. docs/events.md and docs/decisions.schema.json follow this list.
COLUMNS = (
    ("order", "int64", "number of the decision, from 1; its lines share it"),
    ("time", "int64", "when it was decided, µs since the epoch"),
    ("complete_to", "int64", "instant up to which the record was held to be complete, µs since the epoch"),
    ("rule", "int32", "index of the rule in the scenario: of `policies.reorder`, of a count of `inventory.count`"),
    ("policy", "string", "its name; of a count `after_empty_pick`"),
    ("kind", "string", "purchase (from a supplier), transfer (from a location of ours) or count (what is there is to be counted)"),
    ("origin", "string", "who ships; of a count where"),
    ("destination", "string", "who receives; of a count where"),
    ("sku", "string", "what"),
    ("units", "int32", "how many; of a count 0"),
    ("position", "int32", "inventory position it was decided on"),
)
_ROWS_A_SEGMENT = 1 << 18


class _Rows(NamedTuple):
    """A decision as rows of the log; arrays have one entry a line."""

    number: int
    time: int
    complete_to: int
    rule: int
    kind: int
    origin: int
    destination: int
    skus: NDArray[np.int32]
    units: NDArray[np.int32]
    position: NDArray[np.int32]


class DecisionLog:
    """Takes decisions as they are made; writes them to a Parquet file where one is wanted.

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
        self._decisions: list[_Rows] = []
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
            kind = _PURCHASE if order.is_purchase else _TRANSFER
            self._keep(
                _Rows(
                    order.number, order.time, order.complete_to, order.rule, kind, order.origin, order.destination, order.skus,
                    order.units, order.position,
                )
            )  # fmt: skip

    def count(self, request: CountRequest) -> None:
        """Note a request to count."""
        head = struct.pack(
            "<7q", request.number, request.time, request.due, request.location, request.rule, request.complete_to,
            request.cells.size,
        )  # fmt: skip
        self._digest.update(b"count" + head)
        for column in (request.cells, request.position):
            self._digest.update(np.ascontiguousarray(column).data)
        self.lines += request.cells.size
        if self._path is not None:
            at = request.location
            self._keep(
                _Rows(
                    request.number, request.time, request.complete_to, request.rule, _COUNT, at, at, request.skus,
                    np.zeros_like(request.cells), request.position,
                )
            )  # fmt: skip

    def _keep(self, rows: _Rows) -> None:
        self._decisions.append(rows)
        self._rows += rows.units.size
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
        self._decisions, self._rows = [], 0

    def _table(self) -> pa.Table:
        import pyarrow as pa

        kept = self._decisions
        sizes = [rows.units.size for rows in kept]

        def each(values: list[Any], kind: Any) -> Any:
            return np.repeat(np.array(values, kind), sizes)

        def coded(indices: Any, names: list[str]) -> Any:
            return pa.DictionaryArray.from_arrays(
                pa.array(indices.astype(np.int32)), pa.array(names, pa.string())
            )

        def joined(name: str, kind: Any) -> Any:
            return np.concatenate([getattr(rows, name) for rows in kept] or [np.zeros(0, kind)]).astype(
                kind
            )

        places, skus, rules = self._names
        names = [len(rules) if rows.kind == _COUNT else rows.rule for rows in kept]
        columns = {name: _constant(value, sum(sizes)) for name, value in self._first}
        columns |= {
            "order": each([rows.number for rows in kept], np.int64),
            "time": each([rows.time for rows in kept], np.int64),
            "complete_to": each([rows.complete_to for rows in kept], np.int64),
            "rule": each([rows.rule for rows in kept], np.int32),
            "policy": coded(each(names, np.int32), [*rules, COUNTING]),
            "kind": coded(each([rows.kind for rows in kept], np.int32), list(KINDS)),
            "origin": coded(each([rows.origin for rows in kept], np.int32), places),
            "destination": coded(each([rows.destination for rows in kept], np.int32), places),
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
