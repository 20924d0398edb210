"""Available-to-promise: what the record lets a channel promise, in whole units.

All arguments are states of one cell (a stocked location and SKU) as the record has them.
"""

from __future__ import annotations

from policies.kernel import kernel

BASIS_POINTS = 10_000
"""To one; shares of stock are whole basis points, so that a cap is the same on every machine."""


@kernel
def available(on_hand: int, damaged: int, reserved: int) -> int:
    """Return what is on hand, saleable, and not promised to an order: on_hand − damaged − reserved.

    Examples
    --------
    >>> available(on_hand=12, damaged=1, reserved=4)
    7
    """
    return on_hand - damaged - reserved


@kernel
def promisable(free: int, soft: int, honours_soft: bool, safety: int) -> int:
    """Return what a channel may promise now (ATP): free − soft·[channel honours soft] − safety.

    Parameters
    ----------
    free : int
        :func:`available`.
    soft : int
        Units in carts, holds not yet expired.
    honours_soft : bool
        Whether the channel leaves to carts what they hold.
    safety : int
        Units held back from the channel.

    Returns
    -------
    int
        May be negative: the record has more promises than stock.

    Examples
    --------
    >>> promisable(7, 3, False, 1), promisable(7, 3, True, 1)
    (6, 3)
    """
    return free - (soft if honours_soft else 0) - safety


@kernel
def promisable_by(now: int, inbound_due: int, backordered: int) -> int:
    """Return what may be promised by a time: ATP now + inbound due by then − backordered.

    Examples
    --------
    >>> promisable_by(now=0, inbound_due=24, backordered=4)
    20
    """
    return now + inbound_due - backordered


@kernel
def position(on_hand: int, damaged: int, inbound: int, reserved: int, backordered: int) -> int:
    """Return the inventory position: on_hand − damaged + inbound − reserved − backordered.

    Examples
    --------
    >>> position(on_hand=12, damaged=1, inbound=24, reserved=4, backordered=0)
    31
    """
    return on_hand - damaged + inbound - reserved - backordered


@kernel
def soft_cap(free: int, safety: int, oversell: int) -> int:
    """Return how many units of a cell may be in carts at once.

    Parameters
    ----------
    free, safety : int
        :func:`available`, and what is held back from the channel.
    oversell : int
        By how much carts may exceed what is there, basis points.

    Examples
    --------
    Ten units and 10 % make eleven:

    >>> soft_cap(10, 0, 1000), soft_cap(9, 0, 1000), soft_cap(-2, 0, 1000)
    (11, 9, 0)
    """
    there = max(0, free - safety)
    return there + there * oversell // BASIS_POINTS
