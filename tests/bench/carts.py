"""Web carts drawn on one core: 1.8 lines a cart among 50,000 SKUs by popularity, 200 zones, pickup, abandonment, cancellation."""

from __future__ import annotations

import numpy as np

from scenarios.schema.distributions import DurationDistribution
from tests.bench.figures import Figure, rates, repeated, wall
from twin.clock import DAY
from twin.demand.rhythm import RETAIL_HOURS, RETAIL_WEEKDAYS, Rhythm, weights
from twin.demand.streams import Choice
from twin.demand.web.carts import Carts
from twin.demand.web.streams import CartPlan, CartStream, PickupStores
from twin.demand.web.tables import cart_rates, web_tables
from twin.random.keyed import entity
from twin.random.laws import ONE, Whole, duration_table

CARTS, SKUS, ZONES, STORES, DAYS = 600_000, 50_000, 200, 500, 8
LINES = (0.5, 0.3, 0.1, 0.1)  # one to four: 1.8 in the mean
UNITS = (0.8, 0.15, 0.05)
START = 20_514 * DAY


def _law(*shares: float) -> Whole:
    edges = np.rint(np.cumsum(shares) * ONE).astype(np.int64)
    edges[-1] = ONE
    return Whole(1, edges.tobytes())


def plan() -> CartPlan:
    """A national retailer's web demand."""
    places = np.arange(SKUS, dtype=np.int32)
    share = (places + 101.0) ** -1.08
    minutes = DurationDistribution.model_validate({"dist": "exponential", "mean": "10m"})
    days = DurationDistribution.model_validate({"dist": "exponential", "mean": "2d"})
    rhythm = Rhythm(weights("retail", RETAIL_HOURS), weights("retail", RETAIL_WEEKDAYS), timezone="America/New_York")
    stream = CartStream(
        0, entity("web"), CARTS, Choice(places, places, share / share.sum()), _law(*LINES), _law(*UNITS), rhythm,
        duration_table(minutes), duration_table(days), abandon=0.6, pickup=0.2, cancel=0.03,
    )  # fmt: skip
    stores = PickupStores(np.linspace(0, STORES, ZONES + 1).astype(np.int64), np.arange(STORES, dtype=np.int32))
    zones = np.full(ZONES, 1 / ZONES)
    return CartPlan([stream], cart_rates([stream], START, DAYS), web_tables([stream], zones, stores), START, DAYS)


def measure() -> list[Figure]:
    """Carts a second, a day at a time."""
    given = plan()
    carts = Carts(given, 7, 1, START)
    carts.next_stretch(0, 1)  # compiles, or loads what is compiled
    made: list[int] = []

    def day() -> float:
        before = carts.done
        seconds = wall(lambda: carts.next_stretch(carts.day, 1))
        made.append(carts.done - before)
        return seconds * CARTS / made[-1]

    best, median = repeated(day, DAYS - 1)
    lines = carts.done and sum(made) / len(made)
    return [Figure("carts a day", float(lines), "carts"), *rates("drawn and in order", CARTS, best, median, "carts", "at least 3")]
