"""Where local days begin, on the clock of the run."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def midnights_of(zone: ZoneInfo, start_us: int, days: int) -> NDArray[np.int64]:
    """Starts of ``days`` local days, µs since the epoch, the first that of the day in which ``start_us`` lies.

    Examples
    --------
    A day of 25 hours, on which clocks were put back:

    >>> found = midnights_of(ZoneInfo("America/New_York"), 1_793_505_600_000_000, 3)
    >>> (np.diff(found) // 3_600_000_000).tolist()
    [25, 24]
    """
    first = (_EPOCH + timedelta(microseconds=start_us)).astimezone(zone).date()
    starts = [datetime.combine(first + timedelta(days=d), time(), zone) for d in range(days)]
    return np.array([(start.astimezone(UTC) - _EPOCH) // timedelta(microseconds=1) for start in starts], np.int64)
