"""SimPy's environment with integer time and phases: the clock of the simulation."""

from __future__ import annotations

from typing import Any

import simpy

from twin.agenda import Callback, priority_for
from twin.clock import NEVER, boundary


class NetworkClock(simpy.Environment):
    """A SimPy environment whose time is µs since the epoch and whose events of one instant run in the order of their phases.

    Network processes wait with ``yield clock.until(time, phase)``; a plain ``timeout`` or a ``Store`` knows no phase.
    """

    def __init__(self, start_us: int) -> None:
        super().__init__(initial_time=start_us)
        self.priority = -1

    @property
    def time(self) -> int:
        """The present instant, µs."""
        return int(self.now)

    def until(self, time: int, phase: int) -> simpy.Event:
        """An event that happens at an instant, in a phase; in the next round where that phase has begun or passed."""
        event = simpy.Event(self)
        event._ok, event._value = True, None
        now = int(self.now)
        self.schedule(event, priority_for(now, self.priority, time, phase), time - now)  # type: ignore[arg-type]
        return event

    def at(self, time: int, phase: int, callback: Callback) -> None:
        """Do something at an instant, in a phase; see ``twin.agenda.Agenda``."""
        event = self.until(time, phase)
        assert event.callbacks is not None
        event.callbacks.append(lambda _: callback())

    def next_key(self) -> int:
        """Key below which the shelf lane may run before the next event."""
        if not self._queue:
            return NEVER
        time, priority, _, _ = self._queue[0]
        return boundary(int(time), int(priority))

    def step(self) -> Any:
        """Process the next event."""
        if self._queue:
            self.priority = int(self._queue[0][1])
        return super().step()
