"""SimPy's environment with integer time and phases: the clock of the simulation."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Any

import simpy

from twin.agenda import Callback, priority_for
from twin.clock import NEVER, PHASES, Phase, boundary


class _Entry(simpy.Event):
    """An event that is itself what is to be done when it happens."""

    _ok, _value = True, None

    def __init__(self, clock: NetworkClock, do: Callback) -> None:
        self.env, self.callbacks, self.do = clock, [], do


class NetworkClock(simpy.Environment):
    """A SimPy environment whose time is µs since the epoch and whose events of one instant run in the order of their phases.

    Network processes wait with ``yield clock.until(time, phase)``; a plain ``timeout`` or a ``Store`` knows no phase.

    Attributes
    ----------
    time : the present instant, µs
    priority : round x PHASES + phase of what is being done
    """

    def __init__(self, start_us: int) -> None:
        super().__init__(initial_time=start_us)
        self.time, self.priority = start_us, -1

    def until(self, time: int, phase: int) -> simpy.Event:
        """An event that happens at an instant, in a phase; in the next round where that phase has begun or passed."""
        event = simpy.Event(self)
        event._ok, event._value = True, None
        self._enter(time, phase, event)
        return event

    def at(self, time: int, phase: int, callback: Callback) -> None:
        """Do something at an instant, in a phase; see ``twin.agenda.Agenda``."""
        self._enter(time, phase, _Entry(self, callback))

    def _enter(self, time: int, phase: int, event: simpy.Event) -> None:
        priority = priority_for(self.time, self.priority, time, phase)
        heappush(self._queue, (time, priority, next(self._eid), event))  # type: ignore[misc]

    def next_key(self) -> int:
        """Key below which the shelf lane may run before the next event."""
        if not self._queue:
            return NEVER
        time, priority, _, _ = self._queue[0]
        return boundary(time, priority)  # type: ignore[arg-type]

    def next_phase(self) -> int:
        """Phase of the next event; that of measurement where there is none."""
        return int(self._queue[0][1]) % PHASES if self._queue else Phase.MEASURE

    def step(self) -> Any:
        """Process the next event."""
        if self._queue:
            time, priority, _, event = self._queue[0]
            self.time, self.priority = int(time), int(priority)
            if isinstance(event, _Entry):
                self._now = heappop(self._queue)[0]
                return event.do()
        return super().step()
