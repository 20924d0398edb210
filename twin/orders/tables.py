"""One table with the addresses of everything that orders touch, so that a part of the lane is called with a single argument.

The record and the book come first: what runs in production knows of no more. The world adds its own (``twin.fulfilment.tables``).
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numba import njit
from numpy.typing import NDArray

from twin.compiled import inlined
from twin.orders.state import Book, open_book
from twin.record.state import Record, open_record

Tables = NDArray[np.int64]
"""Rows of ``twin.memory.table_of``: those of the record, then those of the book, then any others."""

RECORD_ROWS, BOOK_ROWS = len(Record._fields), len(Book._fields)
BOOK_END = RECORD_ROWS + BOOK_ROWS

part = partial(njit, cache=True, nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""A part of a kernel that several others call: compiled once, not into each of them, which would take minutes. ``@part()``."""


@inlined()
def record_of(w: Tables) -> Record:
    """The record."""
    return open_record(w)


@inlined()
def book_of(w: Tables) -> Book:
    """The book."""
    return open_book(w[RECORD_ROWS:BOOK_END])
