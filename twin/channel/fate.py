"""What becomes of a message of many lines: lost, or heard at some time, and perhaps once more."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.channel.deliver import open_channel
from twin.channel.stream import Channel, sent_at
from twin.compiled import compiled, inlined
from twin.random.drawn import keyed_u32
from twin.random.tables import quantile_draw

LOST = -1
_DRAWS = 5  # of a message: latency, whether late, whether lost, whether doubled, latency of the double
_NEVER_LATE = (1 << 32) - 1
_sent_at = inlined()(sent_at)


@inlined()
def _heard_at(of: Channel, location: int, time: int, luck: int, lateness: int) -> int:
    """Record time of what happened at ``time``; two draws decide on its latency and whether it is late."""
    latency: int = quantile_draw(of.delay if lateness < of.late else of.latency, luck)
    heard: int = _sent_at(of, location, time) + latency
    return heard


@compiled()
def fate(table: NDArray[np.int64], root: int, n: int, location: int, time: int) -> tuple[int, int]:
    """When the n-th message of a root, sent from ``location`` at ``time``, is heard, and when once more; LOST where it is not.

    ``table`` is that of its channel (``twin.channel.deliver.channel_table``).
    """
    of = open_channel(table)
    first = _DRAWS * n
    if keyed_u32(root, first + 2) < of.loss:
        return LOST, LOST
    heard = _heard_at(of, location, time, keyed_u32(root, first), keyed_u32(root, first + 1))
    again = LOST
    if keyed_u32(root, first + 3) < of.duplicates:
        again = max(heard, _heard_at(of, location, heard, keyed_u32(root, first + 4), _NEVER_LATE))
    return heard, again
