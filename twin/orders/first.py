"""Where a customer's wish is tried first: the first candidate of the zone that ranges the SKU, or the store of the pickup.

That hangs on no state, so that it is found for all carts of a stretch of days before their clock starts.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from policies.routing.columns import LOCATION
from twin.compiled import compiled
from twin.orders.state import NONE, Book, open_book
from twin.orders.stock import cell_of, first_ranging
from twin.parts import inlined

# Of a line of a cart.
FIRST = np.dtype(
    [
        ("cell", np.int32),  # NONE where nobody ranges it
        ("location", np.int16),
        ("place", np.int16),  # among the candidates of the zone; how many they are where nobody ranges it
    ],
    align=True,
)


class First(NamedTuple):
    """A row of FIRST."""

    cell: int
    location: int
    place: int


@inlined()
def first_choice(book: Book, zone: int, pickup: int, sku: int) -> First:
    """Where a hold is tried first."""
    if pickup != NONE:
        return First(cell_of(book, pickup, sku), pickup, 0)
    first, end = book.candidate_first[zone], book.candidate_first[zone + 1]
    place = first_ranging(book, zone, sku)
    cell: int = NONE
    location: int = NONE
    while first + place < end and cell == NONE:  # assortments may be too many to be told apart
        location = book.candidates[first + place, LOCATION]
        cell = cell_of(book, location, sku)
        if cell == NONE:
            place += 1
    return First(cell, location, place)


@compiled()
def find_first(book_table: NDArray[np.int64], carts: NDArray[np.void], wanted: NDArray[np.void], found: NDArray[np.void]) -> None:
    """The first choice for each line of ``carts`` (closed by a row that is never due), into ``found``, by row of ``wanted``."""
    book = open_book(book_table)
    for i in range(carts.size - 1):
        cart = carts[np.uintp(i)]
        for k in range(cart.first, cart.first + cart.lines):
            first = first_choice(book, cart.zone, cart.pickup, wanted[np.uintp(k)].sku)
            row = found[np.uintp(k)]
            row.cell, row.location, row.place = first.cell, first.location, first.place
