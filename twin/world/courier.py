"""Takes messages from where something happened to the brain: the channel of everything that is not a single POS line."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

import numpy as np

from twin.channel.deliver import channel_table
from twin.channel.fate import LOST, fate
from twin.channel.stream import Channel, is_perfect
from twin.clock import PHASES
from twin.events import PHASE_OF, SOURCE_OF, Kind, Message
from twin.random.keyed import KeyedDraws, entity
from twin.random.purposes import Purpose
from twin.world.goods import total_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from twin.agenda import Agenda


_WINDOW = 1 << 12  # messages of a source that every record remembers


class Listener(Protocol):
    """Who messages are for."""

    def hear(self, message: Message, record_time: int) -> None:
        """A message arrives."""

    def remember(self, source: int, window: int) -> None:
        """From now on at least so many messages of a source may be under way at once, in disorder."""


class Journal(Protocol):
    """Who keeps the messages that were delivered."""

    def delivered(self, message: Message, record_time: int, round_: int) -> None:
        """Note a delivery."""


class _Sender:
    """A source and its channel. A location's luck does not hang on what others send."""

    __slots__ = ("channel", "flying", "perfect", "roots", "sent", "sequence", "table", "window")

    def __init__(self, source: int, channel: Channel, draws: KeyedDraws, places: list[str]) -> None:
        self.channel, self.perfect, self.table = channel, is_perfect(channel), channel_table(channel)
        slots = [] if self.perfect else [entity("message", place) ^ source for place in places]
        self.roots = [draws.root(Purpose.MESSAGE, slot) for slot in slots]
        self.sent = [0] * len(places)  # messages so far, by location
        self.sequence, self.window = -1, _WINDOW
        self.flying: dict[int, Message] = {}  # under way for the first time, by sequence number, the oldest first

    def fate(self, location: int, time: int) -> tuple[int, int]:
        """When the location's next message is heard, and when once more."""
        n = self.sent[location] = self.sent[location] + 1
        heard, again = fate(self.table, self.roots[location], n, location, time)
        return heard, again


class Courier:
    """Sends messages through the channel of their source, one sequence of numbers a source."""

    def __init__(
        self,
        agenda: Agenda,
        listener: Listener,
        channels: dict[int, Channel],
        draws: KeyedDraws,
        places: list[str],
        journal: Journal,
    ) -> None:
        self._agenda, self._listener, self._journal = agenda, listener, journal
        self._senders = {
            source: _Sender(source, channel, draws, places) for source, channel in channels.items()
        }
        self._places = len(places)
        self.delivered = 0

    @property
    def in_flight(self) -> NDArray[np.int64]:
        """Units on their way to the record, by location; those of a count, which moves none, are left out."""
        units = np.zeros(self._places, np.int64)
        for sender in self._senders.values():
            for message in sender.flying.values():
                if message.kind != Kind.COUNT:
                    units[message.location] += total_of(message.units)
        return units

    def send(
        self,
        kind: Kind,
        location: int,
        cells: NDArray[np.int32],
        units: NDArray[np.int32],
        other: NDArray[np.int32],
    ) -> None:
        """Tell the record what has just happened at a location: at once, later, twice or never, as the channel will have it."""
        sender, now = self._senders[SOURCE_OF[kind]], self._agenda.time
        sender.sequence += 1
        message = Message(kind, now, sender.sequence, location, cells, units, other, self._agenda.priority // PHASES)
        if sender.perfect:
            self._hand_over(message)
            return
        heard, again = sender.fate(location, now)
        if heard == now:
            self._hand_over(message)
        elif heard != LOST:
            self._keep(sender, message)
            self._agenda.at(heard, PHASE_OF[kind], partial(self._arrive, sender, message))
        if again != LOST:
            self._agenda.at(again, PHASE_OF[kind], partial(self._hand_over, message))

    def _keep(self, sender: _Sender, message: Message) -> None:
        sender.flying[message.sequence] = message
        needed = message.sequence - next(iter(sender.flying)) + 1
        if needed > sender.window:
            sender.window = 2 * needed
            self._listener.remember(SOURCE_OF[message.kind], sender.window)

    def _arrive(self, sender: _Sender, message: Message) -> None:
        del sender.flying[message.sequence]
        self._hand_over(message)

    def _hand_over(self, message: Message) -> None:
        now = self._agenda.time
        self.delivered += 1
        self._journal.delivered(message, now, self._agenda.priority // PHASES)
        self._listener.hear(message, now)
