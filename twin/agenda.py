"""The order of what is done by hand, as opposed to in a kernel: time, round of the instant, phase, then order of asking.

Two bodies keep an agenda: the simulation on SimPy's clock, and the replay of a recorded feed on a plain heap, for the brain must
run where SimPy is not installed. Both take the priority of an entry from the one rule written here.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Protocol

from twin.clock import NEVER, PHASES, boundary

Callback = Callable[[], None]
MOST_ROUNDS = 10_000  # of one instant: far beyond any chain of causes that ends


class Agenda(Protocol):
    """What the brain and the world ask of a clock."""

    @property
    def time(self) -> int:
        """The present instant, µs."""

    @property
    def priority(self) -> int:
        """Round x PHASES + phase of what is being done."""

    def at(self, time: int, phase: int, callback: Callback) -> None:
        """Do something at an instant, in a phase; in the next round where that phase has begun or passed."""


def priority_for(now: int, current: int, time: int, phase: int) -> int:
    """Priority of an entry for (time, phase) asked for at ``now`` while ``current`` is being done."""
    if time < now:
        raise ValueError(f"time(={time}) must not lie before the present instant {now}")
    if time > now:
        return phase
    current_round, current_phase = divmod(current, PHASES)
    if current_round >= MOST_ROUNDS:
        raise RuntimeError(
            f"more than {MOST_ROUNDS} rounds of events at one instant ({time} µs): each causes the next without any delay; "
            "expected a rule, a lane or a stream in the circle to take time"
        )
    return (current_round + (phase <= current_phase)) * PHASES + phase


class HeapAgenda:
    """An agenda without SimPy."""

    def __init__(self, start_us: int) -> None:
        self.time, self.priority = start_us, -1
        self._heap: list[tuple[int, int, int, Callback]] = []
        self._asked = 0

    def at(self, time: int, phase: int, callback: Callback) -> None:
        """See ``Agenda.at``."""
        self.at_priority(time, priority_for(self.time, self.priority, time, phase), callback)

    def at_priority(self, time: int, priority: int, callback: Callback) -> None:
        """Enter something whose priority is known: a recorded message."""
        heapq.heappush(self._heap, (time, priority, self._asked, callback))
        self._asked += 1

    def next_key(self) -> int:
        """Key below which the record may be advanced before the next entry."""
        return boundary(self._heap[0][0], self._heap[0][1]) if self._heap else NEVER

    def first(self) -> tuple[int, int] | None:
        """Time and priority of the next entry."""
        return self._heap[0][:2] if self._heap else None

    def step(self) -> None:
        """Do the next entry."""
        self.time, self.priority, _, callback = heapq.heappop(self._heap)
        callback()
