"""What a stream does to its events: the scenario's ``streams`` as integer tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.random.laws import ONE, duration_table

if TYPE_CHECKING:
    from scenarios.schema.operations import Stream


@dataclass(frozen=True)
class Outage:
    """A location that cannot send in [start, end) and takes ``catch_up`` µs to send what it held back."""

    location: int
    start: int
    end: int
    catch_up: int


class Channel(NamedTuple):
    """A stream as a kernel reads it. Shares are thresholds on [0, 2**32)."""

    latency: NDArray[np.int64]  # quantile table
    delay: NDArray[np.int64]  # quantile table of late events
    late: int
    duplicates: int
    loss: int
    outage_first: NDArray[np.int32]  # (locations + 1,) offsets into the rest
    outage_start: NDArray[np.int64]
    outage_end: NDArray[np.int64]
    outage_catch_up: NDArray[np.int64]


def channel(stream: Stream, locations: int, outages: list[Outage]) -> Channel:
    """The channel of a stream from ``locations`` locations; ``outages`` must not overlap at a location."""
    ordered = sorted(outages, key=lambda o: (o.location, o.start))
    first = np.searchsorted([o.location for o in ordered], np.arange(locations + 1)).astype(np.int32)
    return Channel(
        latency=duration_table(stream.latency),
        delay=duration_table(stream.late.delay if stream.late else stream.latency),
        late=round(stream.late.share * ONE) if stream.late else 0,
        duplicates=round(stream.duplicates * ONE),
        loss=round(stream.loss * ONE),
        outage_first=first,
        outage_start=np.array([o.start for o in ordered], np.int64),
        outage_end=np.array([o.end for o in ordered], np.int64),
        outage_catch_up=np.array([o.catch_up for o in ordered], np.int64),
    )


def is_perfect(of: Channel) -> bool:
    """Whether all is known at once, so that nothing need be drawn."""
    return not (of.late or of.duplicates or of.loss or of.outage_start.size or of.latency[-1])


def sent_at(of: Channel, location: int, time: int) -> int:
    """When an event of ``time`` leaves its location: at once, or when the outage it falls into is over.

    What was held back is sent in its order, evenly over the catch-up time, and waits again where that meets another outage.
    """
    for i in range(of.outage_first[location], of.outage_first[location + 1]):
        if of.outage_start[i] <= time < of.outage_end[i]:
            held = (time - of.outage_start[i]) / (of.outage_end[i] - of.outage_start[i])
            time = int(of.outage_end[i] + int(held * of.outage_catch_up[i]))
    return time
