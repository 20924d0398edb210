"""The world's memory of web orders: customers at their checkouts, jobs in buildings, stations, and what is pending."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.demand.web.rows import CART, WANTED
from twin.opened import array_at
from twin.orders.first import FIRST
from twin.parts import inlined

# A customer between cart and checkout, and the pieces behind: a tray (twin.fulfilment.trays). All trays are rows of these.
SESSION = np.dtype(
    [
        ("number", np.int64),
        ("cancel", np.int64),  # µs, NEVER
        ("slot", np.int32),  # row of the book where the cart lies while it lives
        ("first", np.int32),  # what is wanted, linked
        ("next", np.int32),  # free list of trays
        ("zone", np.int16),
        ("pickup", np.int16),
        ("pieces_behind", np.int64, (12,)),  # the tray's other rows of PIECE
    ],
    align=True,
)

# A line of a customer, of a job, or of what comes back.
PIECE = np.dtype(
    [
        ("number", np.int64),  # of the order, of what comes back
        ("sku", np.int32),
        ("units", np.int32),
        ("cell", np.int32),
        ("taken", np.int32),  # off the shelf; of what comes back, where it came from
        ("line", np.int32),  # of the book; of what comes back, where it goes
        ("next", np.int32),
    ],
    align=True,
)
TRAY = 4
"""Pieces that lie together, see twin.fulfilment.trays: piece n of tray t is row ``t * TRAY + n`` of all pieces."""

# A shipment in a building; row i is that of the book's shipment i.
JOB = np.dtype(
    [
        ("number", np.int64),
        ("arrived", np.int64),  # µs, at the station where it is
        ("accepted", np.int64),  # µs, in the building
        ("placed", np.int64),
        ("first", np.int32),
        ("station", np.int32),
        ("next", np.int32),  # in a queue
        ("order", np.int32),  # row of the book
        ("left", np.int32),  # units that go on
        ("stages", np.int32),  # services begun: keys the draw of the next one
        ("location", np.int16),
        ("zone", np.int16),
        ("flags", np.int16),
        ("collected", np.int16),  # 1: it stays for its customer
        ("beside", np.int64, (8,)),  # the next shipment of the book: see twin.memory.beside
    ],
    align=True,
)
WITHDRAWN, PICKED, UNHEARD, GONE, ARRIVED = 1, 2, 4, 8, 16
"""Flags of a job: called back; its goods are off the shelf; the book has yet to hear of that; nothing of it goes on; its customer
has it."""

# A station of one location.
STATION = np.dtype(
    [
        ("changed", np.int64),  # µs: up to when its integrals are kept
        ("in_system_us", np.int64),
        ("busy_us", np.int64),
        ("capacity_us", np.int64),
        ("wait_us", np.int64),
        ("jobs", np.int64),
        ("arrivals", np.int64),
        ("blocked", np.int64),
        ("rework", np.int64),
        ("rework_share", np.int64),  # of 2**32
        ("law", np.int64),
        ("servers", np.int64),  # on shift
        ("busy", np.int64),
        ("in_system", np.int64),
        ("room", np.int64),  # most jobs at once
        ("next", np.int64),  # station that follows, or NONE
        ("again", np.int64),  # where rework goes
        ("location", np.int64),
        ("entry", np.int64),  # 1: here goods are picked
        ("first_pickup", np.int64),  # 1: jobs to be collected go first
        ("head", np.int64),  # queue of what goes first
        ("tail", np.int64),
        ("other_head", np.int64),  # queue of the others
        ("other_tail", np.int64),
        ("kept_head", np.int64),  # jobs done at an earlier station that find no room here and keep their server
        ("kept_tail", np.int64),
    ],
    align=True,
)

# How a location ships.
DESK = np.dtype(
    [
        ("entry", np.int64),  # its entry station, or NONE where picking takes no time
        ("law", np.int64),  # of transit, or NONE where it takes no time
        ("by_distance", np.int64),  # 1: the law follows from the distance
        ("clock", np.int64),  # row of the book's midnights
        ("cut_off", np.int64),  # µs after local midnight, negative: none
        ("first_pickup", np.int64),  # of the carrier's, in `pickups`
        ("pickups", np.int64),  # how many a day; 0: at once
        ("handling", np.float64),
        ("divisor", np.float64),  # cm³ that are billed as a kg
        ("rates", np.int64),  # first row of `rates`, NONE: shipping costs nothing
        ("day", np.int64),  # local day that was last looked at
    ],
    align=True,
)

# A unit of a SKU as those know it who send it.
WARE = np.dtype(
    [
        ("price", np.float64),
        ("cost", np.float64),
        ("grams", np.int32),
        ("volume_cm3", np.int32),
        ("unused", np.int64),  # half a cache line
    ],
    align=True,
)

# What is due at some time.
DUE = np.dtype(
    [
        ("key", np.int64),
        ("other", np.int64),
        ("turn", np.int64),  # how many were entered before it, then its kind: of What, in the lowest bits
        ("who", np.int32),
        ("unused", np.int32),  # half a cache line
    ],
    align=True,
)
CHUNK = 8  # entries of one slice of time that lie together, a power of two

# The entries of a slice of time: in a chain of chunks, the last begun first.
SLICE = np.dtype([("chunk", np.int32), ("many", np.int32)], align=True)
"""The first chunk, and how many entries all have: but for the first, chunks are full."""

KIND_BITS = 4  # of a DUE's turn


class What(IntEnum):
    """Kinds of DUE: what happens, and to whom."""

    CHECKOUT = 0  # a session
    CANCEL = 1  # a row of the book; other: number of the order
    SERVED = 2  # a job
    CONFIRMED = 3  # a job: the book hears of its pick
    SHIP = 4  # a job
    DELIVER = 5  # a job
    READY = 6  # a job to be collected
    COLLECT = 7  # a job
    GIVE_UP = 8  # a job: the time to collect is over
    RETURN = 9  # a piece; other: root of its draws
    INSPECTED = 10  # a piece; other: root of its draws
    PUT_BACK = 11  # a piece: the book hears of it; other: µs of the event
    TURNED_AWAY = 12  # a job: the book hears that the building has no room, or did not pick it
    CLOSED = 13  # a job: the book hears that what was called back is back on its shelf


class Hold(IntEnum):
    """Indexes into ``Fulfilment.control``."""

    FREE_TRAYS = 0
    FREE_CHUNKS = 1
    TRAYS_LEFT = 2
    CHUNKS_LEFT = 3
    HEAP = 4  # entries
    SLICE = 5  # the present slice of time
    LATER = 6  # entries in later slices
    NEXT_CART = 7
    SERVICE_ROOT = 8  # roots of keyed draws
    TRANSIT_ROOT = 9
    RETURN_ROOT = 10
    CONFIRM_ROOT = 11
    MEASURED_FROM = 12  # µs
    MEASURED_TO = 13
    RETURN_SHARE = 14  # of 2**32
    RETURN_DELAY = 15  # laws
    INSPECT = 16
    RETURN_TO = 17  # location; NEAREST_STORE or ORIGIN
    SALEABLE = 18  # of 2**32
    PICKUP_HOLD = 19  # µs, NEVER
    NO_SHOW = 20  # of 2**32
    RETURN_CONFIRMS = 21  # law of streams.returns
    CONFIRMS = 22  # law of streams.web
    STOP = 23  # why the lane stopped
    START = 24
    ENTERED = 25  # entries ever made
    PRESENT = 26  # the next entry of the present slice, in `present`, and their end
    PRESENT_END = 27
    FULLEST = 28  # most entries of a slice so far
    AHEAD = 29  # the entry of the present slice at which more is asked for ahead


NEAREST_STORE, ORIGIN = -1, -2


class Fulfilment(NamedTuple):
    """Arrays of the world of web orders; z zones, l locations."""

    carts: NDArray[np.void]
    wanted: NDArray[np.void]
    sessions: NDArray[np.void]
    pieces: NDArray[np.void]
    jobs: NDArray[np.void]
    stations: NDArray[np.void]
    desks: NDArray[np.void]  # (l,)
    laws: NDArray[np.int64]  # (laws, 3 * 4097) quantiles in µs
    pickups: NDArray[np.int64]  # µs after local midnight, ascending within a desk
    rates: NDArray[np.int64]  # (tables x carrier zones, steps), millionths by begun kg
    bands: NDArray[np.int16]  # (z, l): carrier's zone, from 0 on
    distance_laws: NDArray[np.int16]  # (z, l): law of transit by distance
    nearest: NDArray[np.int32]  # (z,) nearest store, or NONE
    present: NDArray[np.void]  # entries of the present slice of time, in order
    heap: NDArray[np.void]  # entries of it that were made since it began
    chunks: NDArray[np.void]  # entries of later ones, CHUNK to each
    next_chunk: NDArray[np.int32]  # of a slice, or of the free list
    slices: NDArray[np.void]  # ring of SLICE
    unsorted: NDArray[np.void]  # room for sorting
    spare: NDArray[np.void]
    held: NDArray[np.void]
    ends: NDArray[np.int32]
    nodes: NDArray[np.int64]  # (days, l, fields)
    money: NDArray[np.float64]  # (days, l, fields)
    cycle: NDArray[np.int64]  # fine histograms
    collect: NDArray[np.int64]
    wait: NDArray[np.int64]
    midnights: NDArray[np.int64]  # (clocks, days): starts of local days
    jumps: NDArray[np.int64]  # (clocks, days, 2): see twin.local_days
    control: NDArray[np.int64]
    firsts: NDArray[np.void]  # of twin.orders.first.FIRST, by row of `wanted`
    wares: NDArray[np.void]  # by SKU


_I8, _I4 = np.int64, np.int32


@inlined()
def open_fulfilment(t: NDArray[np.int64]) -> Fulfilment:
    """What lies behind a table made by ``twin.memory.table_of``; for kernels."""
    return Fulfilment(
        array_at(t, 0, CART, 1),
        array_at(t, 1, WANTED, 1),
        array_at(t, 2, SESSION, 1),
        array_at(t, 3, PIECE, 1),
        array_at(t, 4, JOB, 1),
        array_at(t, 5, STATION, 1),
        array_at(t, 6, DESK, 1),
        array_at(t, 7, _I8, 2),
        array_at(t, 8, _I8, 1),
        array_at(t, 9, _I8, 2),
        array_at(t, 10, np.int16, 2),
        array_at(t, 11, np.int16, 2),
        array_at(t, 12, _I4, 1),
        array_at(t, 13, DUE, 1),
        array_at(t, 14, DUE, 1),
        array_at(t, 15, DUE, 1),
        array_at(t, 16, _I4, 1),
        array_at(t, 17, SLICE, 1),
        array_at(t, 18, DUE, 1),
        array_at(t, 19, DUE, 1),
        array_at(t, 20, DUE, 1),
        array_at(t, 21, _I4, 1),
        array_at(t, 22, _I8, 3),
        array_at(t, 23, np.float64, 3),
        array_at(t, 24, _I8, 1),
        array_at(t, 25, _I8, 1),
        array_at(t, 26, _I8, 1),
        array_at(t, 27, _I8, 2),
        array_at(t, 28, _I8, 3),
        array_at(t, 29, _I8, 1),
        array_at(t, 30, FIRST, 1),
        array_at(t, 31, WARE, 1),
    )
