"""From sales in order of happening to arrivals in order of being heard."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.channel.stream import Channel, sent_at
from twin.clock import HEARD, KEY_SHIFT, Phase
from twin.compiled import compiled, inlined
from twin.random.tables import quantile_draw

_HEARD = (int(Phase.DEMAND) << 1) | HEARD
_SHIFT = KEY_SHIFT
_sent_at = compiled()(sent_at)


@inlined()
def _again(luck: int, salt: int) -> np.int64:
    """Another 32 random bits from a line's luck (the finaliser of MurmurHash3, Appleby 2011, after adding a salt)."""
    x = np.uint32(luck + salt)
    x = np.uint32((x ^ (x >> np.uint32(16))) * np.uint32(0x85EBCA6B))
    x = np.uint32((x ^ (x >> np.uint32(13))) * np.uint32(0xC2B2AE35))
    return np.int64(x ^ (x >> np.uint32(16)))


@inlined()
def _put(rows: NDArray[np.void], n: int, sale_row: int, location: int, heard: int) -> None:
    row = rows[n]
    row.key = (heard << _SHIFT) | _HEARD
    row.row, row.location = sale_row, location


@compiled()
def deliver(
    of: Channel, sales: NDArray[np.void], first: int, end: int, rows: NDArray[np.void], n: int
) -> int:
    """Write the arrivals of sales [first, end) into ``rows`` from row ``n`` on; returns the row after the last.

    There are at most twice as many arrivals as sales. Shrink has no event.
    """
    for i in range(first, end):
        sale = sales[i]
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
        _put(rows, n, i, sale.location, heard)
        n += 1
        if of.duplicates and _again(luck, 0xD3) < of.duplicates:
            _put(rows, n, i, sale.location, heard + quantile_draw(of.latency, _again(luck, 0xE9)))
            n += 1
    return n
