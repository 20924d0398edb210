"""The web demand of a scenario as streams of carts, and what is expected of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from network import Network
from twin.demand.web.streams import CartPlan, ExpectedUnits, PickupStores
from twin.plan.expected import DemandPlan
from twin.plan.items import Items

if TYPE_CHECKING:
    from scenarios import Resolved

__all__ = ["CartPlan", "ExpectedUnits", "PickupStores", "plan_carts"]


def plan_carts(
    resolved: Resolved, network: Network, items: Items, demand: DemandPlan, pickup: PickupStores | None = None,
    strict: bool = False,
) -> CartPlan:  # fmt: skip
    """Streams of the scenario's web demand.

    Parameters
    ----------
    demand : what is asked of the tills, of which `pos_share` is a share
    pickup : where each zone collects; None: nowhere, everything is delivered
    strict : whether a recorded feed with bad rows is refused
    """
    raise NotImplementedError
