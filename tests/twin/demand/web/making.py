"""Streams of carts and their carts, drawn without a scenario around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.schema.distributions import DurationDistribution
from tests.twin.demand.drawing import START
from twin.clock import NEVER
from twin.demand.streams import Choice
from twin.demand.web.carts import CART, WANTED, Carts
from twin.demand.web.streams import CartPlan, CartStream, PickupStores
from twin.demand.web.tables import cart_rates, web_tables
from twin.random.keyed import entity
from twin.random.laws import ONE, Whole, duration_table

ZONES = (0.5, 0.3, 0.2)
STORES = PickupStores(np.array([0, 2, 2, 3], np.int64), np.array([4, 7, 9], np.int32))  # the second zone has none

Rows = NDArray[np.void]


def law(*shares: float, first: int = 1) -> Whole:
    """A law of whole numbers by shares."""
    edges = np.rint(np.cumsum(shares) * ONE).astype(np.int64)
    edges[-1] = ONE
    return Whole(first, edges.tobytes())


def durations(**given: str) -> NDArray[np.int64]:
    """Quantiles of a law of durations."""
    return duration_table(DurationDistribution.model_validate(given))


def carts_of(name: str, per_day: float = 0.0, *shares: float, web: int = 0, **more: Any) -> CartStream:
    """A stream whose random numbers are keyed by ``name``, over SKUs with these shares of demand."""
    share = np.array(shares or (1.0,))
    places = np.arange(share.size, dtype=np.int32)
    return CartStream(web, entity(name), per_day, Choice(places, places + 100, share / share.sum()), **more)


def plan_for(streams: Sequence[CartStream], days: int, *, zones: Sequence[float] = ZONES) -> CartPlan:
    """A plan of these streams, in three zones of which the first and the last have stores."""
    stores = STORES if len(zones) == 3 else PickupStores(np.zeros(len(zones) + 1, np.int64), np.zeros(0, np.int32))
    return CartPlan(
        list(streams), cart_rates(streams, START, days), web_tables(streams, np.array(zones), stores), START, days
    )


def drawn(
    streams: Sequence[CartStream] | CartPlan, days: int, *, at_once: Sequence[int] = (), seed: int = 7, replication: int = 1
) -> tuple[Rows, Rows]:
    """All carts and lines of a run, drawn in stretches of ``at_once`` days; the last cart is never due."""
    plan = streams if isinstance(streams, CartPlan) else plan_for(streams, days)
    source = Carts(plan, seed, replication, START)
    carts, lines, done = [np.zeros(0, CART)], [np.zeros(0, WANTED)], 0
    for stretch in at_once or [days]:
        some, wanted = (rows.copy() for rows in source.next_stretch(source.day, stretch))
        assert some["key"][-1] == NEVER and (some["key"][:-1] < NEVER).all()
        some["first"] += done
        done += wanted.size
        carts.append(some[:-1])
        lines.append(wanted)
    return np.concatenate(carts), np.concatenate(lines)


def cart_of_line(carts: Rows) -> NDArray[np.int64]:
    """The row of the cart of each line."""
    return np.repeat(np.arange(carts.size), carts["lines"])
