"""The life of a reservation, as a table: which event leads from which state to which, and what each state holds.

A reservation begins in one of three states and ends in one of five. No event leads out of an end, so that it ends
once: an expiry that comes due after the payment finds ``CONVERTED`` and is refused. What a state holds of the
record's counters is in one table as well; a transition changes a counter by the difference of its two states, so
that over a whole life every counter comes back to where it was.
"""

from __future__ import annotations

from typing import Final

from policies.kernel import kernel

# States.
HELD: Final = 0  # soft: in a cart
RESERVED: Final = 1  # hard: promised to an order, from stock
BACKORDERED: Final = 2  # promised to an order, without stock
CONVERTED: Final = 3  # a cart's hold, replaced by a promise to the order
SHIPPED: Final = 4
RELEASED: Final = 5  # given up by who held it: an emptied cart, an order routed elsewhere
EXPIRED: Final = 6
CANCELLED: Final = 7
STATES: Final = (
    "held",
    "reserved",
    "backordered",
    "converted",
    "shipped",
    "released",
    "expired",
    "cancelled",
)
BEGINS: Final = (HELD, RESERVED, BACKORDERED)
ENDS: Final = (CONVERTED, SHIPPED, RELEASED, EXPIRED, CANCELLED)

# Events.
CONVERT: Final = 0  # the order of this cart is placed
SHIP: Final = 1  # the units have left the shelf
RELEASE: Final = 2
EXPIRE: Final = 3
CANCEL: Final = 4
ALLOCATE: Final = 5  # stock has come for a backorder
EVENTS: Final = ("convert", "ship", "release", "expire", "cancel", "allocate")

REFUSED: Final = -1
"""The event cannot happen to a reservation in that state; nothing changes."""

# A row a state, a column an event.
_TRANSITIONS: Final = (
    CONVERTED, REFUSED, RELEASED, EXPIRED, REFUSED, REFUSED,  # held
    REFUSED, SHIPPED, RELEASED, EXPIRED, CANCELLED, REFUSED,  # reserved
    REFUSED, REFUSED, RELEASED, REFUSED, CANCELLED, RESERVED,  # backordered
) + 5 * 6 * (REFUSED,)  # fmt: skip

# What a unit in that state counts in the record's soft, reserved and backordered.
_SOFT: Final = (1, 0, 0, 0, 0, 0, 0, 0)
_RESERVED: Final = (0, 1, 0, 0, 0, 0, 0, 0)
_BACKORDERED: Final = (0, 0, 1, 0, 0, 0, 0, 0)


@kernel
def follow(state: int, event: int) -> int:
    """Return the state after an event, or ``REFUSED``.

    Examples
    --------
    >>> STATES[follow(HELD, CONVERT)], STATES[follow(BACKORDERED, ALLOCATE)]
    ('converted', 'reserved')
    >>> follow(CONVERTED, EXPIRE) == REFUSED
    True
    """
    return _TRANSITIONS[state * 6 + event]


@kernel
def has_ended(state: int) -> bool:
    """Whether a state is an end."""
    return state >= CONVERTED


@kernel
def soft_change(before: int, after: int, units: int) -> int:
    """Return by how much the record's soft units change; ``before`` is ``REFUSED`` for one that begins.

    Examples
    --------
    >>> soft_change(REFUSED, HELD, 3), soft_change(HELD, EXPIRED, 3), soft_change(RESERVED, SHIPPED, 3)
    (3, -3, 0)
    """
    return units * (_SOFT[after] - (_SOFT[before] if before >= 0 else 0))


@kernel
def reserved_change(before: int, after: int, units: int) -> int:
    """Return by how much the record's reserved units change.

    Examples
    --------
    >>> reserved_change(BACKORDERED, RESERVED, 2), reserved_change(RESERVED, CANCELLED, 2)
    (2, -2)
    """
    return units * (_RESERVED[after] - (_RESERVED[before] if before >= 0 else 0))


@kernel
def backordered_change(before: int, after: int, units: int) -> int:
    """Return by how much the record's backordered units change.

    Examples
    --------
    >>> backordered_change(REFUSED, BACKORDERED, 2), backordered_change(BACKORDERED, RESERVED, 2)
    (2, -2)
    """
    return units * (_BACKORDERED[after] - (_BACKORDERED[before] if before >= 0 else 0))


@kernel
def converts(now: int, expires: int) -> bool:
    """Whether a payment still finds its hold: at the very instant of expiry it does.

    Examples
    --------
    >>> [converts(now, expires=100) for now in (99, 100, 101)]
    [True, True, False]
    """
    return now <= expires


@kernel
def is_due(now: int, expires: int) -> bool:
    """Whether a reservation expires now; asked after the payments of the same instant.

    Examples
    --------
    >>> [is_due(now, expires=100) for now in (99, 100, 101)]
    [False, True, True]
    """
    return now >= expires
