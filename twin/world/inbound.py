"""Units ordered and not yet received, integrated over time, by location and day."""

from __future__ import annotations

import numpy as np

from twin.clock import DAY


class Inbound:
    """Exact time integrals of what is on order; the truth of it, whatever the record has heard."""

    def __init__(self, locations: int, days: int, start_us: int) -> None:
        self._moments = np.zeros((days, locations), np.int64)
        self._net = np.zeros((days, locations), np.int64)
        self._start, self._last, self._locations = start_us, days - 1, locations
        # The same numbers in a row, as Python reads and writes them fastest.
        self._moment_at, self._net_at = self._moments.ravel().data, self._net.ravel().data

    def ordered(self, time: int, location: int, units: int) -> None:
        """Units are on order from now on."""
        since = time - self._start
        day = min(since // DAY, self._last)
        place = day * self._locations + location
        self._moment_at[place] += units * ((day + 1) * DAY - since)
        self._net_at[place] += units

    def received(self, time: int, location: int, units: int) -> None:
        """Units have come."""
        self.ordered(time, location, -units)

    def integrals(self) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        """Unit-µs by day and location."""
        before = np.cumsum(self._net, axis=0) - self._net
        return self._moments + before * DAY
