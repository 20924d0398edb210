"""An order's life in names and words: from what the book noted, and what routing was asked, to steps that one can read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TextIO
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from twin.plan.build import Plan
    from twin.runs.carts import CartOf

METRES, MONEY = "km", "money"
MILLION, THOUSAND = 1e6, 1e3


@dataclass(frozen=True)
class Candidate:
    """A location that routing could choose.

    Attributes
    ----------
    score
        What it would score for all lines in one shipment; in ``unit``, ``km`` or ``money``.
    reason, text
        ``CHOSEN``, ``NO_STOCK`` … of `policies.routing.explaining.Reason`, and what that means.
    has, ships
        The SKUs that it has in full, and those of which it ships any.
    """

    location: str
    score: float
    unit: str
    reason: str
    text: str
    has: tuple[str, ...]
    ships: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """Something that happened to an order, at ``time`` (µs since the Unix epoch)."""

    time: int
    what: str
    text: str
    location: str | None = None
    sku: str | None = None
    units: int | None = None
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True)
class OrderLife:
    """What became of an order. ``print()`` shows it, ``to_dict()`` is for machines.

    Attributes
    ----------
    lines
        SKU and units as the customer wants them.
    placed, due
        µs; when it was placed and by when it was promised, None where it was not.
    outcome
        How it ended, or how it stood at the end of the run.
    notes
        What to know about this telling.
    """

    run: str
    variant: str
    replication: int
    order: int
    zone: str
    pickup: str | None
    lines: tuple[tuple[str, int], ...]
    placed: int
    due: int | None
    outcome: str
    steps: tuple[Step, ...]
    timezone: str
    notes: tuple[str, ...] = ()

    def local(self, time_us: int) -> datetime:
        """An instant in the scenario's time zone."""
        return datetime.fromtimestamp(time_us / MILLION, ZoneInfo(self.timezone))

    def to_dict(self) -> dict[str, Any]:
        """Everything, with local times in ISO 8601."""
        tree = asdict(self)
        for step in (tree, *tree["steps"]):
            for key in ("time", "placed", "due"):
                if step.get(key) is not None:
                    step[key] = self.local(step[key]).isoformat()
        tree["lines"] = [{"sku": sku, "units": units} for sku, units in self.lines]
        return tree

    def print(self, file: TextIO | None = None) -> None:
        """Show it; in a terminal with colour."""
        from twin.runs.lives_shown import show_life

        show_life(self, file)


@dataclass(frozen=True)
class Names:
    """Names for the numbers of a plan."""

    locations: Sequence[str]
    skus: Sequence[str]
    zones: Sequence[str]
    first_cell: Any
    scores_in: str

    @classmethod
    def of(cls, plan: Plan) -> Names:
        """The names of a plan with web orders."""
        assert plan.web is not None
        return cls(
            [place.id for place in plan.network.locations], plan.items.skus,
            [zone.id for zone in plan.scenario.network.zones] or ["everywhere"], plan.ranged.first,
            METRES if plan.web.routing.sorts_by == "distance" else MONEY,
        )  # fmt: skip

    def location(self, number: int) -> str | None:
        """Name of a location; None for none."""
        return self.locations[number] if number >= 0 else None

    def sku(self, number: int) -> str | None:
        """Name of a SKU; None for none."""
        return self.skus[number] if number >= 0 else None

    def of_cell(self, cell: int) -> str:
        """Name of the location of a cell."""
        import numpy as np

        return self.locations[int(np.searchsorted(self.first_cell, cell, side="right")) - 1]


def pieces(lines: Sequence[tuple[str, int]]) -> str:
    """Lines in words.

    Examples
    --------
    >>> pieces([("A", 2), ("B", 1)])
    '2 × A, 1 × B'
    """
    return ", ".join(f"{units} × {sku}" for sku, units in lines)


def steps_of(noted: Any, asked: Sequence[Any], names: Names, cart: CartOf) -> tuple[Step, ...]:
    """Steps from the rows of ``twin.orders.state.ENTRY`` and the questions of ``twin.orders.asked.Asked``, in order."""
    from twin.runs.lives_worded import worded

    steps: list[Step] = []
    left, reserved = list(asked), dict[str, str]()
    for i, row in enumerate(noted):
        while left and left[0].said <= i:
            steps.append(_question(left[0], names))
            reserved = _reserved(left.pop(0), names)
        step = worded(row, names, cart, reserved)
        if step.what == "cart" and i:
            step = replace(step, what="back", text="nothing is held for it by now: the customer pays all the same")
        steps.append(step)
    return tuple(steps + [_question(one, names) for one in left])


def _reserved(asked: Any, names: Names) -> dict[str, str]:
    """What the answer to a question reserves, in words, by location."""
    sent: dict[str, list[tuple[str, int]]] = {}
    for candidate, line, units in asked.plan:
        location = names.locations[asked.candidates[candidate].location]
        sent.setdefault(location, []).append((names.skus[asked.lines[line][0]], units))
    return {location: pieces(lines) for location, lines in sent.items()}


def _question(asked: Any, names: Names) -> Step:
    lines = [(names.skus[sku], units) for sku, units in asked.lines]
    said = f"who can send {pieces(lines)}?"
    if not asked.strict:
        said += " Nobody today; asked again whatever the calendars say."
    if not asked.plan:
        said += " Nobody can."
    return Step(asked.time, "asked", said, candidates=tuple(_candidate(one, lines, names) for one in asked.candidates))


def _candidate(one: Any, lines: Sequence[tuple[str, int]], names: Names) -> Candidate:
    return Candidate(
        names.locations[one.location], one.score / (THOUSAND if names.scores_in == METRES else MILLION), names.scores_in,
        one.reason.name, one.reason.value, tuple(lines[i][0] for i in one.has), tuple(lines[i][0] for i in one.ships),
    )  # fmt: skip


def with_rejects(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The same steps; a candidate that could not send something earlier says so instead of having none."""
    found, failed = [], set[str]()
    for step in steps:
        if step.what in ("rejected", "turned away") and step.location:
            failed.add(step.location)
        candidates = tuple(
            replace(one, text="failed to send it before") if one.location in failed and one.reason == "NO_STOCK" else one
            for one in step.candidates
        )
        found.append(replace(step, candidates=candidates))
    return tuple(found)


__all__ = ["Candidate", "Names", "OrderLife", "Step", "pieces", "steps_of", "with_rejects"]
