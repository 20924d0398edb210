"""Handing many arrays to a kernel as one small table of addresses.

A call with twenty array arguments costs some 20 µs, and every use of one counts references. A kernel that gets the addresses of
a bundle instead rebuilds the arrays itself: the call costs under a microsecond and nothing is counted. The Python side keeps the
arrays alive for as long as their table is used.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

# One record of a structured array, such as ``rows[i]``: numba knows its fields; numpy's type for it, ``np.void``, none.
Row: TypeAlias = Any

_Kind = TypeVar("_Kind", bound=np.generic)
CACHE_LINE = 64  # bytes
COLUMNS = 4  # address, then up to three lengths


def rows_of(size: int, kind: np.dtype[_Kind]) -> NDArray[_Kind]:
    """So many rows of zeros, the first of them at the start of a cache line: none lies across two that could lie in one.

    NumPy's large arrays begin 16 bytes after one: half of all rows of 32 bytes would cost a second miss.
    """
    memory = np.zeros(size * kind.itemsize + CACHE_LINE, np.uint8)
    start = -memory.ctypes.data % CACHE_LINE
    rows: NDArray[_Kind] = memory[start : start + size * kind.itemsize].view(kind)
    return rows


def table_of(arrays: Iterable[NDArray[Any]]) -> NDArray[np.int64]:
    """A row (address, lengths) for each array, in the order given; shape (arrays, 4)."""
    bundle = list(arrays)
    table = np.zeros((len(bundle), COLUMNS), np.int64)
    for i, array in enumerate(bundle):
        if not array.flags.c_contiguous or array.ndim > COLUMNS - 1:
            raise ValueError(
                f"array {i} of the bundle must be contiguous with at most 3 dimensions, not {array.shape}"
            )
        table[i, 0] = array.ctypes.data
        table[i, 1 : 1 + array.ndim] = array.shape
    return table


@intrinsic
def pointer(typing_context: Any, address: Any) -> Any:
    """An address as a pointer, for ``numba.carray``."""
    signature = types.voidptr(types.int64)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        from numba.core import cgutils

        return builder.inttoptr(args[0], cgutils.voidptr_t)

    return signature, codegen
