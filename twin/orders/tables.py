"""One table with the addresses of everything that orders touch, so that a part of the lane is called with a single argument.

The record and the book come first: what runs in production knows of no more. The world adds its own (``twin.fulfilment.tables``).
"""

from __future__ import annotations

from typing import TypeAlias

from twin.memory import COLUMNS
from twin.orders.state import Book, open_book
from twin.parts import inlined
from twin.record.state import Record, open_record

Tables: TypeAlias = int
"""Address of a table of ``twin.memory.table_of``: the rows of the record, then those of the book, then any others. An address, not
an array: the references of an array would be counted at every call."""

RECORD_ROWS, BOOK_ROWS = len(Record._fields), len(Book._fields)
BOOK_END = RECORD_ROWS + BOOK_ROWS
ROW_BYTES = COLUMNS * 8


@inlined()
def record_of(w: Tables) -> Record:
    """The record."""
    return open_record(w)


@inlined()
def book_of(w: Tables) -> Book:
    """The book."""
    return open_book(w + RECORD_ROWS * ROW_BYTES)
