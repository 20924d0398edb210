"""The table of cases; each scenario says in its head where its figures come from and how its units map to the textbook's."""

from __future__ import annotations

import math

import scenarios
from tests.validation.harness import Case, Figure, histogram, kpi, minutes, per_day, value
from twin.kpis.frame import KpiFrame
from twin.kpis.ledger import Ledger


def _at_most(most: int, mean: float) -> float:
    """P(N <= most) of a Poisson variable."""
    return sum(math.exp(-mean) * mean**n / math.factorial(n) for n in range(most + 1))


def whole_order_fill() -> float:
    """Fill rate of the orders of both SKUs in the case ``order-fill``, by how many came in the two days that count for both."""
    return sum((_at_most(n, 1) - _at_most(n - 1, 1)) * _at_most(4 - n, 2) * _at_most(7 - n, 5) for n in range(5))


def order_fill() -> tuple[float, float]:
    """Fill rates of all orders and of all units in the same case."""
    of_a, of_b = _at_most(4, 3), _at_most(7, 6)
    return (of_a + 1.5 * of_b + 0.5 * whole_order_fill()) / 3, (1.5 * of_a + 2 * of_b) / 3.5


PALM = {
    "fill rate": (kpi("fill_rate"), 0.864464),
    "backorders": (kpi("backorders_mean"), 0.186937),
    "on hand": (kpi("on_hand_mean"), 4.18694),
}


def _owed_by_depot(level: int) -> Figure:
    """On hand + inbound - owed is the level at every moment of a one-for-one policy."""

    def figure(kpis: KpiFrame, days: float, ledger: Ledger) -> float:
        return value(kpis, "on_hand_mean", "D") + value(kpis, "inbound_mean", "D") - level

    return figure


MINUTES = 60  # of the hours that KPIs are told in


def _waited(kpis: KpiFrame, days: float, ledger: Ledger) -> float:
    """The share of orders that found all pickers at work."""
    waits = histogram(ledger, "wait")
    return 1 - float(waits[0]) / float(waits.sum())


def _mean_wait(expected: float) -> dict[str, tuple[Figure, float]]:
    return {"wait, min": (kpi("pick_wait_mean", times=MINUTES), expected)}


STATIONS = (
    Case(
        "pick-mm1",
        _mean_wait(4.0)
        | {
            "in system": (kpi("jobs_in_system_mean"), 4.0),
            "P95 in system, min": (kpi("order_cycle_p95", times=MINUTES), 14.979),
        },
        test=12,
        validate=180,
    ),
    Case("pick-mm3", _mean_wait(1.07865) | {"waited": (_waited, 0.64719)}, test=6, validate=60),
    Case("pick-mg1", _mean_wait(2.0), test=8, validate=90),
    Case("pick-mg1", _mean_wait(3.0), test=10, validate=130, variant="erlang"),
    Case("pick-mg1", _mean_wait(4.0), test=16, validate=240, variant="lognormal"),
    Case(
        "pick-finite",
        {"blocked": (kpi("blocked_rate"), 0.0510805), "in system": (kpi("jobs_in_system_mean"), 3.35189)},
        test=6,
        validate=40,
    ),
    Case(
        "pick-priority",
        {"to be collected, min": (minutes("collect"), 2.0), "delivered, min": (minutes("cycle"), 6.0)},
        test=12,
        validate=150,
    ),
    Case("jackson", {"door to door, min": (minutes("cycle"), 60 * 2.83379)}, test=16, validate=240),
)

RESERVATIONS = (
    Case(
        "reservation-ttl",
        {"expired": (kpi("hold_expiry_rate"), 0.22313), "open": (kpi("open_holds_mean"), 1.55374)},
        test=4,
        validate=30,
    ),
    Case(
        "order-fill",
        {"orders": (kpi("order_fill_rate"), order_fill()[0]), "units": (kpi("fill_rate"), order_fill()[1])},
        test=5,
        validate=40,
    ),
)

STATISTICAL = (
    *STATIONS,
    *RESERVATIONS,
    Case("base-stock", PALM, test=36, validate=560),
    Case("base-stock-lognormal", PALM, test=54, validate=880),
    Case(
        "base-stock-lost-sales",
        {"lost": (kpi("lost_rate"), 0.0568191), "on hand": (kpi("on_hand_mean"), 4.56819)},
        test=18,
        validate=230,
    ),
    Case(
        "r-q",
        {
            "fill rate": (kpi("fill_rate"), 0.937445),
            "backorders": (kpi("backorders_mean"), 0.10424),
            "on hand": (kpi("on_hand_mean"), 10.6042),
        },
        test=16,
        validate=240,
    ),
    Case("s-s-periodic", {"cost a period": (per_day("cost_total"), 8.03411)}, test=12, validate=20),
    Case(
        "periodic",
        {"backorders": (kpi("backorders_mean"), 0.249563), "fill rate": (kpi("fill_rate"), 0.951044)},
        test=30,
        validate=430,
        slow=True,
    ),
    Case(
        "two-echelon",
        {
            "owed by the depot": (_owed_by_depot(7), 1.66373),
            "backorders B1": (kpi("backorders_mean", "B1"), 0.238156),
            "backorders B2": (kpi("backorders_mean", "B2"), 0.278519),
            "backorders B3": (kpi("backorders_mean", "B3"), 0.336848),
        },
        test=36,
        validate=520,
        slow=True,
    ),
    Case("phantom-stock", {"frozen": (kpi("sku_out_share"), 0.0859121)}, test=80, validate=1150, slow=True),
)

EOQ = (
    Case("eoq", {"cost a year": (per_day("cost_total"), 66.9214)}, test=1, validate=1),
    Case("eoq", {"cost a year": (per_day("cost_total"), 68.4105)}, test=1, validate=1, variant="no-backorders"),
)


def eoq_cost(case: Case) -> float:
    """Cost of a year at the lot size and the planned backorders of a case, both in thousandths.

    F. W. Harris (1913); with backorders: P. H. Zipkin, *Foundations of Inventory Management* (2000), section 3.3.
    """
    rule = scenarios.load(f"validation/{case.scenario}", variant=case.variant or None).scenario.policies.reorder[0]
    lot, owed = rule.params["Q"] / 1000, -rule.params["r"] / 1000
    order, holding, backorder, demand = 8, 0.225, 5, 1300
    stock, debt = (lot - owed) ** 2 / (2 * lot), owed**2 / (2 * lot)
    return float(order * demand / lot + holding * stock + backorder * debt)
