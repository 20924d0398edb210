"""From sales in order of happening to arrivals in order of being heard."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.channel.stream import Channel, sent_at
from twin.clock import HEARD, KEY_SHIFT, Phase
from twin.compiled import inlined
from twin.memory import table_of
from twin.opened import array_at
from twin.random.tables import quantile_draw

_HEARD = (int(Phase.DEMAND) << 1) | HEARD
_SHIFT = KEY_SHIFT
_sent_at = inlined()(sent_at)
_I8, _I4 = np.int64, np.int32


@inlined()
def _again(luck: int, salt: int) -> np.int64:
    """Another 32 random bits from a line's luck (the finaliser of MurmurHash3, Appleby 2011, after adding a salt)."""
    x = np.uint32(luck + salt)
    x = np.uint32((x ^ (x >> np.uint32(16))) * np.uint32(0x85EBCA6B))
    x = np.uint32((x ^ (x >> np.uint32(13))) * np.uint32(0xC2B2AE35))
    return np.int64(x ^ (x >> np.uint32(16)))


@inlined()
def _put(rows: NDArray[np.void], n: int, sale_row: int, location: int, heard: int, copy: int) -> None:
    row = rows[np.uintp(n)]
    row.key = (heard << _SHIFT) | _HEARD
    row.row, row.location, row.copy = sale_row, location, copy


@inlined()
def deliver(of: Channel, sales: NDArray[np.void], count: int, first: int, rows: NDArray[np.void], n: int) -> int:
    """Write the arrivals of the first ``count`` sales into ``rows`` from row ``n`` on; returns the row after the last.

    There are at most twice as many arrivals as sales; they refer to the sales as rows ``first`` and on. Shrink has no event.
    """
    for i in range(count):
        sale = sales[np.uintp(i)]
        if sale.quantity == 0:
            continue
        luck = np.int64(sale.told)
        if of.loss and _again(luck, 0x51) < of.loss:
            continue
        sent = time = sale.key >> _SHIFT
        if of.outage_first[sale.location] != of.outage_first[sale.location + 1]:
            sent = _sent_at(of, sale.location, time)
        late = of.late and _again(luck, 0xA7) < of.late
        heard = sent + quantile_draw(of.delay if late else of.latency, luck)
        _put(rows, n, first + i, sale.location, heard, 0)
        n += 1
        if of.duplicates and _again(luck, 0xD3) < of.duplicates:
            _put(rows, n, first + i, sale.location, heard + quantile_draw(of.latency, _again(luck, 0xE9)), 1)
            n += 1
    return n


def channel_table(of: Channel) -> NDArray[np.int64]:
    """A channel as a table of addresses, its shares in a last row; the caller keeps the channel."""
    arrays = table_of([of.latency, of.delay, of.outage_first, of.outage_start, of.outage_end, of.outage_catch_up])
    return np.vstack([arrays, np.array([[of.late, of.duplicates, of.loss, 0]], np.int64)])


@inlined()
def open_channel(t: NDArray[np.int64]) -> Channel:
    """The channel behind a table made by ``channel_table``; for kernels."""
    return Channel(
        array_at(t, 0, _I8, 1),
        array_at(t, 1, _I8, 1),
        t[6, 0],
        t[6, 1],
        t[6, 2],
        array_at(t, 2, _I4, 1),
        array_at(t, 3, _I8, 1),
        array_at(t, 4, _I8, 1),
        array_at(t, 5, _I8, 1),
    )
