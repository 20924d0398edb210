"""A web cart by its number: drawn again, which takes a moment, before anything is simulated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twin.runs.errors import RunError

if TYPE_CHECKING:
    from twin.plan.build import Plan


@dataclass(frozen=True)
class CartOf:
    """A cart as its customer filled it.

    Attributes
    ----------
    time, checkout
        µs; ``checkout`` is None where it was abandoned.
    lines
        SKU and units.
    """

    number: int
    time: int
    checkout: int | None
    zone: str
    pickup: str | None
    lines: tuple[tuple[str, int], ...]


def find_cart(plan: Plan, replication: int, number: int) -> CartOf:
    """The cart of that number, from 1 in the order in which they come.

    Raises
    ------
    RunError
        When there is none.
    """
    from twin.demand.web.carts import Carts

    assert plan.web is not None
    carts = Carts(plan.web.carts, plan.scenario.seed & ((1 << 63) - 1), replication, plan.scenario.start_us)
    while carts.day < plan.days:
        rows, wanted = carts.next_stretch(carts.day, min(plan.chunk_days, plan.days - carts.day))
        if 1 <= number <= carts.done:
            row = rows[:-1][rows["number"][:-1] == number][0]
            return _named(plan, row, wanted)
    raise RunError(f"order: found {number}; expected one of 1 to {carts.done:,}, the carts of replication {replication}")


def _named(plan: Plan, row: Any, wanted: Any) -> CartOf:
    from twin.clock import KEY_SHIFT, NEVER

    first, zones = int(row["first"]), plan.scenario.network.zones
    lines = wanted[first : first + int(row["lines"])]
    checkout, pickup = int(row["checkout"]), int(row["pickup"])
    return CartOf(
        number=int(row["number"]),
        time=int(row["key"]) >> KEY_SHIFT,
        checkout=None if checkout == NEVER else checkout,
        zone=zones[int(row["zone"])].id if zones else "everywhere",
        pickup=plan.network.locations[pickup].id if pickup >= 0 else None,
        lines=tuple((plan.items.skus[int(line["sku"])], int(line["units"])) for line in lines),
    )


__all__ = ["CartOf", "find_cart"]
