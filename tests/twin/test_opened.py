"""Arrays behind a table of addresses, as kernels see them: any kind and number of dimensions, and no index from the end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from twin import opened
from twin.compiled import compiled
from twin.memory import table_of
from twin.opened import array_at, rows_from

ROW = np.dtype([("units", np.int32), ("place", np.int16), ("time", np.int64)], align=True)


@compiled()
def reverse_and_add(table: NDArray[np.int64], address: int, more: int) -> int:
    """Turn around the rows of the first array, add to all cells of the others; returns the sum of all sizes."""
    rows, flat = array_at(table, 0, ROW, 1), array_at(address, 1, np.int64, 1)
    plane, space = array_at(table, 2, np.float64, 2), array_at(address, 3, np.int16, 3)
    for i in range(rows.size // 2):
        j = rows.size - 1 - i
        rows[i].time, rows[j].time = rows[j].time, rows[i].time
        rows[i].units += more
    for i in range(flat.size):
        flat[i] += more
    for i in range(plane.shape[0]):
        for j in range(plane.shape[1]):
            plane[i, j] += more
    for i in range(space.shape[0]):
        row = space[i]
        for j in range(space.shape[1]):
            for k in range(space.shape[2]):
                row[j, k] += more
    return int(rows.size + flat[1:].size + plane.size + space.size)


@compiled()
def total_of_rows(table: NDArray[np.int64], first: int, many: int) -> int:
    """The sum of some rows, each cell times its place."""
    rows, found = rows_from(array_at(table, 0, np.int64, 2), first, many), 0
    for i in range(rows.shape[0]):
        for j in range(rows.shape[1]):
            found += rows[i, j] * (1 + i * rows.shape[1] + j)
    return found


@given(st.integers(1, 6), st.integers(1, 4), st.data())
def test_some_rows_of_an_array(rows: int, columns: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, rows))
    many = data.draw(st.integers(0, rows - first))
    array = np.random.default_rng(rows).integers(-99, 99, (rows, columns))
    part = array[first : first + many].reshape(-1)
    assert total_of_rows(table_of([array]), first, many) == (part * np.arange(1, part.size + 1)).sum()


@given(st.tuples(*[st.integers(1, 5)] * 7), st.integers(-9, 9))
def test_a_kernel_reads_and_writes_what_lies_behind_a_table(lengths: tuple[int, ...], more: int) -> None:
    a, b, c, d, e, f, g = lengths
    rng = np.random.default_rng(sum(lengths))
    rows, flat = np.zeros(a, ROW), rng.integers(0, 99, b)
    plane, space = rng.random((c, d)), rng.integers(0, 99, (e, f, g)).astype(np.int16)
    rows["time"], rows["units"] = rng.integers(0, 99, a), rng.integers(0, 99, a)
    arrays: list[NDArray[Any]] = [rows, flat, plane, space]
    before = [array.copy() for array in arrays]
    table = table_of(arrays)
    assert reverse_and_add(table, table.ctypes.data, more) == a + b - 1 + plane.size + space.size
    assert rows["time"].tolist() == before[0]["time"][::-1].tolist()
    added = np.where(np.arange(a) < a // 2, more, 0)
    assert rows["units"].tolist() == (before[0]["units"] + added).tolist()
    for now, then in zip(arrays[1:], before[1:], strict=True):
        np.testing.assert_array_equal(now, then + more)


CHECKED = """
import numpy as np
from numba import njit
from twin.memory import table_of
from twin.opened import array_at, rows_from

@njit
def at(table, i):
    return array_at(table, 0, np.int64, 1)[i]

mine = np.arange(3)
table = table_of([mine])
print(at(table, 2))
for i in (-1, 3):
    try:
        print(at(table, i))
    except IndexError as error:
        print(error)

@njit
def some(table, first, many):
    return rows_from(array_at(table, 0, np.int64, 1), first, many).size

print(some(table, 1, 2))
for first, many in ((-1, 1), (2, 2)):
    try:
        print(some(table, first, many))
    except IndexError as error:
        print(error)
"""


def test_with_bounds_checks_an_index_from_the_end_is_an_error() -> None:
    root = Path(opened.__file__).parent.parent
    environment = {**os.environ, "NUMBA_BOUNDSCHECK": "1", "PYTHONPATH": str(root)}
    ran = subprocess.run([sys.executable, "-c", CHECKED], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines() == ["2", *["index is out of bounds"] * 2] * 2
