"""Handing many arrays to a kernel as one small table of addresses.

A call with twenty array arguments costs some 20 µs, and every use of one counts references. A kernel that gets the addresses of
a bundle instead rebuilds the arrays itself: the call costs under a microsecond and nothing is counted. The Python side keeps the
arrays alive for as long as their table is used.
"""

from __future__ import annotations

import mmap
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
_LARGE_PAGE, _MANY, _RESERVED, _MOST_RESERVED = 1 << 21, 1 << 22, 1 << 28, 1 << 31  # bytes
COLUMNS = 4  # address, then up to three lengths


def spread(size: int, kind: np.dtype[_Kind] | type[_Kind]) -> NDArray[_Kind]:
    """So many zeros that are read here and there: on large pages, where there are many and the system has such pages.

    Pages of 4 KiB of more than some MiB do not fit the processor's table of them, and nearly every read would look its page up in
    memory first. Memory that a process had in use before is not given to it as large pages again.
    """
    bytes_ = size * np.dtype(kind).itemsize
    if bytes_ < _MANY or not hasattr(mmap, "MADV_HUGEPAGE"):
        return np.zeros(size, kind)
    try:
        pages = mmap.mmap(-1, bytes_ + _LARGE_PAGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        pages.madvise(mmap.MADV_HUGEPAGE)
    except OSError:  # a system without them, or without so much memory: then NumPy says so
        return np.zeros(size, kind)
    memory = np.frombuffer(pages, np.uint8)
    start = -memory.ctypes.data % _LARGE_PAGE
    found: NDArray[_Kind] = memory[start : start + bytes_].view(kind)
    return found


def rows_of(size: int, kind: np.dtype[_Kind], reserved: int = 0) -> NDArray[_Kind]:
    """So many rows of zeros, the first of them at the start of a pair of cache lines, or at a multiple of its own size where that
    is larger and a power of two: none lies across two pairs, or two pages of memory, that could lie in one.

    NumPy's large arrays begin 16 bytes after one: half of all rows of 32 bytes would cost a second miss. ``reserved`` is how many
    bytes there shall be for more of them (see ``longer``).
    """
    unit = max(2 * CACHE_LINE, kind.itemsize if kind.itemsize.bit_count() == 1 else 0)
    spare = 2 * CACHE_LINE + unit
    try:
        memory = spread(max(size * kind.itemsize, reserved) + spare, np.uint8)
    except MemoryError:  # of addresses: some systems count them
        memory = spread(size * kind.itemsize + spare, np.uint8)
    start = -memory.ctypes.data % unit
    rows: NDArray[_Kind] = memory[start : start + size * kind.itemsize].view(kind)
    return rows


def beside(rows: NDArray[_Kind], kind: np.dtype[_Kind]) -> NDArray[_Kind]:
    """The rows that lie between those of ``rows_of``: both kinds are two cache lines long, of which each uses the first.

    What belongs together lies together: who looks at one of them has most of the way to the other.
    """
    memory = rows.base
    assert isinstance(memory, np.ndarray)
    assert kind.itemsize == rows.dtype.itemsize == 2 * CACHE_LINE
    start = rows.ctypes.data - memory.ctypes.data + CACHE_LINE
    found: NDArray[_Kind] = memory[start : start + rows.size * kind.itemsize].view(kind)
    return found


def _room_for(needed: int) -> int:
    """Bytes to reserve for rows that need so many: none where they are few, and no more than a system may be asked for."""
    return min(max(_RESERVED, 4 * needed), _MOST_RESERVED) if needed >= _MANY else 0


def longer(rows: NDArray[_Kind], size: int) -> NDArray[_Kind]:
    """At least so many rows, the first of them those of ``rows_of`` that there are, the others zeros.

    Many rows are moved but once or twice, to where there are addresses for many more. Addresses cost nothing until they are used,
    and moving a million rows would cost as much as half a day of what goes on in them.
    """
    if rows.size >= size:
        return rows
    kind, memory = rows.dtype, rows.base
    assert isinstance(memory, np.ndarray)
    start = rows.ctypes.data - memory.ctypes.data
    if start + size * kind.itemsize + CACHE_LINE <= memory.nbytes:
        return memory[start : start + size * kind.itemsize].view(kind)
    needed = size * kind.itemsize
    more = rows_of(size, kind, _room_for(needed))
    more[: rows.size] = rows
    return more


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
