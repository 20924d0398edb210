"""Surges: who they mean, and what they add to the sales of an assortment where they mean a part of it.

Surges multiply, wherever and whenever they coincide. An assortment is one stream of lines, and a surge of some of its SKUs a
stream more: of what is sold beyond that. Where two such surges coincide, a third stream brings what is still missing:
t₁ t₂ = 1 + (t₁ - 1) + (t₂ - 1) + (t₁ - 1)(t₂ - 1). So a surge more leaves every draw of the others as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from network import Network
from scenarios.schema.demand import Surge
from scenarios.schema.selectors import Selector
from twin.plan.items import Items
from twin.plan.places import locations_of, skus_of

if TYPE_CHECKING:
    from scenarios import Resolved

MOST_AT_ONCE = 8  # surges of some SKUs that coincide: their streams double with each

Span = tuple[int, int, float]  # start, end, times


@dataclass(frozen=True, eq=False)
class Extra:
    """What surges add to the sales of ``skus`` in [start, end): ``share`` of what these sell without; compared by identity."""

    names: tuple[str, ...]
    start: int
    end: int
    share: float
    skus: NDArray[np.bool_]

    def during(self, other: Extra) -> Extra | None:
        """What both add together, beyond what each adds; None where they never meet."""
        start, end, skus = max(self.start, other.start), min(self.end, other.end), self.skus & other.skus
        if start >= end or not skus.any():
            return None
        return Extra((*self.names, *other.names), start, end, self.share * other.share, skus)


class Surges:
    """The surges of a scenario."""

    def __init__(self, resolved: Resolved, network: Network, items: Items) -> None:
        self.resolved = resolved
        self._all = [
            (surge, locations_of(surge.where, network), skus_of(surge.where, items))
            for surge in resolved.scenario.demand.surges
        ]
        self._known: dict[tuple[int, ...], list[Extra]] = {}

    def spans(self, location: int, sku: int | None) -> tuple[Span, ...]:
        """Those of a SKU at a location; of a whole assortment, those that mean all of it."""
        return tuple(
            (surge.from_, surge.from_ + surge.for_, surge.times)
            for surge, places, skus in self._all
            if places[location] and (skus is None or (sku is not None and bool(skus[sku])))
        )

    def extras(self, location: int) -> list[Extra]:
        """What those of some SKUs add to the sales of an assortment at a location; locations with the same ones share it."""
        here = tuple(i for i, (_, places, skus) in enumerate(self._all) if skus is not None and places[location])
        if here not in self._known:
            self._known[here] = self._multiplied(here)
        return self._known[here]

    def of_web(self, chosen: NDArray[np.bool_]) -> tuple[tuple[Span, ...], list[Extra]]:
        """Those of all the ``chosen`` SKUs (a mask), and what those of some of them add; none that speaks of locations."""
        whole: list[Span] = []
        some: list[int] = []
        for i, (surge, _, skus) in enumerate(self._all):
            if _of_places(surge.where):
                continue
            if skus is None or skus[chosen].all():
                whole.append((surge.from_, surge.from_ + surge.for_, surge.times))
            elif skus[chosen].any():
                some.append(i)
        return tuple(whole), self._multiplied(tuple(some))

    def _multiplied(self, chosen: tuple[int, ...]) -> list[Extra]:
        found: list[Extra] = []
        for i in chosen:
            surge, _, skus = self._all[i]
            assert skus is not None
            self._check(i, surge)
            if surge.times == 1:
                continue
            own = Extra((surge.name,), surge.from_, surge.from_ + surge.for_, surge.times - 1.0, skus)
            both = [extra for each in found if (extra := each.during(own)) is not None]
            if any(len(extra.names) > MOST_AT_ONCE for extra in both):
                raise self.resolved.error(
                    ("demand", "surges", i), "too many surges of some SKUs of an assortment at once",
                    expected=f"at most {MOST_AT_ONCE} at a time",
                )  # fmt: skip
            found += [own, *both]
        return found

    def _check(self, i: int, surge: Surge) -> None:
        if surge.times < 1:
            raise self.resolved.error(
                ("demand", "surges", i, "times"), "fewer sales of some SKUs of an assortment are not built",
                found=f"{surge.times:g}", expected="times of 1 or more, or a surge of everything",
            )  # fmt: skip


def _of_places(where: Selector) -> bool:
    """Whether a selector speaks of locations."""
    return any(getattr(where, key) is not None for key in ("kind", "ids", "region", "tag", "share"))
