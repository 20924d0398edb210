"""The memory of the book of orders: packed rows for carts and orders, their lines and shipments, and what routing looks at.

A row of what comes and goes by the million is one cache line, a half of one, or two or four with what belongs to it
(``twin.memory.rows_of``): an order's life is bound by the memory that it touches.
"""

from __future__ import annotations

from enum import IntEnum, unique
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.opened import array_at
from twin.parts import inlined

NONE = -1  # of an index: nothing

# A cart, and the order that it becomes.
ORDER = np.dtype(
    [
        ("number", np.int64),  # permanent; 0 while the row is free
        ("placed", np.int64),  # µs; of a cart, when it asked for its hold
        ("due", np.int64),  # µs by the first promise; NEVER where none was made
        ("first", np.int32),  # its lines, linked
        ("next", np.int32),  # free list; of a cart, the timer of its hold
        ("day", np.int32),  # page of the tally: the day of placement
        ("open_lines", np.int32),  # lines that have not ended
        ("lines", np.int32),
        ("parcels", np.int32),  # shipments on their way or in a building
        ("shipments", np.int32),  # that it was split into so far
        ("zone", np.int16),
        ("pickup", np.int16),  # location where it is collected, or NONE
        ("attempts", np.int16),  # times it was routed
        ("flags", np.int16),
        ("stage", np.int8),  # of Stage
        ("own_lines", np.int8),  # of the lines that lie behind it, how many are taken
        ("lines_behind", np.int64, (24,)),  # OWN_LINES rows of LINE
    ],
    align=True,
)


class Stage(IntEnum):
    """What a row of ORDER stands for."""

    FREE = 0
    CART = 1
    PLACED = 2
    LENT = 3  # the lines behind it belong to orders of more lines than lie behind them


SHORTENED, CANCELLED_BY_CUSTOMER, CANCELLED_BY_RETAILER, SPLIT, WHOLE, LATE_SHIPMENT = 1, 2, 4, 8, 16, 32
TIMELY, PICKUP_CANCELLED, NOT_COLLECTED, NO_ROOM, HAS_SHIPPED = 64, 128, 256, 512, 1024
"""Flags of an order: a line of it will never come; the customer cancelled; the retailer did; more than one shipment of it left; it
counts as filled from stock at placement; a shipment of it came after the first promise; it counts as on time; as a pickup
cancelled; as one that nobody came for; what it lacks was turned away for want of room; a shipment of it left."""

# A line of a cart or an order; its state is that of its reservation (policies.reservation.life), UNROUTED between two of them.
LINE = np.dtype(
    [
        ("cell", np.int32),  # that it is held, reserved or backordered at; NONE
        ("sku", np.int32),
        ("units", np.int32),
        ("order", np.int32),
        ("next", np.int32),  # line of the order, or of the free list
        ("shipment", np.int32),
        ("next_of_shipment", np.int32),
        ("before", np.int32),  # in the queue of those who wait for the cell
        ("after", np.int32),
        ("stamp", np.int32),  # how often it was taken or given back; 0: never
        ("state", np.int16),
        ("place", np.int16),  # of the first candidate that ranges it, as far as that is known; NONE
        ("unused", np.int16),
        ("filled", np.int16),  # 1 while it counts as filled from stock at placement
        ("failed", np.int32),  # up to four locations that failed it, the last one first: it is not sent there again
        ("failed_before", np.int32),
        ("failed_earlier", np.int32),
        ("failed_first", np.int32),
    ],
    align=True,
)
OWN_LINES = 3
"""Lines that lie behind their order, in the same page of memory: most orders have no more. Line n of an order, from 1 on, is row
``order * (OWN_LINES + 1) + n`` of all lines; what would be line 0 is the order itself."""

UNROUTED = 8  # beside the states of policies.reservation.life

SHIPMENT = np.dtype(
    [
        ("number", np.int64),  # number of its order
        ("serial", np.int64),  # by which a timer knows that the row is still its own
        ("order", np.int32),
        ("first", np.int32),  # its lines, linked
        ("location", np.int32),
        ("missing", np.int32),  # lines that wait for stock
        ("units", np.int32),
        ("stage", np.int32),  # of Parcel
        ("next", np.int32),
        ("unused", np.int32, (5,)),  # fills a cache line
        ("beside", np.int64, (8,)),  # room for who fulfils it: twin.fulfilment.state.JOB
    ],
    align=True,
)


class Parcel(IntEnum):
    """How far a shipment has come, as the book knows it."""

    FREE = 0
    WAITING = 1  # for stock
    SENT = 2  # to the building
    SHIPPED = 3  # or ready for collection


# What the book knows of a location.
NODE = np.dtype(
    [
        ("first", np.int64),  # first cell
        ("size", np.int64),  # cells
        ("sheet", np.int64),  # row of `places`, or NONE where SKU i is its i-th cell
        ("ships_from", np.int64),  # µs between which it serves web orders
        ("ships_to", np.int64),
        ("most_orders", np.int64),  # on a local day
        ("most_units", np.int64),
        ("most_shipped", np.int64),  # orders of these that are shipped, not collected
        ("orders", np.int64),  # taken on this local day
        ("shipped", np.int64),
        ("units", np.int64),
        ("opens", np.int64),  # µs after local midnight; equal to `closes` where it is always open
        ("closes", np.int64),
        ("cut_off", np.int64),  # µs after local midnight, or negative
        ("zone", np.int64),  # row of `midnights`
        ("day", np.int64),  # local day that was last looked at
    ],
    align=True,
)

