"""Takes messages from where something happened to the brain: the channel of everything that is not a single POS line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from twin.channel.stream import Channel, heard_at, is_perfect
from twin.clock import PHASES
from twin.events import PHASE_OF, Kind, Message
from twin.random.keyed import KeyedDraws, entity
from twin.random.purposes import Purpose
from twin.record.state import Source

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from twin.agenda import Agenda
    from twin.brain.brain import Brain


class Journal(Protocol):
    """Who keeps the messages that were delivered."""

    def delivered(self, message: Message, record_time: int, round_: int) -> None:
        """Note a delivery."""


class Courier:
    """Sends messages through the channel of their source, one sequence of numbers a source."""

    def __init__(
        self,
        agenda: Agenda,
        brain: Brain,
        channels: dict[int, Channel],
        draws: KeyedDraws,
        places: list[str],
        journal: Journal,
    ) -> None:
        self._agenda, self._brain, self._channels, self._draws, self._journal = (
            agenda,
            brain,
            channels,
            draws,
            journal,
        )
        self._slots = [entity("message", place) for place in places]
        self._sequence = dict.fromkeys(channels, -1)
        self._sent: dict[int, int] = {}  # messages by slot: a location's luck does not hang on what others send
        self.in_flight: NDArray[np.int64] = np.zeros(
            len(places), np.int64
        )  # units on their way to the record, by location
        self.delivered = 0

    def send(
        self,
        kind: Kind,
        location: int,
        cells: NDArray[np.int32],
        units: NDArray[np.int32],
        other: NDArray[np.int32],
    ) -> None:
        """Tell the record what has just happened at a location: at once, later, twice or never, as the channel will have it."""
        source = Source.COUNTS if kind == Kind.COUNT else Source.WAREHOUSE
        channel = self._channels[source]
        self._sequence[source] += 1
        message = Message(kind, self._agenda.time, self._sequence[source], location, cells, units, other)
        if is_perfect(channel):
            self._hand_over(message)
            return
        slot = self._slots[location] ^ source
        n = self._sent[slot] = self._sent.get(slot, 0) + 1
        luck = [self._draws.u32(Purpose.MESSAGE, slot, 5 * n + i) for i in range(5)]
        if luck[2] < channel.loss:
            return
        heard = heard_at(channel, location, message.event_time, (luck[0], luck[1]))
        self._deliver(message, heard)
        if luck[3] < channel.duplicates:
            self._deliver(message, max(heard, heard_at(channel, location, heard, (luck[4], 0xFFFFFFFF))))

    def _deliver(self, message: Message, heard: int) -> None:
        if heard == self._agenda.time:
            self._hand_over(message)
            return
        units = int(np.abs(message.units).sum()) if message.kind != Kind.COUNT else 0
        self.in_flight[message.location] += units

        def arrive() -> None:
            self.in_flight[message.location] -= units
            self._hand_over(message)

        self._agenda.at(heard, PHASE_OF[message.kind], arrive)

    def _hand_over(self, message: Message) -> None:
        self.delivered += 1
        self._journal.delivered(message, self._agenda.time, self._agenda.priority // PHASES)
        self._brain.hear(message, self._agenda.time)
