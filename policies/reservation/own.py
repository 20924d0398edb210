"""Let any class with the right methods be a reservation rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from policies.reservation.base import Promise, ReservationFacts, ReservationPolicy, Wanted
from policies.reservation.deciding import OUTCOMES, PARTLY


class Own(ReservationPolicy):
    """A rule of somebody's own that does not inherit from :class:`ReservationPolicy`; its answers are checked.

    Parameters
    ----------
    rule : object
        With methods ``hold(wanted)`` and ``promise(lines)``, and perhaps ``soft_ttl`` and ``hard_ttl`` in µs.
    facts : ReservationFacts
        What it was built with.
    """

    def __init__(self, rule: Any, facts: ReservationFacts) -> None:
        super().__init__(facts)
        self.rule = rule
        self.soft_ttl = int(getattr(rule, "soft_ttl", ReservationPolicy.soft_ttl))
        self.hard_ttl = int(getattr(rule, "hard_ttl", ReservationPolicy.hard_ttl))

    def hold(self, wanted: Wanted) -> bool:
        """Whether the rule grants the hold."""
        return bool(self.rule.hold(wanted))

    def promise(self, lines: Sequence[Wanted]) -> Promise:
        """Return the rule's promise.

        Raises
        ------
        ValueError
            It is no :class:`Promise` with an outcome for each line.
        """
        found = self.rule.promise(lines)
        known = range(len(OUTCOMES))
        if (
            not isinstance(found, Promise)
            or len(found.lines) != len(lines)
            or found.outcome not in known
            or not all(line in known and line != PARTLY for line in found.lines)
        ):
            name = type(self.rule).__name__
            raise ValueError(f"{name}.promise: found {found!r}, expected an outcome for each of {len(lines)} lines")
        return found