GOODS = np.dtype(
    [
        ("price", np.int64),  # millionths
        ("margin", np.int64),  # price less cost, millionths
        ("grams", np.int32),
        ("volume_grams", np.int32),
        ("unused", np.int64),  # half a cache line
    ],
    align=True,
)

TIMER = np.dtype([("time", np.int64), ("who", np.int64), ("stamp", np.int64)], align=True)

# What the book asks of the world, drained after each thing that is heard.
ASKED = np.dtype([("what", np.int64), ("shipment", np.int64)], align=True)
FULFIL, WITHDRAW = 0, 1

# What becomes of an order, for `twin explain` and the log; see `Life`.
ENTRY = np.dtype(
    [
        ("time", np.int64),
        ("number", np.int64),
        ("kind", np.int64),
        ("location", np.int64),
        ("sku", np.int64),
        ("units", np.int64),
        ("other", np.int64),
    ],
    align=True,
)


class Life(IntEnum):
    """What can be said of an order. Numbers are permanent."""

    CART = 1
    HELD = 2
    LIMITED = 3  # the customer was told that stock is limited
    HOLD_EXPIRED = 4
    PLACED = 5
    ROUTED = 6
    BACKORDERED = 7
    REFUSED = 8
    ALLOCATED = 9
    SENT = 10
    PICKED = 11
    REJECTED = 12
    SHIPPED = 13
    DELIVERED = 14
    READY = 15
    COLLECTED = 16
    NOT_COLLECTED = 17
    CANCELLED = 18
    EXPIRED = 19
    TURNED_AWAY = 20  # the building had no room for it
    RETURNED = 21
    RESTOCKED = 22
    NOT_PROMISED = 23  # a line of an order of which the rest is promised


READY_LATE, AWAITED_FOR_EVER = 1, 2
"""What else a row of READY says: it was promised for earlier; its customer does not come, and it stays."""

# What the book hears, a row a line; kept where a feed is recorded, so that it can be heard again.
MESSAGE = np.dtype(
    [
        ("key", np.int64),  # at which it is heard
        ("time", np.int64),  # µs, when it happened
        ("heard", np.int64),  # µs, when it is heard
        ("kind", np.int64),  # of Told
        ("number", np.int64),  # of the order
        ("shipment", np.int64),  # serial of the shipment, 0 where it is about none
        ("line", np.int64),  # number of the line within the message, from the last to 0
        ("place", np.int64),  # location, NONE
        ("zone", np.int64),
        ("sku", np.int64),
        ("units", np.int64),
        ("other", np.int64),
    ],
    align=True,
)


class Told(IntEnum):
    """What the book is told. Numbers are permanent."""

    CART = 1  # place: where it is to be collected
    CHECKOUT = 2
    CANCEL = 3
    PICK = 4  # other: units found; the last line says in `zone` whether anything goes on
    TURNED_AWAY = 5
    SHIPPED = 6
    READY = 7
    DELIVERED = 8
    NOT_COLLECTED = 9
    PUT_BACK = 10
    CLOSED = 11


@unique
class Control(IntEnum):
    """Indexes into ``Book.control``."""
    NOW = 0  # µs: when what is being heard happened
    HEARD = 1  # key at which it is heard
    FREE_ORDERS = 2  # first of the free list, and how many
    FREE_LINES = 3  # first of those lent, or NONE
    FREE_SHIPMENTS = 4
    ORDERS_LEFT = 5
    SHIPMENTS_LEFT = 6
    ASK = 7  # order that routing is asked about, or NONE
    ASKED_LINES = 8  # lines it is asked about
    FIRST_CANDIDATE = 9
    CANDIDATES = 10
    STRICT = 11  # whether calendars were looked at
    LATER_WOULD_DO = 12  # whether a candidate was left out for its calendar only
    RULE = 13  # code of the routing rule, or CALLBACK
    SOFT_TTL = 14
    HARD_TTL = 15
    SOFT_FIRST = 16  # rings of timers
    SOFT_END = 17
    HARD_FIRST = 18
    HARD_END = 19
    OUT = 20  # entries in `asked`
    DIGEST_HEARD = 21
    DIGEST_DECIDED = 22
    DELIVERY = 23  # promise, µs; NEVER
    READY = 24  # promise of a pickup, µs
    BACKORDERS = 25  # whether what stock cannot meet is backordered after a failed pick
    COOLDOWN = 26  # µs
    LOG = 27  # entries in `log`
    LOGS = 28  # whether it is kept
    PLACED = 29  # kind of question in hand: 1 placement, 0 routed again
    START = 30  # µs of day 0
    WATCHED = 31  # number of the order whose routing is asked about in any case, or NONE
    HONOURS_SOFT = 32
    WAITING = 33  # lines backordered
    DECISIONS = 34
    SERIAL = 35  # of the last shipment
    END = 36  # µs: a promise that falls due from then on is not judged
    VALUE = 37  # what the order in question is worth, millionths
    MESSAGES = 38  # rows of `messages`
    RECORDS = 39  # whether they are kept
    FLOOR = 40  # key that the lane has come to
    KEY = 41  # of what is happening
    WANTED_LINES = 42  # lines that need a location; those set aside come after those that routing is asked about
    TODAY = 43  # page of the tally at MIDNIGHT, µs, and for a day from then on
    MIDNIGHT = 44
    COUNTS = 45  # whether somebody may be asked to count a cell where a pick found nothing
    TABLE = 46  # address of the table that all kernels work on


