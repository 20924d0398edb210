"""The world's share of the table of addresses: fulfilment, shelves and operations, behind record and book."""

from __future__ import annotations

from twin.fulfilment.state import Fulfilment, open_fulfilment
from twin.orders.tables import BOOK_END, ROW_BYTES, Tables
from twin.parts import inlined
from twin.world.state import Operations, Shelves, open_operations, open_shelves

_SHELVES = BOOK_END + len(Fulfilment._fields)
_OPERATIONS = _SHELVES + len(Shelves._fields)


@inlined()
def fulfilment_of(w: Tables) -> Fulfilment:
    """What is under way in the world."""
    return open_fulfilment(w + BOOK_END * ROW_BYTES)


@inlined()
def shelves_of(w: Tables) -> Shelves:
    """The shelves."""
    return open_shelves(w + _SHELVES * ROW_BYTES)


@inlined()
def operations_of(w: Tables) -> Operations:
    """What is due at the tills."""
    return open_operations(w + _OPERATIONS * ROW_BYTES)
