"""What a plan cannot hold, or not simulate, said before anything overflows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from network import Lane, Network
from scenarios.errors import NotBuiltError
from scenarios.values import MOST_UNITS

if TYPE_CHECKING:
    from scenarios import Resolved

MOST_NUMBERED = 32_767  # locations, and categories: their numbers are kept in 16 bits
LARGEST_LINE = 32_767  # units; a line's quantity is kept in 16 bits

Path = tuple[str | int, ...]


def check_count(resolved: Resolved, path: Path, what: str, count: int) -> None:
    """Refuse more of something than can be numbered."""
    if count > MOST_NUMBERED:
        raise resolved.error(path, f"too many {what}", found=f"{count:,}", expected=f"at most {MOST_NUMBERED:,}")


def not_simulated(resolved: Resolved, path: Path, what: str) -> NotBuiltError:
    """The refusal of a part of the language that has no effect yet."""
    at = resolved.error(path, f"{what}: part of the language but not simulated yet")
    return NotBuiltError(at.message, where=at.where, path=at.path, found=at.found, expected="a scenario without it")


def check_lanes(resolved: Resolved, network: Network) -> None:
    """Refuse terms of lanes that are not simulated, or are more than a cell can hold."""
    for number, lane in enumerate(network.lanes):
        if lane.capacity_units is not None and not network.location(lane.origin).is_internal:
            where = _where(resolved, network, number, lane, "capacity_units")
            raise not_simulated(resolved, where, "capacity_units on a supplier's lane")
        for key, units in (("moq", lane.moq), ("pack", lane.pack)):
            if units > MOST_UNITS:
                raise resolved.error(
                    _where(resolved, network, number, lane, "order", key), "more than can be kept", found=f"{units:,}",
                    expected=f"at most {MOST_UNITS:,} units",
                )  # fmt: skip


def _where(resolved: Resolved, network: Network, number: int, lane: Lane, *key: str) -> Path:
    """Where a scenario states a term of a lane."""
    given = resolved.scenario.network
    if given.files is not None:
        return ("network", "files", "lanes")
    if given.generate is None:
        return ("network", "lanes", number, *key)
    if not network.location(lane.origin).is_internal:
        return ("network", "generate", "supplier_lane", *key)
    sort = "hub_lane" if network.location(lane.destination).kind == "hub" else "store_lane"
    return ("network", "generate", sort, *key)