class Book(NamedTuple):
    """Arrays of the book, for ``n`` cells, ``z`` zones and ``l`` locations."""

    orders: NDArray[np.void]
    lines: NDArray[np.void]
    shipments: NDArray[np.void]
    waiting: NDArray[np.int32]  # (n,) first line that waits for the cell, NONE
    last_waiting: NDArray[np.int32]  # (n,)
    safety: NDArray[np.int32]  # (n,) or (1,) where one number holds for all
    rejected: NDArray[np.int64]  # (n,) or (1,): when the cell last failed a pick; (1,) where no rule cools down
    nodes: NDArray[np.void]  # (l,) of NODE
    places: NDArray[np.int32]  # (sheets, SKUs): which of a location's cells a SKU is, NONE
    candidate_first: NDArray[np.int64]  # (z + 1,)
    candidates: NDArray[np.int64]  # (c, 3): see network.candidates
    alone: NDArray[np.int64]  # (l, 3): each location as the only candidate of its pickups
    tariff: NDArray[np.int64]
    routing: NDArray[np.int64]  # settings of the rule
    reservation: NDArray[np.int64]
    soft_timers: NDArray[np.void]
    hard_timers: NDArray[np.void]
    asked: NDArray[np.void]
    question_lines: NDArray[np.int64]  # (most lines, 3)
    question_rows: NDArray[np.int64]  # (most lines,): which lines of the book these are
    left: NDArray[np.int64]  # (most candidates, 2)
    stock: NDArray[np.int64]  # (most candidates, most lines)
    plan: NDArray[np.int64]  # (rows, 3)
    promised: NDArray[np.int64]  # (7, rows): columns of `promise_standard`
    goods: NDArray[np.void]  # (SKUs,) of GOODS
    midnights: NDArray[np.int64]  # (time zones, days)
    tally: NDArray[np.int64]  # (days, fields) of twin.kpis.orders.ORDER_FIELDS
    hold_net: NDArray[np.int64]  # (days,) held lines begun less ended
    log: NDArray[np.void]
    messages: NDArray[np.void]  # of MESSAGE
    control: NDArray[np.int64]
    jumps: NDArray[np.int64]  # (time zones, days, 2): see twin.local_days
    owed_net: NDArray[np.int64]  # (days,) units that began to wait for stock less those that no longer do
    kinds: NDArray[np.int32]  # (SKUs,): see twin.orders.ranging
    nearest: NDArray[np.int32]  # (z, kinds)


_I8, _I4 = np.int64, np.int32


@inlined()
def open_book(t: NDArray[np.int64]) -> Book:
    """The book behind a table made by ``twin.memory.table_of``; for kernels."""
    return Book(
        array_at(t, 0, ORDER, 1),
        array_at(t, 1, LINE, 1),
        array_at(t, 2, SHIPMENT, 1),
        array_at(t, 3, _I4, 1),
        array_at(t, 4, _I4, 1),
        array_at(t, 5, _I4, 1),
        array_at(t, 6, _I8, 1),
        array_at(t, 7, NODE, 1),
        array_at(t, 8, _I4, 2),
        array_at(t, 9, _I8, 1),
        array_at(t, 10, _I8, 2),
        array_at(t, 11, _I8, 2),
        array_at(t, 12, _I8, 2),
        array_at(t, 13, _I8, 1),
        array_at(t, 14, _I8, 1),
        array_at(t, 15, TIMER, 1),
        array_at(t, 16, TIMER, 1),
        array_at(t, 17, ASKED, 1),
        array_at(t, 18, _I8, 2),
        array_at(t, 19, _I8, 1),
        array_at(t, 20, _I8, 2),
        array_at(t, 21, _I8, 2),
        array_at(t, 22, _I8, 2),
        array_at(t, 23, _I8, 2),
        array_at(t, 24, GOODS, 1),
        array_at(t, 25, _I8, 2),
        array_at(t, 26, _I8, 2),
        array_at(t, 27, _I8, 1),
        array_at(t, 28, ENTRY, 1),
        array_at(t, 29, MESSAGE, 1),
        array_at(t, 30, _I8, 1),
        array_at(t, 31, _I8, 3),
        array_at(t, 32, _I8, 1),
        array_at(t, 33, _I4, 1),
        array_at(t, 34, _I4, 2),
    )
