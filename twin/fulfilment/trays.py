"""Trays: four pieces that lie together, in one page of memory; a customer at the checkout fills the place of the first one.

What a customer wants and what a shipment holds are chains of pieces, most of which fill no second tray. A unit that comes back, or
is put back, has a tray of its own.
"""

from __future__ import annotations

from twin.fulfilment.state import TRAY, Fulfilment, Hold
from twin.intrinsics import prefetch
from twin.orders.state import NONE
from twin.parts import inlined

_FREE_TRAYS, _TRAYS_LEFT = int(Hold.FREE_TRAYS), int(Hold.TRAYS_LEFT)


@inlined()
def take_tray(of: Fulfilment) -> int:
    """A free tray."""
    tray: int = of.control[_FREE_TRAYS]
    following = of.sessions[tray].next
    of.control[_FREE_TRAYS] = following
    of.control[_TRAYS_LEFT] -= 1
    prefetch(of.sessions, following)
    prefetch(of.pieces, following * TRAY + TRAY // 2)
    return tray


@inlined()
def give_tray(of: Fulfilment, tray: int) -> None:
    """A tray is done with, and whatever lies on it."""
    of.sessions[tray].next = of.control[_FREE_TRAYS]
    of.control[_FREE_TRAYS] = tray
    of.control[_TRAYS_LEFT] += 1


@inlined()
def take_piece(of: Fulfilment, after: int) -> int:
    """A free row of a piece: the one behind ``after`` on its tray, or where there is none, or ``after`` is NONE, on a new one.

    ``after`` is the piece that whoever it is for took last, or the customer's own row.
    """
    behind = after + 1
    if after != NONE and behind % TRAY != 0:
        return behind
    return take_tray(of) * TRAY


@inlined()
def give_piece(of: Fulfilment, piece: int) -> None:
    """A piece is done with; its tray is, with the first one of it."""
    if piece % TRAY == 0:
        give_tray(of, piece // TRAY)


@inlined()
def give_pieces(of: Fulfilment, piece: int) -> None:
    """A chain of pieces is done with; the last one of each tray comes first."""
    while piece != NONE:
        after = of.pieces[piece].next
        give_piece(of, piece)
        piece = after
