"""The table of cases; each scenario says in its head where its figures come from and how its units map to the textbook's."""

from __future__ import annotations

import scenarios
from tests.validation.harness import Case, Figure, kpi, per_day, value
from twin.kpis.frame import KpiFrame

PALM = {
    "fill rate": (kpi("fill_rate"), 0.864464),
    "backorders": (kpi("backorders_mean"), 0.186937),
    "on hand": (kpi("on_hand_mean"), 4.18694),
}


def _owed_by_depot(level: int) -> Figure:
    """On hand + inbound - owed is the level at every moment of a one-for-one policy."""

    def figure(kpis: KpiFrame, days: float) -> float:
        return value(kpis, "on_hand_mean", "D") + value(kpis, "inbound_mean", "D") - level

    return figure


STATISTICAL = (
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
